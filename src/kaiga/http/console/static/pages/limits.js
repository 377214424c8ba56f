// Rules on limits: for everybody, an account, a model, both, or a key.
import { call } from "../api.js";
import { useGet } from "../loading.js";
import { FormDialog } from "../parts/titleddialog.js";
import { Absent, say } from "../parts/notices.js";
import { Table } from "../parts/table.js";
import { html, useState } from "../view.js";
import { formatNumber, t } from "../words.js";

const PATH = "/kaiga/v1/limits";
const LIMITS = ["submissions_per_second", "submissions_per_minute", "running_tasks", "queued_tasks", "queries_per_second"];
const OF_KEYS = ["submissions_per_second", "submissions_per_minute", "queries_per_second"];
const OF_MODELS = LIMITS.slice(0, 4);
const SCOPES = { everybody: [], account: ["account"], model: ["model"], both: ["account", "model"], key: ["key_id"] };
const NONE = /^(none|∞)$/i;

export function Limits() {
  const limits = useGet(PATH);
  const [dialog, setDialog] = useState(null);
  const close = () => setDialog(null);
  const done = (told) => {
    close();
    say(told);
    limits.reload();
  };
  const edit = (rule) => setDialog(html`<${EditRule} rule=${rule} close=${close} done=${done} />`);
  const remove = (rule) => setDialog(html`<${RemoveRule} rule=${rule} close=${close} done=${done} />`);
  if (!limits.value) return html`<${Absent} loaded=${limits} />`;
  const { defaults, rules } = limits.value;
  return html`
    <p class="row ends"><button class="main" onClick=${() => edit(null)}>${t("limits-new")}</button></p>
    <div class="sheet flush"><${Table} label=${t("keys-tab-limits")} columns=${columnsOf(edit, remove)} rows=${[{ ...defaults, isDefault: true }, ...rules]} /></div>
    <p class="quiet">${t("limits-told")}</p>
    ${dialog}
  `;
}

function columnsOf(edit, remove) {
  return [
    { label: t("limits-scope"), show: (rule) => html`<b>${tellScope(rule)}</b>` },
    ...LIMITS.map((name) => ({ label: t(`limits-${name}`), kind: "number", show: (rule) => tellLimit(rule[name]) })),
    { label: t("limits-weight"), kind: "number", show: (rule) => tellLimit(rule.weight) },
    {
      label: t("actions"),
      kind: "actions",
      show: (rule) =>
        !rule.isDefault &&
        html`<button aria-label=${`${t("edit")}: ${tellScope(rule)}`} onClick=${() => edit(rule)}>${t("edit")}</button>
          <button aria-label=${`${t("remove")}: ${tellScope(rule)}`} onClick=${() => remove(rule)}>${t("remove")}</button>`,
    },
  ];
}

function tellScope(rule) {
  if (rule.isDefault) return t("limits-defaults");
  const named = [rule.account, rule.model, rule.key_id && `${t("limits-scope-key")} ${rule.key_id}`].filter(Boolean);
  return named.join(" · ") || t("limits-scope-everybody");
}

const tellLimit = (limit) => (limit === undefined ? "–" : limit === null ? "∞" : formatNumber(limit));

function EditRule({ rule, close, done }) {
  const [kind, setKind] = useState("account");
  const named = rule ? ["account", "model", "key_id"].filter((name) => rule[name]) : SCOPES[kind];
  const offered = named.includes("key_id") ? OF_KEYS : named.includes("model") ? OF_MODELS : LIMITS;
  const names = named.join() === "account" ? [...offered, "weight"] : offered;
  const act = async (values) => {
    const scope = Object.fromEntries(named.map((name) => [name, rule?.[name] ?? values[name].trim()]));
    const said = Object.fromEntries(names.filter((name) => values[name].trim()).map((name) => [name, readLimit(values[name])]));
    // A rule is changed by what is named, so what was taken out needs the old one removed.
    if (rule && names.some((name) => rule[name] !== undefined && !(name in said))) await removeRule(rule);
    if (!rule || Object.keys(said).length) await call("PATCH", PATH, { ...scope, ...said });
    done(t("limits-set"));
  };
  return html`
    <${FormDialog} title=${rule ? tellScope(rule) : t("limits-new")} action=${t("save")} act=${act} close=${close}>
      ${!rule && html`<label class="wide">${t("limits-scope")}<select value=${kind} onChange=${(event) => setKind(event.target.value)}>${Object.keys(SCOPES).map((name) => html`<option value=${name}>${t(`limits-scope-${name}`)}</option>`)}</select></label>`}
      ${!rule && named.map((name) => html`<label class="wide" key=${name}>${t(`limits-scope-${name.replace("_id", "")}`)}<input class="mono" name=${name} required /></label>`)}
      ${names.map((name) => html`<label key=${name}>${t(`limits-${name}`)}<input name=${name} inputmode="decimal" pattern=${name === "weight" ? "[0-9.]+" : "[0-9]+|none|∞"} defaultValue=${rule && rule[name] !== undefined ? rule[name] ?? "none" : ""} /></label>`)}
      <p class="wide quiet">${t("limits-hint")}</p>
    <//>
  `;
}

const readLimit = (text) => (NONE.test(text.trim()) ? null : Number(text));

function RemoveRule({ rule, close, done }) {
  const act = async () => {
    await removeRule(rule);
    done(t("limits-removed"));
  };
  return html`<${FormDialog} title=${t("limits-remove-ask", { scope: tellScope(rule) })} action=${t("remove")} danger act=${act} close=${close}><p class="wide">${t("limits-remove-told")}</p><//>`;
}

function removeRule({ account, model, key_id }) {
  const scope = Object.entries({ account, model, key_id }).filter(([, value]) => value);
  return call("DELETE", `${PATH}?${new URLSearchParams(scope)}`);
}
