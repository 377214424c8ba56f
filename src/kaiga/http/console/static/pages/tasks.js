// The tasks of the account: found, watched, and opened one by one.
import { get } from "../api.js";
import { useEvents, useSoon } from "../live.js";
import { useLoaded } from "../loading.js";
import { formatDuration } from "../parts/durations.js";
import { Empty, Failed, Loading } from "../parts/notices.js";
import { Status, STATUSES } from "../parts/status.js";
import { addressOf, go } from "../router.js";
import { html, useEffect, useState } from "../view.js";
import { formatTime, t } from "../words.js";
import { TaskPage } from "./task.js";

const ROWS = 50;
const HOURS = { hour: 1, day: 24, week: 168 };
const SHORT_TIME = { month: "numeric", day: "numeric", hour: "numeric", minute: "2-digit" };
const LONG_TIME = { ...SHORT_TIME, month: "short", second: "2-digit" };
const FILTERS = ["status", "model", "since", "id"];

export default function Tasks({ place }) {
  return place.item ? html`<${TaskPage} key=${place.item} id=${place.item} />` : html`<${List} query=${place.query} />`;
}

function List({ query }) {
  const wanted = Object.fromEntries(query);
  const { value, error, isStale, reload } = useLoaded(() => find(wanted), query.toString(), { keeps: true });
  const [steps, setSteps] = useState({});
  const reloadSoon = useSoon(reload, 700);
  useEvents("/kaiga/v1/events", (kind, told) => {
    if (kind === "step") setSteps((before) => ({ ...before, [told.task_id]: `${told.step}/${told.steps}` }));
    else if (kind !== "preview") reloadSoon();
  });
  useEffect(() => {
    // The front of the list is where new tasks come in: there, no place is held.
    if (value && !value.newer && wanted.newer) go("tasks", "", without(wanted, "newer"), { replace: true });
  }, [value]);
  return html`
    <h1>${t("page-tasks")}</h1>
    <${Filters} wanted=${wanted} />
    ${error ? html`<${Failed} error=${error} retry=${reload} />` : !value ? html`<${Loading} />` : html`<div class=${isStale ? "stale" : ""} aria-busy=${isStale}><${Found} value=${value} wanted=${wanted} steps=${steps} /></div>`}
  `;
}

function find({ status, model, since, id, older, newer }) {
  const from = HOURS[since] && new Date(Date.now() - HOURS[since] * 3_600_000).toISOString();
  const asked = { status, model, id, submitted_from: from, older_than: older, newer_than: newer, limit: ROWS };
  const given = Object.entries(asked).filter(([, value]) => value);
  return get(`/kaiga/v1/tasks?${new URLSearchParams(given)}`);
}

/** Give a query's members less some; the places in the list are dropped whenever the filter changes. */
const without = (wanted, ...names) => Object.fromEntries(Object.entries(wanted).filter(([name]) => !names.includes(name)));

function Filters({ wanted }) {
  const { value } = useLoaded(() => get("/kaiga/v1/models"), "models");
  const set = (name, text) => {
    const kept = without(wanted, name, "older", "newer");
    go("tasks", "", text ? { ...kept, [name]: text } : kept, { replace: true });
  };
  const models = value?.models.map(({ name }) => name) ?? [];
  const names = wanted.model && !models.includes(wanted.model) ? [wanted.model, ...models] : models;
  return html`
    <form class="filters" role="search" aria-label=${t("filter")} onSubmit=${(event) => event.preventDefault()}>
      <${Choice} name="status" choose=${set} chosen=${wanted.status} choices=${STATUSES.map((one) => [one, t(`status-${one}`)])} />
      <${Choice} name="model" choose=${set} chosen=${wanted.model} choices=${names.map((one) => [one, one])} />
      <${Choice} name="since" choose=${set} chosen=${wanted.since} choices=${Object.keys(HOURS).map((one) => [one, t(`since-${one}`)])} />
      <div>
        <label for="filter-id">${t("filter-id")}</label>
        <input id="filter-id" type="search" class="mono" autocomplete="off" spellcheck=${false} value=${wanted.id ?? ""} onInput=${(event) => set("id", event.target.value.trim())} />
      </div>
    </form>
  `;
}

const Choice = ({ name, chosen, choices, choose }) => html`
  <div>
    <label for=${`filter-${name}`}>${t(`filter-${name}`)}</label>
    <select id=${`filter-${name}`} value=${chosen ?? ""} onChange=${(event) => choose(name, event.target.value)}>
      <option value="">${t("any")}</option>
      ${choices.map(([value, label]) => html`<option key=${value} value=${value}>${label}</option>`)}
    </select>
  </div>
`;

function Found({ value, wanted, steps }) {
  const { tasks } = value;
  const pages = html`<${Pages} value=${value} wanted=${wanted} />`;
  if (!tasks.length && FILTERS.some((name) => wanted[name]))
    return html`<${Empty} title=${t(value.older ? "tasks-none-so-far" : "tasks-none-found")}><a href=${addressOf("tasks")}>${t("filter-clear")}</a><//>${pages}`;
  if (!tasks.length) return html`<${Empty} title=${t("tasks-none")}><a href=${addressOf("playground")}>${t("tasks-first")}</a><//>`;
  return html`
    <table class="tasks" aria-label=${t("page-tasks")} onKeyDown=${moveFocus}>
      <thead><tr>
        ${["order", "status", "submitted", "took", "id"].map((name) => html`<th scope="col" class=${`at-${name}`}>${t(`task-${name}`)}</th>`)}
      </tr></thead>
      <tbody>${tasks.map((task) => html`<${Row} key=${task.task_id} task=${task} step=${steps[task.task_id]} />`)}</tbody>
    </table>
    ${pages}
  `;
}

function Pages({ value, wanted }) {
  const link = (name) => {
    const query = { ...without(wanted, "older", "newer"), [name]: value[name] };
    return value[name] && html`<a class="button" href=${addressOf("tasks", "", query)}>${t(name)}</a>`;
  };
  return html`<nav class="row pages" aria-label=${t("tasks-stretch")}>${link("newer")}${link("older")}</nav>`;
}

function Row({ task, step }) {
  const { prompt, submitted_at: submitted } = task;
  const isRunning = task.status === "RUNNING";
  return html`
    <tr>
      <td class="at-order">
        <a href=${addressOf("tasks", task.task_id)} title=${prompt || null}>${prompt || task.model}</a>
        <small><span class="narrow-only">${formatTime(submitted, SHORT_TIME)}${prompt && " · "}</span>${prompt && task.model}</small>
      </td>
      <td class="at-status">
        <${Status} status=${task.status} isCanceling=${task.is_canceling} />
        <small>${isRunning ? step : task.code}</small>
      </td>
      <td class="at-submitted"><time datetime=${submitted}>${formatTime(submitted, LONG_TIME)}</time></td>
      <td class="at-took">${task.ended_at && formatDuration(new Date(task.ended_at) - new Date(submitted))}</td>
      <td class="at-id mono">${task.task_id}</td>
    </tr>
  `;
}

/** Go through the rows with the arrow keys; a row is opened as any link is. */
function moveFocus(event) {
  const links = [...event.currentTarget.querySelectorAll("tbody a")];
  const here = links.indexOf(document.activeElement);
  const there = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: links.length - 1 }[event.key];
  if (there === undefined || !links[there]) return;
  event.preventDefault();
  links[there].focus();
}
