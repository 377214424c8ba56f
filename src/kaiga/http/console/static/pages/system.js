// How the service is: now, what went wrong, notices, and the machine. For admins alone.
import { Empty, Failed, Loading } from "../parts/notices.js";
import { Tabs } from "../parts/tabs.js";
import { useLoad } from "../parts/useload.js";
import { html } from "../view.js";
import { formatNumber, t } from "../words.js";
import { Deliveries } from "./deliveries.js";
import { Machine } from "./machine.js";
import { Now, tellSpan } from "./now.js";
import { Troubles } from "./troubles.js";

const TABS = ["now", "troubles", "notices", "machine"];
const LIVE_SECONDS = 2;
const SLOW_SECONDS = 15;

export default function System({ place, who }) {
  return html`
    <h1>${t("page-system")}</h1>
    ${who.role === "admin" ? html`<${Admin} place=${place} who=${who} />` : html`<${Empty} title=${t("system-admin-only")}>${t("system-admin-told")}<//>`}
  `;
}

function Admin({ place, who }) {
  const here = TABS.includes(place.item) ? place.item : "now";
  const status = useLoad("/kaiga/v1/status", LIVE_SECONDS);
  if (!status.data) return status.error ? html`<${Failed} error=${status.error} retry=${status.reload} />` : html`<${Loading} />`;
  return html`
    ${status.error && html`<p class="failed" role="alert">${t("system-stale")}</p>`}
    <${Overview} status=${status.data} />
    <${Tabs} page="system" here=${here} label=${t("page-system")} tabs=${TABS.map((name) => [name, t(`system-${name}`)])} />
    ${here === "now" && html`<${Now} status=${status.data} />`}
    ${here === "notices" && html`<${Deliveries} who=${who} />`}
    ${(here === "troubles" || here === "machine") && html`<${Slow} here=${here} />`}
  `;
}

function Overview({ status }) {
  const { workers, queue, since_start: counts } = status;
  return html`
    <dl class="facts">
      <div><dt>${t("system-workers")}</dt><dd>${workers.busy} / ${workers.slots}</dd></div>
      <div><dt>${t("system-waiting")}</dt><dd>${formatNumber(queue.waiting)}</dd></div>
      <div><dt>${t("system-oldest")}</dt><dd>${queue.oldest_seconds === null ? "–" : tellSpan(queue.oldest_seconds)}</dd></div>
      <div><dt>${t("system-succeeded")}</dt><dd>${formatNumber(counts.succeeded)}</dd></div>
      <div><dt>${t("system-failed")}</dt><dd>${formatNumber(counts.failed)}</dd></div>
      <div><dt>${t("system-uptime")}</dt><dd>${tellSpan(status.uptime_seconds)}</dd></div>
    </dl>
  `;
}

function Slow({ here }) {
  const { data, error, reload } = useLoad("/kaiga/v1/system", SLOW_SECONDS);
  if (!data) return error ? html`<${Failed} error=${error} retry=${reload} />` : html`<${Loading} />`;
  return here === "machine" ? html`<${Machine} system=${data} />` : html`<${Troubles} system=${data} />`;
}
