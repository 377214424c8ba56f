// What stands where content would: nothing yet, on its way, or failed; and short messages.
import { html, useEffect, useState } from "../view.js";
import { t } from "../words.js";

export const Empty = ({ title, children }) => html`
  <div class="notice"><h2>${title}</h2>${children && html`<p>${children}</p>`}</div>
`;

export const Loading = () => html`<div class="notice" role="status"><span class="spinner"></span>${t("loading")}</div>`;

export const Failed = ({ error, retry }) => html`
  <div class="notice failed" role="alert">
    <h2>${t("failed")}</h2>
    <p>${tellError(error)}</p>
    ${error.requestId && html`<p class="quiet mono">${error.requestId}</p>`}
    ${retry && html`<button onClick=${retry}>${t("try-again")}</button>`}
  </div>
`;

/** What stands in the place of something that is not there yet, or did not come; see loading.js. */
export const Absent = ({ loaded: { error, reload } }) => (error ? html`<${Failed} error=${error} retry=${reload} />` : html`<${Loading} />`);

export function tellError(error) {
  if (error.status === 0) return t("unreachable");
  return error.code ? `${error.code}: ${error.message}` : error.message;
}

let showMessage = () => {};

/** Show a short message for some seconds; screen readers speak it. */
export const say = (text) => showMessage(text);

export function Messages() {
  const [text, setText] = useState("");
  useEffect(() => {
    showMessage = setText;
  }, []);
  useEffect(() => {
    if (!text) return undefined;
    const timer = setTimeout(() => setText(""), 4000);
    return () => clearTimeout(timer);
  }, [text]);
  return html`<div class="messages" role="status">${text && html`<span>${text}</span>`}</div>`;
}
