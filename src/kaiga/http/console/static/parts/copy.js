// A button that puts a text on the clipboard, and says so.
import { html, useEffect, useState } from "../view.js";
import { t } from "../words.js";
import { Icon } from "./icons.js";
import { say } from "./notices.js";

const SHOWN_MS = 2000;

/** With children it is the main button of where it stands; else only the icon is shown. */
export function Copy({ text, label = t("copy"), children }) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    const timer = isDone && setTimeout(() => setDone(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isDone]);
  const act = async (event) => {
    const isCopied = await copy(text, event.currentTarget.parentNode);
    setDone(isCopied);
    say(t(isCopied ? "copied" : "copy-failed"));
  };
  return html`
    <button type="button" class=${children ? "main" : "plain small"} aria-label=${children ? null : label} title=${label} onClick=${act}>
      <${Icon} name=${isDone ? "check" : "copy"} />${children}
    </button>
  `;
}

/** Pages of plain http have no clipboard to write to, and some browsers refuse it; a selection is copied then. */
async function copy(text, place) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelection(text, place);
  }
}

function copySelection(text, place) {
  const field = Object.assign(document.createElement("textarea"), { value: text });
  const focused = document.activeElement;
  place.append(field); // within an open dialog nothing else can be selected
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return isCopied;
}
