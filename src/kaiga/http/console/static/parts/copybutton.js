// A button that copies a text, and says so.
import { html, useEffect, useState } from "../view.js";
import { t } from "../words.js";
import { Icon } from "./icons.js";
import { say } from "./notices.js";

const SHOWN_MS = 2000;

export function CopyButton({ text, label = t("copy") }) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    const timer = isDone && setTimeout(() => setDone(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isDone]);
  const act = async (event) => {
    await copy(text, event.currentTarget.parentNode);
    setDone(true);
    say(t("copied"));
  };
  return html`<button type="button" class="copy" aria-label=${label} title=${label} onClick=${act}><${Icon} name=${isDone ? "check" : "copy"} /></button>`;
}

/** Without https, and on old browsers, there is no clipboard to write to; a selection is copied then. */
async function copy(text, place) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    place.append(field); // within an open dialog nothing else can be selected
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}
