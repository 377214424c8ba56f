// A dialog over the page: it closes by Escape, by a click beside it, and by its own buttons.
import { html, useEffect, useRef } from "../view.js";

/** `children` is called with what closes the dialog; `close` is told when it has. */
export function Dialog({ label, name, close, children, ...rest }) {
  const dialog = useRef();
  useEffect(() => dialog.current.showModal(), []);
  const hide = () => dialog.current.close();
  return html`
    <dialog ref=${dialog} class=${name} aria-label=${label} onClose=${close}
      onMouseDown=${(event) => event.target === dialog.current && hide()} ...${rest}>${children(hide)}</dialog>
  `;
}
