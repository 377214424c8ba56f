// The tasks of the account: found, watched, and opened one by one.
import { get } from "../api.js";
import { useEvents, useSoon } from "../live.js";
import { useLoaded } from "../loading.js";
import { formatDuration } from "../parts/durations.js";
import { Absent, Empty } from "../parts/notices.js";
import { Status } from "../parts/status.js";
import { addressOf, go } from "../router.js";
import { Filters, isFiltered, makeSearch, without } from "../tasks/filters.js";
import { html, useEffect, useState } from "../view.js";
import { formatTime, t } from "../words.js";
import { TaskPage } from "./task.js";

const ROWS = 50;
const COLUMNS = { order: "task-order", status: "state", submitted: "field-submitted_at", took: "took", id: "task-id" };
const SHORT_TIME = { month: "numeric", day: "numeric", hour: "numeric", minute: "2-digit" };
const LONG_TIME = { ...SHORT_TIME, month: "short", second: "2-digit" };

export default function Tasks({ place, who }) {
  return place.item ? html`<${TaskPage} key=${place.item} id=${place.item} who=${who} />` : html`<${List} query=${place.query} />`;
}

function List({ query }) {
  const wanted = Object.fromEntries(query);
  const found = useLoaded(() => find(wanted), query.toString(), { keeps: true });
  const { value, error, isStale } = found;
  const [steps, setSteps] = useState({});
  const reloadSoon = useSoon(found.reload, 700);
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
    <${Filters} wanted=${wanted} change=${(query) => go("tasks", "", query, { replace: true })} />
    ${error || !value ? html`<${Absent} loaded=${found} />` : html`<div class=${isStale ? "stale" : ""} aria-busy=${isStale}><${Found} value=${value} wanted=${wanted} steps=${steps} /></div>`}
  `;
}

const find = (wanted) => get(`/kaiga/v1/tasks?${new URLSearchParams({ ...makeSearch(wanted), limit: ROWS })}`);

function Found({ value, wanted, steps }) {
  const { tasks } = value;
  const pages = html`<${Pages} value=${value} wanted=${wanted} />`;
  if (!tasks.length && isFiltered(wanted))
    return html`<${Empty} title=${t(value.older ? "tasks-none-so-far" : "tasks-none-found")}><a href=${addressOf("tasks")}>${t("filter-clear")}</a><//>${pages}`;
  if (!tasks.length) return html`<${Empty} title=${t("tasks-none")}><a href=${addressOf("playground")}>${t("tasks-first")}</a><//>`;
  return html`
    <table class="tasks" aria-label=${t("page-tasks")} onKeyDown=${moveFocus}>
      <thead><tr>
        ${Object.entries(COLUMNS).map(([place, name]) => html`<th scope="col" class=${`at-${place}`}>${t(name)}</th>`)}
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
