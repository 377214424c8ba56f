// A button that puts a text on the clipboard.
import { html } from "../view.js";
import { t } from "../words.js";
import { Icon } from "./icons.js";
import { say } from "./notices.js";

/** `text` is the text, or what gives it; without children only the icon is shown. */
export const Copy = ({ text, label, children }) => html`
  <button class=${children ? "" : "plain small"} aria-label=${children ? null : label} title=${label}
    onClick=${() => copy(typeof text === "function" ? text() : text)}>
    <${Icon} name="copy" />${children}
  </button>
`;

export async function copy(text) {
  const isCopied = navigator.clipboard ? await navigator.clipboard.writeText(text).then(() => true, () => false) : copyByHand(text);
  say(t(isCopied ? "copied" : "copy-failed"));
}

/** Browsers give pages of plain http no clipboard, unless something is selected. */
function copyByHand(text) {
  const field = Object.assign(document.createElement("textarea"), { value: text });
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return isCopied;
}
