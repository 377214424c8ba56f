// What is to go wrong: the faults that are set, ready plans, and what they have met so far.
import { call, post } from "../api.js";
import { Failed, Loading } from "../parts/notices.js";
import { Table } from "../parts/table.js";
import { useGet } from "../loading.js";
import { html, useState } from "../view.js";
import { formatNumber, formatTime, t } from "../words.js";
import { attempt, LIVE_SECONDS, pathOf } from "./control.js";
import { NewFault } from "./newfault.js";

const TOLD_APART = ["id", "kind", "expires_at", "expires_after_seconds", "seen", "fired"];
const USUAL = { probability: 1, seed: 0 };

export function Faults({ account }) {
  const { value: data, error, reload } = useGet(pathOf(account, "faults"), { every: LIVE_SECONDS });
  const [isAdding, setAdding] = useState(false);
  const remove = (what) => attempt(() => call("DELETE", pathOf(account, what)), reload);
  const add = async (fault) => {
    await post(pathOf(account, "faults"), fault);
    setAdding(false);
    reload();
  };
  if (!data) return error ? html`<${Failed} error=${error} retry=${reload} />` : html`<${Loading} />`;
  return html`
    <${Plans} account=${account} done=${reload}>
      <button onClick=${() => remove("faults")} disabled=${!data.faults.length}>${t("emulator-remove-all")}</button>
      <button class="main" onClick=${() => setAdding(true)}>${t("emulator-fault-new")}</button>
    <//>
    <section class="sheet flush faults">
      ${data.faults.length
        ? html`<${Table} label=${t("emulator-faults")} columns=${columnsOf((fault) => remove(`faults/${fault.id}`))} rows=${data.faults} />`
        : html`<p class="calm">${t("emulator-fault-none")}</p>`}
    </section>
    ${isAdding && html`<${NewFault} account=${account} add=${add} close=${() => setAdding(false)} />`}
  `;
}

function Plans({ account, done, children }) {
  const { value: data } = useGet(pathOf(account, "faults/plans"));
  const [chosen, setChosen] = useState("");
  const plan = data?.plans.find(({ name }) => name === chosen) ?? data?.plans[0];
  const apply = () => attempt(() => post(pathOf(account, `faults/plans/${plan.name}`)), done);
  return html`
    <div class="row emulator-bar">
      <label>${t("emulator-plan")}<select value=${plan?.name} onChange=${(event) => setChosen(event.target.value)} aria-describedby="plan-says">${data?.plans.map(({ name }) => html`<option>${name}</option>`)}</select></label>
      <button disabled=${!plan} onClick=${apply}>${t("emulator-apply")}</button>
      <div class="row rest">${children}</div>
    </div>
    <p class="quiet" id="plan-says" lang="en">${plan?.says}</p>
  `;
}

const columnsOf = (remove) => [
  { label: t("emulator-kind"), show: (fault) => html`<b class="mono">${fault.kind}</b>` },
  { label: t("emulator-scope"), show: (fault) => html`<span class="mono quiet">${tellScope(fault)}</span>` },
  { label: t("emulator-seen"), kind: "number", show: ({ seen }) => formatNumber(seen) },
  { label: t("emulator-fired"), kind: "number", show: ({ fired }) => html`<b>${formatNumber(fired)}</b>` },
  { label: t("emulator-heals"), kind: "number", show: ({ expires_at: at }) => (at ? formatTime(at, { timeStyle: "medium" }) : t("never")) },
  { label: t("actions"), kind: "actions", show: (fault) => html`<button aria-label=${`${t("remove")}: ${fault.kind}`} onClick=${() => remove(fault)}>${t("remove")}</button>` },
];

const tellScope = (fault) =>
  Object.entries(fault)
    .filter(([name, value]) => !TOLD_APART.includes(name) && USUAL[name] !== value)
    .map(([name, value]) => `${name}: ${value}`)
    .join(" · ");
