// How a task stands, in the reader's words and one colour.
import { html } from "../view.js";
import { t } from "../words.js";

export const STATUSES = ["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED"];

export const Status = ({ status, isCanceling, children }) => html`
  <span class=${`status ${status}`}>${t(isCanceling ? "phase-canceling" : `status-${status}`)}${children}</span>
`;
