// Notices: the addresses of an account, and the log of telling them.
import { post } from "../api.js";
import { useGet } from "../loading.js";
import { Choice } from "../parts/choice.js";
import { Absent, say, tellError } from "../parts/notices.js";
import { Status } from "../parts/status.js";
import { Table } from "../parts/table.js";
import { html, useState } from "../view.js";
import { COMPACT, formatNumber, formatTime, t } from "../words.js";

const PATH = "/kaiga/v1/webhooks";
const STATES = ["WAITING", "DELIVERED", "GIVEN_UP"];
const PAGE = 20;
const REFRESH_SECONDS = 5;

export function Deliveries({ who }) {
  const [account, setAccount] = useState(who.account);
  const [state, setState] = useState("");
  const [limit, setLimit] = useState(PAGE);
  const query = new URLSearchParams({ account, limit, ...(state && { state }) });
  const webhooks = useGet(`${PATH}?account=${encodeURIComponent(account)}`);
  const log = useGet(`${PATH}/deliveries?${query}`, { every: REFRESH_SECONDS });
  const again = async (id) => {
    try {
      await post(`${PATH}/deliveries/${id}/redeliver?account=${encodeURIComponent(account)}`);
      say(t("notices-again-done"));
      log.reload();
    } catch (error) {
      say(tellError(error));
    }
  };
  return html`
    <div class="row filters">
      <label>${t("account")}<input class="mono" value=${account} onChange=${(event) => setAccount(event.target.value.trim() || who.account)} /></label>
      <${Choice} label=${t("state")} value=${state} all=${t("any")} choices=${STATES.map((name) => [name, t(`notices-${name}`)])} choose=${setState} />
    </div>
    <section class="sheet flush"><h2>${t("notices-log")}</h2><${Log} log=${log} again=${again} /></section>
    ${log.value?.deliveries.length === limit && limit < 100 && html`<p class="row ends"><button onClick=${() => setLimit(100)}>${t("more")}</button></p>`}
    <section class="sheet flush"><h2>${t("notices-addresses")}</h2><${Addresses} webhooks=${webhooks} /></section>
  `;
}

function Log({ log, again }) {
  if (!log.value) return html`<${Absent} loaded=${log} />`;
  if (!log.value.deliveries.length) return html`<p class="calm">${t("notices-none")}</p>`;
  const columns = [
    { label: t("state"), show: (each) => html`<span class=${`verdict ${{ DELIVERED: "OK", GIVEN_UP: "fail" }[each.state] ?? "warn"}`}>${t(`notices-${each.state}`)}</span>` },
    { label: t("task"), show: (each) => html`<span class="mono">${each.task_id.slice(-12)}</span><br /><${Status} status=${each.task_status} />` },
    { label: t("notices-address"), show: (each) => html`${each.url}<br /><span class="quiet">${[each.answer_status, each.trouble].filter(Boolean).join(" · ")}</span>` },
    { label: t("notices-tries"), kind: "number", show: (each) => formatNumber(each.tries) },
    { label: t("time"), kind: "number", show: (each) => formatTime(each.last_tried_at ?? each.ended_at, COMPACT) },
    { label: t("actions"), kind: "actions", show: (each) => each.state !== "WAITING" && html`<button aria-label=${`${t("notices-again")}: ${each.task_id}`} onClick=${() => again(each.id)}>${t("notices-again")}</button>` },
  ];
  return html`<${Table} label=${t("notices-log")} columns=${columns} rows=${log.value.deliveries} />`;
}

function Addresses({ webhooks }) {
  if (!webhooks.value) return html`<${Absent} loaded=${webhooks} />`;
  if (!webhooks.value.webhooks.length) return html`<p class="calm">${t("notices-no-addresses")} <code>kaiga webhooks add</code></p>`;
  const columns = [
    { label: t("notices-address"), show: ({ url }) => url },
    { label: t("keys-created"), show: ({ created_at: at }) => formatTime(at, COMPACT) },
    { label: t("state"), show: ({ disabled_at: at }) => (at ? t("notices-off") : t("notices-on")) },
  ];
  return html`<${Table} label=${t("notices-addresses")} columns=${columns} rows=${webhooks.value.webhooks} />`;
}
