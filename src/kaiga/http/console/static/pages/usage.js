// What was used, day by day and by model, account or key.
import { useGet } from "../loading.js";
import { Bars, tellDay } from "../parts/bars.js";
import { Choice } from "../parts/choice.js";
import { Icon } from "../parts/icons.js";
import { Absent, Empty } from "../parts/notices.js";
import { Table } from "../parts/table.js";
import { go } from "../router.js";
import { html, useMemo } from "../view.js";
import { formatNumber, t } from "../words.js";

const RANGES = [7, 30, 90, 365];
const MEASURES = ["images", "clips", "seconds", "tasks"];
const PATH = "/kaiga/v1/usage";

/** What is shown stands in the address, so it can be sent to somebody. */
export function Usage({ place, who }) {
  const groups = who.role === "admin" ? ["model", "account", "key"] : ["model", "key"];
  const asked = (name, allowed, usual) => (allowed.includes(place.query.get(name)) ? place.query.get(name) : usual);
  const days = asked("days", RANGES.map(String), "30");
  const by = asked("by", groups, "model");
  const measure = asked("measure", MEASURES, "images");
  const only = place.query.get("only");
  const choose = (change) => go("keys", "usage", clean({ days, by, measure, only, ...change }), { replace: true });
  const query = `days=${days}&by=day,${by}`;
  const usage = useGet(`${PATH}?${query}`);
  const sums = useMemo(() => usage.value && addUp(usage.value, measure, only), [usage.value, measure, only]);
  return html`
    <div class="row filters">
      <${Choice} label=${t("usage-range")} value=${days} choose=${(value) => choose({ days: value })} choices=${RANGES.map((count) => [count, formatNumber(count, { style: "unit", unit: "day", unitDisplay: "long" })])} />
      <${Choice} label=${t("usage-measure")} value=${measure} choose=${(value) => choose({ measure: value })} choices=${MEASURES.map((name) => [name, t(`usage-${name}`)])} />
      <${Choice} label=${t("usage-by")} value=${by} choose=${(value) => choose({ by: value, only: null })} choices=${groups.map((name) => [name, t(name)])} />
      <a class="button" href=${`${PATH}.csv?${query}`} download><${Icon} name="download" />CSV</a>
    </div>
    ${sums ? html`<${Report} sums=${sums} measure=${measure} only=${only} choose=${choose} />` : html`<${Absent} loaded=${usage} />`}
  `;
}

function Report({ sums, measure, only, choose }) {
  if (!sums.groups.length) return html`<div class="sheet"><${Empty} title=${t("usage-none")}>${t("usage-none-told")}<//></div>`;
  const { by } = sums;
  const total = sums.days.reduce((sum, { value }) => sum + value, 0);
  const name = `${t(`usage-${measure}`)}: ${formatNumber(total)}`;
  const largest = Math.max(1, ...sums.groups.map((group) => group[measure]));
  const columns = [
    { label: t(by), show: (group) => html`<button class="plain pick" aria-pressed=${only === group.name} onClick=${() => choose({ only: only === group.name ? null : group.name })}>${group.name}</button><span class="share"><span style=${{ width: `${(100 * group[measure]) / largest}%` }}></span></span>` },
    ...MEASURES.map((each) => ({ label: t(`usage-${each}`), kind: "number", show: (group) => formatNumber(group[each], { maximumFractionDigits: 1 }) })),
  ];
  return html`
    <section class="sheet">
      <h2>${name}${only && html` <span class="quiet">· ${only}</span>`}</h2>
      <${Bars} label=${`${name}. ${tellDay(sums.days[0].day)} – ${tellDay(sums.days.at(-1).day)}`} days=${sums.days} />
      <details><summary>${t("usage-as-table")}</summary>
        <${Table} label=${name} rows=${sums.days.filter(({ value }) => value)} columns=${[{ label: t("day"), show: ({ day }) => day }, { label: t(`usage-${measure}`), kind: "number", show: ({ value }) => formatNumber(value) }]} />
      </details>
    </section>
    <section class="sheet flush"><${Table} label=${t(by)} columns=${columns} rows=${sums.groups} /></section>
  `;
}

/** Give what the report tells apart (not always what was asked for last), the chosen measure of every day, days without use too, and all measures of every group. */
function addUp({ from, to, by: [, by], usage }, measure, only) {
  const days = new Map();
  for (let day = new Date(`${from}T00:00Z`); day <= new Date(`${to}T00:00Z`); day.setUTCDate(day.getUTCDate() + 1)) days.set(day.toISOString().slice(0, 10), 0);
  const groups = new Map();
  for (const line of usage) {
    const name = line[by];
    if (!groups.has(name)) groups.set(name, { name, images: 0, clips: 0, seconds: 0, tasks: 0 });
    for (const each of MEASURES) groups.get(name)[each] += line[each];
    if (!only || only === name) days.set(line.day, days.get(line.day) + line[measure]);
  }
  return {
    by,
    days: [...days].map(([day, value]) => ({ day, value })),
    groups: [...groups.values()].sort((one, other) => other[measure] - one[measure]),
  };
}

const clean = (query) => Object.fromEntries(Object.entries(query).filter(([, value]) => value));
