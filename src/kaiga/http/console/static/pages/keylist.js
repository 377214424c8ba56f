// The keys of this server: made, shown once, and revoked.
import { call, post } from "../api.js";
import { useGet } from "../loading.js";
import { Copy } from "../parts/copy.js";
import { FormDialog, TitledDialog } from "../parts/titleddialog.js";
import { Absent, Empty, say } from "../parts/notices.js";
import { Table } from "../parts/table.js";
import { html, useState } from "../view.js";
import { formatNumber, formatTime, t } from "../words.js";

const PATH = "/kaiga/v1/keys";
const DAY_HOURS = 24;
const PAGE = 100;
const LIFETIMES = [0, 1, 30, 90, 365];

export function KeyList({ who }) {
  const keys = useGet(PATH);
  const [dialog, setDialog] = useState(null);
  const [shown, setShown] = useState(PAGE);
  const close = () => setDialog(null);
  const done = (next = null) => {
    setDialog(next);
    keys.reload();
  };
  const create = () => setDialog(html`<${NewKey} who=${who} close=${close} done=${(made) => done(html`<${Shown} made=${made} close=${close} />`)} />`);
  const revoke = (key) => setDialog(html`<${Revoke} apiKey=${key} isOwn=${key.id === who.key_id} close=${close} done=${done} />`);
  if (!keys.value) return html`<${Absent} loaded=${keys} />`;
  const all = keys.value.keys;
  return html`
    <p class="row ends"><button class="main" onClick=${create}>${t("keys-new")}</button></p>
    ${all.length
      ? html`<div class="sheet flush"><${Table} label=${t("keys-tab-keys")} columns=${columnsOf(who, revoke)} rows=${all.slice(0, shown)} /></div>`
      : html`<${Empty} title=${t("keys-none")} />`}
    ${all.length > shown && html`<p class="row ends"><button onClick=${() => setShown(shown + PAGE)}>${t("more")}</button></p>`}
    ${dialog}
  `;
}

function columnsOf(who, revoke) {
  return [
    { label: t("keys-name"), show: (key) => html`<b>${key.name || t("keys-unnamed")}</b>${key.id === who.key_id && html` <span class="tag">${t("keys-yours")}</span>`}<br /><span class="quiet mono">${key.prefix} · ${key.id}</span>` },
    { label: t("keys-role"), show: (key) => t(`keys-role-${key.role}`) },
    { label: t("account"), show: (key) => html`<span class="mono">${key.account}</span><br /><span class="quiet">${key.workspace}${key.region && ` · ${key.region}`}</span>` },
    { label: t("keys-created"), show: (key) => formatTime(key.created_at, { dateStyle: "medium" }) },
    { label: t("keys-used"), show: (key) => (key.last_used_at ? formatTime(key.last_used_at, { dateStyle: "medium", timeStyle: "short" }) : "–") },
    { label: t("expires"), show: (key) => (key.expires_at ? formatTime(key.expires_at, { dateStyle: "medium", timeStyle: "short" }) : t("never")) },
    { label: t("actions"), kind: "actions", show: (key) => html`<button aria-label=${`${t("keys-revoke")}: ${key.name || key.id}`} onClick=${() => revoke(key)}>${t("keys-revoke")}</button>` },
  ];
}

function NewKey({ who, close, done }) {
  const act = async ({ name, role, account, workspace, region, days }) =>
    done(await post(PATH, { name, role, account, workspace, region: region || null, expires_in_hours: Number(days) * DAY_HOURS || null }));
  return html`
    <${FormDialog} title=${t("keys-new")} action=${t("keys-make")} act=${act} close=${close}>
      <label class="wide">${t("keys-name")}<input name="name" autofocus maxlength="100" /></label>
      <label>${t("keys-role")}<select name="role"><option value="user">${t("keys-role-user")}</option><option value="admin">${t("keys-role-admin")}</option></select></label>
      <label>${t("expires")}<select name="days">${LIFETIMES.map((days) => html`<option value=${days}>${tellLifetime(days)}</option>`)}</select></label>
      <label>${t("account")}<input name="account" class="mono" defaultValue=${who.account} required /></label>
      <label>${t("field-workspace")}<input name="workspace" class="mono" defaultValue=${who.workspace} required /></label>
      <label class="wide">${t("field-region")}<input name="region" class="mono" placeholder=${t("keys-any-region")} /></label>
    <//>
  `;
}

const tellLifetime = (days) => (days ? formatNumber(days, { style: "unit", unit: "day", unitDisplay: "long" }) : t("never"));

const Shown = ({ made, close }) => html`
  <${TitledDialog} title=${t("keys-made")} close=${close}>
    <p>${t("keys-once")}</p>
    <div class="copied"><input readonly class="mono" aria-label=${t("api-key")} value=${made.key} onFocus=${(event) => event.target.select()} /><${Copy} text=${made.key} /></div>
    <p class="row ends"><button class="main" onClick=${close}>${t("done")}</button></p>
  <//>
`;

function Revoke({ apiKey, isOwn, close, done }) {
  const act = async () => {
    await call("DELETE", `${PATH}/${apiKey.id}`);
    say(t("keys-revoked"));
    done();
  };
  return html`
    <${FormDialog} title=${t("keys-revoke-ask", { name: apiKey.name || apiKey.prefix })} action=${t("keys-revoke")} danger act=${act} close=${close}>
      <p class="wide">${t("keys-revoke-told")}${isOwn && html` <strong class="failed">${t("keys-revoke-own")}</strong>`}</p>
    <//>
  `;
}
