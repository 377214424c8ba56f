// What narrows the list of tasks; all of it stands in the address.
import { useGet } from "../loading.js";
import { Choice } from "../parts/choice.js";
import { STATUSES } from "../parts/status.js";
import { html } from "../view.js";
import { t } from "../words.js";

const HOURS = { hour: 1, day: 24, week: 168 };
const CHOSEN = "range";
const PLACES = ["older", "newer"];
const MEMBERS = ["status", "model", "since", "from", "to", "id"];

export const isFiltered = (wanted) => MEMBERS.some((name) => wanted[name]);

/** Give a query's members less some. */
export const without = (wanted, ...names) => Object.fromEntries(Object.entries(wanted).filter(([name]) => !names.includes(name)));

/** Give what the server is asked for, of the members of the address. */
export function makeSearch({ status, model, since, from, to, id, older, newer }) {
  const [start, end] = since === CHOSEN ? [readLocal(from), readLocal(to)] : [startOf(since), undefined];
  const asked = { status, model, id, submitted_from: start, submitted_before: end, older_than: older, newer_than: newer };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value));
}

const startOf = (since) => HOURS[since] && new Date(Date.now() - HOURS[since] * 3_600_000).toISOString();

/** Read a day and time of this browser's zone, such as 2026-05-02T10:00. */
function readLocal(text) {
  const time = new Date(text ?? "");
  return isNaN(time) ? undefined : time.toISOString();
}

/** `change` gets all members; the place in the list is dropped whenever the filter changes. */
export function Filters({ wanted, change }) {
  const { value } = useGet("/kaiga/v1/models");
  const set = (name, text) => {
    const kept = without(wanted, name, ...PLACES, ...(name === "since" ? ["from", "to"] : []));
    change(text ? { ...kept, [name]: text } : kept);
  };
  const models = value?.models.map(({ name }) => name) ?? [];
  const names = wanted.model && !models.includes(wanted.model) ? [wanted.model, ...models] : models;
  const choice = (name, label, choices) => html`
    <${Choice} label=${label} value=${wanted[name]} all=${t("any")} choices=${choices} choose=${(text) => set(name, text)} />
  `;
  const moment = (name) => html`
    <label>${t(`filter-${name}`)}<input type="datetime-local" value=${wanted[name] ?? ""} onChange=${(event) => set(name, event.target.value)} /></label>
  `;
  return html`
    <form class="filters" role="search" aria-label=${t("filter")} onSubmit=${(event) => event.preventDefault()}>
      ${choice("status", t("state"), STATUSES.map((one) => [one, t(`status-${one}`)]))}
      ${choice("model", t("model"), names.map((one) => [one, one]))}
      ${choice("since", t("field-submitted_at"), [...Object.keys(HOURS), CHOSEN].map((one) => [one, t(`since-${one}`)]))}
      ${wanted.since === CHOSEN && [moment("from"), moment("to")]}
      <label>${t("filter-id")}<input type="search" class="mono" autocomplete="off" spellcheck=${false} value=${wanted.id ?? ""} onInput=${(event) => set("id", event.target.value.trim())} /></label>
    </form>
  `;
}
