// Dialogs with a title and a way to close them, and forms in such dialogs.
import { html, useState } from "../view.js";
import { t } from "../words.js";
import { Dialog } from "./dialog.js";
import { Icon } from "./icons.js";
import { tellError } from "./notices.js";

export function TitledDialog({ title, close, children }) {
  return html`
    <${Dialog} label=${title} close=${close}>
      ${(hide) => html`
        <header class="dialog-head">
          <h2>${title}</h2>
          <button type="button" class="plain" aria-label=${t("close")} onClick=${hide}><${Icon} name="close" /></button>
        </header>
        ${children}
      `}
    <//>
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
    <${TitledDialog} title=${title} close=${close}>
      <form class="form-grid" onSubmit=${submit}>
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
