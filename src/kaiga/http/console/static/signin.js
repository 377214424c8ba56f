// The page before all others: an API key in, a session out.
import { tellError } from "./parts/notices.js";
import { html, useState } from "./view.js";
import { t } from "./words.js";

export function SignIn({ signIn, isOver, children }) {
  const [error, setError] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await signIn(new FormData(event.target).get("key"));
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return html`
    <main class="sign-in">
      <form onSubmit=${submit}>
        <h1><img src="/console/assets/icon.svg" alt="" width="40" height="40" />Kaiga</h1>
        ${isOver && !error && html`<p role="status">${t("session-over")}</p>`}
        <input hidden autocomplete="username" value="Kaiga" />
        <label for="key">${t("api-key")}</label>
        <input id="key" name="key" type="password" autocomplete="current-password" required autofocus aria-describedby="key-hint" />
        <p id="key-hint" class="quiet">${t("api-key-hint")}</p>
        ${error && html`<p class="failed" role="alert">${tellError(error)}</p>`}
        <button class="main" disabled=${isBusy}>${t("sign-in")}</button>
      </form>
      ${children}
    </main>
  `;
}
