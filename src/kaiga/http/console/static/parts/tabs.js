// Tabs that are links: each has an address, so the browser's way back leads through them.
import { addressOf } from "../router.js";
import { html } from "../view.js";

/** `tabs` are [item, label]; the first one is the page's own address. */
export const Tabs = ({ page, here, label, tabs }) => html`
  <nav class="tabs" aria-label=${label}>
    ${tabs.map(
      ([item, name], position) => html`
        <a href=${addressOf(page, position ? item : "")} aria-current=${item === here ? "page" : null}>${name}</a>
      `,
    )}
  </nav>
`;
