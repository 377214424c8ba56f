import { html } from "../view.js";
export default () => html`<h1>start</h1>`;
