// Who does the work: the engines of this server, and the other processes of a service of several.
import { Table } from "../parts/table.js";
import { html } from "../view.js";
import { formatNumber, t } from "../words.js";

export const Engines = ({ engines }) => html`
  <section class="sheet flush"><h2>${t("system-engines")}</h2><${Table} label=${t("system-engines")} columns=${ENGINE_COLUMNS()} rows=${engines} /></section>
`;

export const Members = ({ members }) => html`
  <section class="sheet flush"><h2>${t("system-members")}</h2><${Table} label=${t("system-members")} columns=${MEMBER_COLUMNS()} rows=${members} /></section>
`;

/** Add up the places of all processes; those of this one where there is no other. */
export function countWorkers({ workers, members }) {
  if (!members.length) return workers;
  const sum = (name) => members.reduce((all, member) => all + member[name], 0);
  return { busy: sum("running"), slots: sum("slots") };
}

const ENGINE_COLUMNS = () => [
  { label: t("field-engine"), show: ({ name, kind }) => html`${name}${kind !== name && html`<br /><span class="quiet">${kind}</span>`}` },
  { label: t("state"), show: ({ state, message }) => html`<span class=${`verdict ${state === "ready" ? "OK" : "fail"}`}>${t(`engine-${state}`)}</span>${message && html`<br /><span class="quiet">${message}</span>`}` },
  { label: t("page-models"), show: ({ models, ...engine }) => html`${models.length === 1 ? models[0] : t("models-count", { count: formatNumber(models.length) })}${tellModels(engine).map((line) => html`<br /><span class="quiet">${line}</span>`)}` },
];

/** Tell, a line each, of models that are made ready, that are at hand, and that rest after a failure. */
function tellModels({ loading, loaded, resting }) {
  const coming = Object.entries(loading).map(([model, part]) => `${model} ${formatNumber(part, { style: "percent" })}`);
  return Object.entries({ loading: coming, loaded, resting })
    .filter(([, models]) => models.length)
    .map(([name, models]) => `${t(`engine-${name}`)}: ${models.join(", ")}`);
}

const MEMBER_COLUMNS = () => [
  { label: t("system-process"), show: ({ kind, host }) => html`${host}<br /><span class="quiet">${t(`member-${kind}`)}</span>` },
  { label: t("system-engines"), show: ({ engines }) => engines.join(", ") || "–" },
  { label: t("page-models"), show: ({ engines, models }) => models.join(", ") || (engines.length ? t("all-models") : "–") },
  { label: t("system-busy"), kind: "number", show: ({ running, slots }) => `${formatNumber(running)} / ${formatNumber(slots)}` },
];
