// What went wrong of late: failed tasks by code, and warnings of the log.
import { Table } from "../parts/table.js";
import { addressOf } from "../router.js";
import { html } from "../view.js";
import { COMPACT, formatNumber, formatTime, t } from "../words.js";

const TOLD_APART = ["event", "level", "timestamp"];

export function Troubles({ system }) {
  const { codes, newest, among_newest: among } = system.failures;
  return html`
    <div class="pair">
      <section class="sheet flush">
        <h2>${t("system-codes")}</h2>
        ${codes.length
          ? html`<${Table} label=${t("system-codes")} columns=${CODE_COLUMNS()} rows=${codes} />`
          : html`<p class="calm">${t("system-no-failures", { count: formatNumber(among) })}</p>`}
      </section>
      ${newest.length > 0 &&
      html`<section class="sheet flush"><h2>${t("system-failures")}</h2><${Table} label=${t("system-failures")} columns=${TASK_COLUMNS()} rows=${newest.slice(0, 10)} /></section>`}
    </div>
    <section class="sheet flush">
      <h2>${t("system-log")}</h2>
      ${system.log.length
        ? html`<${Table} label=${t("system-log")} columns=${LOG_COLUMNS()} rows=${system.log} />`
        : html`<p class="calm">${t("system-log-empty")}</p>`}
    </section>
  `;
}

const CODE_COLUMNS = () => [
  { label: t("code"), show: ({ code }) => html`<span class="mono">${code}</span>` },
  { label: t("count"), kind: "number", show: ({ count }) => formatNumber(count) },
  { label: t("system-newest"), kind: "number", show: ({ newest_at: at }) => (at ? formatTime(at, COMPACT) : "–") },
];

const TASK_COLUMNS = () => [
  { label: t("task"), show: ({ task_id: id, model }) => html`<a class="mono" href=${addressOf("tasks", id)}>${id.slice(-12)}</a><br /><span class="quiet">${model}</span>` },
  { label: t("code"), show: ({ code, account }) => html`<span class="mono">${code}</span><br /><span class="quiet">${account}</span>` },
  { label: t("time"), kind: "number", show: ({ ended_at: at }) => (at ? formatTime(at, COMPACT) : "–") },
];

const LOG_COLUMNS = () => [
  { label: t("time"), show: ({ timestamp }) => formatTime(timestamp, COMPACT) },
  { label: t("system-level"), show: ({ level }) => html`<span class=${`verdict ${level}`}>${level}</span>` },
  { label: t("system-event"), show: (line) => html`${line.event}<br /><span class="quiet mono">${tellMembers(line)}</span>` },
];

const tellMembers = (line) =>
  Object.entries(line)
    .filter(([name]) => !TOLD_APART.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .join("  ");
