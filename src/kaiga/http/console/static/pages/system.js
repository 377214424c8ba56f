import { html } from "../view.js";
export default () => html`<h1>system</h1>`;
