// What each worker does now, what waits, and who there is to do it.
import { formatSpan } from "../parts/durations.js";
import { Table } from "../parts/table.js";
import { addressOf } from "../router.js";
import { html } from "../view.js";
import { formatNumber, t } from "../words.js";
import { Engines, Members } from "./service.js";

export function Now({ status }) {
  const { workers, running, queue, engines, members } = status;
  const idle = Array.from({ length: Math.max(0, workers.slots - running.length) }, () => null);
  return html`
    <div class="pair">
      <section class="sheet flush">
        <h2>${t("system-workers")}</h2>
        ${workers.slots
          ? html`<${Table} label=${t("system-workers")} columns=${WORKER_COLUMNS()} rows=${[...running, ...idle]} />`
          : html`<p class="calm">${t("system-no-workers")}</p>`}
      </section>
      <section class="sheet flush">
        <h2>${t("system-queue")}</h2>
        ${queue.models.length
          ? html`<${Table} label=${t("system-queue")} columns=${QUEUE_COLUMNS()} rows=${queue.models} />`
          : html`<p class="calm">${t("system-queue-empty")}</p>`}
      </section>
    </div>
    <${Engines} engines=${engines} />
    ${members.length > 0 && html`<${Members} members=${members} />`}
  `;
}

const WORKER_COLUMNS = () => [
  { label: t("task"), show: (run) => (run ? html`<a class="mono" href=${addressOf("tasks", run.task_id)}>${run.task_id.slice(-12)}</a><br /><span class="quiet">${run.model}</span>` : html`<span class="quiet">${t("system-idle")}</span>`) },
  { label: t("system-step"), show: (run) => run && html`<${Step} run=${run} />` },
  { label: t("system-since"), kind: "number", show: (run) => run && formatSpan(run.seconds * 1000) },
];

function Step({ run }) {
  const { phase, step, steps } = run;
  const part = steps ? Math.round((100 * step) / steps) : 0;
  return html`${phase ? t(`phase-${phase}`) : "–"}${steps > 0 && html` ${step} / ${steps}<span class="gauge" role="img" aria-label=${`${part} %`}><span style=${{ width: `${part}%` }}></span></span>`}`;
}

const QUEUE_COLUMNS = () => [
  { label: t("model"), show: ({ model }) => model },
  { label: t("status-PENDING"), kind: "number", show: ({ waiting }) => formatNumber(waiting) },
  { label: t("status-RUNNING"), kind: "number", show: ({ running }) => formatNumber(running) },
  { label: t("system-oldest"), kind: "number", show: ({ oldest_seconds: age }) => (age === null ? "–" : formatSpan(age * 1000)) },
];
