// JSON to be read: indented, coloured, with what is very long cut short. Copies have all of it.
import { html, useMemo } from "../view.js";
import { t } from "../words.js";
import { Copy } from "./copy.js";

const LONGEST_STRING = 600;
const LARGEST_COLOURED = 100_000;
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function Json({ title, text }) {
  const shown = useMemo(() => indent(text), [text]);
  const parts = useMemo(() => (shown.length > LARGEST_COLOURED ? [shown] : colour(shown)), [shown]);
  return html`
    <section class="json">
      <header class="row"><h2>${title}</h2><${Copy} text=${text} label=${t("copy-named", { name: title })} /></header>
      <pre tabindex="0" aria-label=${title}><code>${parts}</code></pre>
    </section>
  `;
}

function indent(text) {
  try {
    return JSON.stringify(JSON.parse(text), cut, 2);
  } catch {
    return text;
  }
}

const cut = (_, value) =>
  typeof value === "string" && value.length > LONGEST_STRING
    ? `${value.slice(0, LONGEST_STRING)}… (${value.length})`
    : value;

function colour(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(TOKEN)) {
    const [whole, string, colon, word] = found;
    const kind = string ? (colon ? "json-name" : "json-text") : word ? "json-word" : "json-number";
    parts.push(text.slice(end, found.index), html`<span class=${kind}>${string ?? whole}</span>`, colon ?? "");
    end = found.index + whole.length;
  }
  return [...parts, text.slice(end)];
}
