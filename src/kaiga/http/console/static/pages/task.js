// One task: its results, how it went, and every word of it.
import { get, post, send } from "../api.js";
import { useEvents, useSoon } from "../live.js";
import { useLoaded } from "../loading.js";
import { Copy } from "../parts/copy.js";
import { Icon } from "../parts/icons.js";
import { Json } from "../parts/json.js";
import { Failed, Loading, say, tellError } from "../parts/notices.js";
import { listFiles } from "../parts/results.js";
import { Status } from "../parts/status.js";
import { Attempts, Timings } from "../parts/timings.js";
import { addressOf, go } from "../router.js";
import { html, useState } from "../view.js";
import { formatNumber, formatTime, t } from "../words.js";

const SHOWN = ["image", "video"];
const TIMES = ["submitted_at", "scheduled_at", "cancel_requested_at", "ended_at", "expires_at"];
const PLAIN = ["operation", "engine", "seed", "actual_prompt", "rewrite", "account", "region", "workspace", "key_id", "create_request_id"];

export function TaskPage({ id, who }) {
  const path = `/kaiga/v1/tasks/${encodeURIComponent(id)}`;
  const { value, error, reload } = useLoaded(() => read(path), id);
  const request = useLoaded(() => send("GET", `${path}/request`).then((answer) => answer.text()), id);
  const [told, setTold] = useState({});
  const reloadSoon = useSoon(reload, 300);
  const isUnfinished = value && !value.task.ended_at;
  useEvents(isUnfinished && `${path}/events`, (kind, news) => {
    setTold((before) => ({ ...before, ...news }));
    if (kind === "phase" || kind === "end") reloadSoon();
  });
  const back = html`<p class="back"><a href=${addressOf("tasks")}><${Icon} name="left" />${t("page-tasks")}</a></p>`;
  if (error?.status === 404) return html`${back}<h1>${t("task-unknown")}</h1><p class="mono">${id}</p>`;
  if (error) return html`${back}<${Failed} error=${error} retry=${reload} />`;
  if (!value) return html`<${Loading} />`;
  const { task, answer } = value;
  return html`
    ${back}
    <header class="task-head">
      <h1>${task.model}</h1>
      <${Status} status=${task.status} isCanceling=${task.phase === "canceling"} />
      <p class="mono row">${id}<${Copy} text=${id} label=${t("copy-named", { name: t("task-id") })} /></p>
      <${Actions} task=${task} path=${path} isOwn=${task.account === who.account} reload=${reload} />
    </header>
    ${task.code && html`<p class="sheet failed"><strong>${task.code}</strong> ${task.message}</p>`}
    ${isUnfinished ? html`<${Progress} task=${task} told=${told} />` : html`<${Results} answer=${answer} />`}
    ${!isUnfinished && html`<${Timings} task=${task} />`}
    ${task.attempts.length > 0 && html`<${Attempts} attempts=${task.attempts} />`}
    <${Fields} task=${task} />
    <div class="json-pair">
      ${request.value !== undefined && html`<${Json} title=${t("task-request")} text=${request.value} />`}
      <${Json} title=${t("task-response")} text=${JSON.stringify(answer, null, 2)} />
    </div>
  `;
}

async function read(path) {
  const [task, answer] = await Promise.all([get(path), get(`${path}/answer`)]);
  return { task, answer };
}

function Actions({ task, path, isOwn, reload }) {
  const [isBusy, setBusy] = useState(false);
  const act = async (work) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      say(tellError(error));
    }
    setBusy(false);
  };
  const rerun = (seed) => act(async () => go("tasks", (await post(`${path}/rerun`, { seed })).task_id));
  const cancel = () => act(() => post(`${path}/cancel`).then(reload));
  return html`
    <div class="row actions">
      ${isOwn && !task.ended_at && html`<button disabled=${isBusy || task.phase === "canceling"} onClick=${cancel}>${t("cancel")}</button>`}
      <button disabled=${isBusy} onClick=${() => rerun("same")}>${t("rerun-same")}</button>
      <button disabled=${isBusy} onClick=${() => rerun("new")}>${t("rerun-new")}</button>
      <a class="button" href=${addressOf("playground", "", { from: task.task_id })}>${t("rerun-changed")}</a>
    </div>
  `;
}

function Progress({ task, told }) {
  const steps = told.steps ? told : task.progress;
  const facts = [
    told.queue_position !== undefined && told.queue_position !== null && task.status === "PENDING" && t("queue-position", { count: formatNumber(told.queue_position) }),
    steps && t("step", { step: formatNumber(steps.step), steps: formatNumber(steps.steps) }),
    told.eta_seconds > 0 && t("eta", { n: formatNumber(told.eta_seconds) }),
  ];
  return html`
    <section class="sheet task-progress" role="status">
      ${told.preview && html`<img src=${told.preview} alt=${t("preview")} />`}
      <div>
        <strong>${t(`phase-${told.phase ?? task.phase}`)}</strong>
        <progress aria-label=${t("progress")} max=${steps?.steps || 1} value=${steps?.step ?? 0}></progress>
        <p class="quiet">${facts.filter(Boolean).join(" · ") || " "}</p>
      </div>
    </section>
  `;
}

function Results({ answer }) {
  const files = listFiles(answer.output).filter(({ show, kind }) => show && SHOWN.includes(kind));
  if (!files.length) return null;
  return html`
    <ul class="results" aria-label=${t("results")}>
      ${files.map(({ show, kind }, index) => html`
        <li key=${show}>
          ${kind === "video"
            ? html`<video src=${show} controls loop playsinline preload="metadata" aria-label=${t("result", { number: index + 1 })}></video>`
            : html`<a href=${show} target="_blank" rel="noopener"><img src=${show} loading="lazy" alt=${t("result", { number: index + 1 })} /></a>`}
        </li>
      `)}
    </ul>
  `;
}

function Fields({ task }) {
  const rows = [
    ...PLAIN.map((name) => [name, task[name]]),
    ...TIMES.map((name) => [name, task[name] && html`<time datetime=${task[name]}>${formatTime(task[name])}</time>`]),
  ];
  return html`
    <section>
      <h2>${t("task-fields")}</h2>
      <dl class="fields">
        ${rows.filter(([, value]) => value !== null && value !== "").map(([name, value]) => html`<div key=${name}><dt>${t(`field-${name}`)}</dt><dd>${value}</dd></div>`)}
      </dl>
    </section>
  `;
}
