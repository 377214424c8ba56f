// One of several, chosen from a list that opens.
import { html } from "../view.js";

/** `choices` are [value, name]; with `all`, which is called so, none of them may be chosen too. An unseen label is only heard. */
export function Choice({ label, isUnseen, value, choices, choose, all }) {
  const list = html`
    <select aria-label=${isUnseen ? label : null} value=${value ?? ""} onChange=${(event) => choose(event.target.value)}>
      ${all && html`<option value="">${all}</option>`}
      ${choices.map(([each, name]) => html`<option key=${each} value=${each}>${name}</option>`)}
    </select>
  `;
  return isUnseen ? list : html`<label>${label}${list}</label>`;
}
