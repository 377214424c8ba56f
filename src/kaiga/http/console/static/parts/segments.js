// One of a few, side by side.
import { html } from "../view.js";

/** `show` gives what stands for a value; the value itself where it is left out. */
export const Segments = ({ name, values, chosen, change, show = String, label }) => html`
  <div class="segments" role=${label && "group"} aria-label=${label}>
    ${values.map((value) => html`
      <label><input type="radio" name=${name} checked=${value === chosen} onChange=${() => change(value)} /><span>${show(value)}</span></label>
    `)}
  </div>
`;
