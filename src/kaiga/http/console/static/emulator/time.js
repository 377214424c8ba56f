// An account's clock, what its tasks make of the time, and how long they take.
import { Failed, Loading } from "../parts/notices.js";
import { Status } from "../parts/status.js";
import { Table } from "../parts/table.js";
import { useGet } from "../loading.js";
import { addressOf } from "../router.js";
import { html } from "../view.js";
import { formatTime, t } from "../words.js";
import { Clock } from "./clock.js";
import { LIVE_SECONDS, pathOf } from "./control.js";
import { Pace } from "./pace.js";

const SHOWN = 10;

export function Time({ account, isOwn }) {
  const tasks = useGet(pathOf(account, "tasks", { limit: SHOWN }), { every: LIVE_SECONDS });
  return html`
    <div class="pair">
      <${Clock} account=${account} moved=${tasks.reload} />
      <section class="sheet flush"><h2>${t("emulator-tasks")}</h2><${Tasks} tasks=${tasks} isOwn=${isOwn} /></section>
    </div>
    <${Pace} account=${account} />
  `;
}

function Tasks({ tasks: { value: data, error, reload }, isOwn }) {
  if (!data) return error ? html`<${Failed} error=${error} retry=${reload} />` : html`<${Loading} />`;
  if (!data.tasks.length) return html`<p class="calm">${t("tasks-none")}</p>`;
  const columns = [
    { label: t("task"), show: ({ task_id: id, model }) => html`${isOwn ? html`<a class="mono" href=${addressOf("tasks", id)}>${id.slice(-12)}</a>` : html`<span class="mono">${id.slice(-12)}</span>`}<br /><span class="quiet">${model}</span>` },
    { label: t("state"), show: ({ status, code }) => html`<${Status} status=${status} />${code && html`<br /><span class="quiet mono">${code}</span>`}` },
    { label: t("field-submitted_at"), kind: "number", show: ({ submitted_at: at }) => formatTime(at, { dateStyle: "short", timeStyle: "medium" }) },
  ];
  return html`<${Table} label=${t("emulator-tasks")} columns=${columns} rows=${data.tasks} />`;
}
