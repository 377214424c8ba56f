// How a task stands, in the reader's words and one colour.
import { html } from "../view.js";
import { t } from "../words.js";

export const STATUSES = ["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED"];

/** Tell whether a task that stands so stays so; the contract's UNKNOWN is such, too. */
export const isFinal = (status) => !["PENDING", "RUNNING"].includes(status);

export const Status = ({ status, isCanceling }) => html`
  <span class=${`status ${status}`}>${t(isCanceling ? "phase-canceling" : `status-${status}`)}</span>
`;
