// Dialogs over the page: the browser keeps the focus inside, and Escape closes.
import { html, useEffect, useRef, useState } from "../view.js";
import { t } from "../words.js";
import { Icon } from "./icons.js";
import { tellError } from "./notices.js";

export function Dialog({ title, close, children }) {
  const box = useRef();
  useEffect(() => {
    box.current.showModal();
  }, []);
  return html`
    <dialog ref=${box} aria-label=${title} onClose=${close}>
      <header class="dialog-head">
        <h2>${title}</h2>
        <button type="button" class="plain" aria-label=${t("close")} onClick=${() => box.current.close()}><${Icon} name="close" /></button>
      </header>
      ${children}
    </dialog>
  `;
}

/** A form in a dialog: `act` gets its values and may throw; what it throws is shown. */
export function FormDialog({ title, action, danger, act, close, children }) {
  const [error, setError] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await act(Object.fromEntries(new FormData(event.target)));
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return html`
    <${Dialog} title=${title} close=${close}>
      <form class="fields" onSubmit=${submit}>
        ${children}
        ${error && html`<p class="failed wide" role="alert">${tellError(error)}</p>`}
        <p class="row wide ends">
          <button type="button" onClick=${close}>${t("cancel")}</button>
          <button class=${danger ? "main danger" : "main"} disabled=${isBusy}>${action}</button>
        </p>
      </form>
    <//>
  `;
}
