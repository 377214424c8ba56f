// Tables that become cards on a phone; the roles keep them tables for screen readers all the same.
import { html } from "../view.js";

/** `columns` are { label, show(row), kind }; the kinds are "number" and "actions". */
export const Table = ({ label, columns, rows }) => html`
  <table class="stack" role="table" aria-label=${label}>
    <thead role="rowgroup"><tr role="row">
      ${columns.map(
        (column) => html`<th role="columnheader" scope="col" class=${column.kind}>
          ${column.kind === "actions" ? html`<span class="unseen">${column.label}</span>` : column.label}
        </th>`,
      )}
    </tr></thead>
    <tbody role="rowgroup">
      ${rows.map(
        (row) => html`<tr role="row">
          ${columns.map((column) => html`<td role="cell" class=${column.kind} data-label=${column.label}><div>${column.show(row)}</div></td>`)}
        </tr>`,
      )}
    </tbody>
  </table>
`;
