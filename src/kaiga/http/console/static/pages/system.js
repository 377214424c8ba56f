// How the service is: now, what went wrong, notices, and the machine. For admins alone.
import { useGet } from "../loading.js";
import { formatSpan } from "../parts/durations.js";
import { Absent, Empty } from "../parts/notices.js";
import { Tabs } from "../parts/tabs.js";
import { html } from "../view.js";
import { formatNumber, t } from "../words.js";
import { Deliveries } from "./deliveries.js";
import { Machine } from "./machine.js";
import { Now } from "./now.js";
import { countWorkers } from "./service.js";
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
  const status = useGet("/kaiga/v1/status", { every: LIVE_SECONDS });
  if (!status.value) return html`<${Absent} loaded=${status} />`;
  return html`
    ${status.error && html`<p class="failed" role="alert">${t("system-stale")}</p>`}
    <${Overview} status=${status.value} />
    <${Tabs} page="system" here=${here} label=${t("page-system")} tabs=${TABS.map((name) => [name, t(`system-${name}`)])} />
    ${here === "now" && html`<${Now} status=${status.value} />`}
    ${here === "notices" && html`<${Deliveries} who=${who} />`}
    ${(here === "troubles" || here === "machine") && html`<${Slow} here=${here} />`}
  `;
}

function Overview({ status }) {
  const { queue, since_start: counts } = status;
  const { busy, slots } = countWorkers(status);
  return html`
    <dl class="facts">
      <div><dt>${t("system-workers")}</dt><dd>${formatNumber(busy)} / ${formatNumber(slots)}</dd></div>
      <div><dt>${t("status-PENDING")}</dt><dd>${formatNumber(queue.waiting)}</dd></div>
      <div><dt>${t("system-oldest")}</dt><dd>${queue.oldest_seconds === null ? "–" : formatSpan(queue.oldest_seconds * 1000)}</dd></div>
      <div><dt>${t("status-SUCCEEDED")}</dt><dd>${formatNumber(counts.succeeded)}</dd></div>
      <div><dt>${t("status-FAILED")}</dt><dd>${formatNumber(counts.failed)}</dd></div>
      <div><dt>${t("system-uptime")}</dt><dd>${formatSpan(status.uptime_seconds * 1000)}</dd></div>
    </dl>
  `;
}

function Slow({ here }) {
  const system = useGet("/kaiga/v1/system", { every: SLOW_SECONDS });
  if (!system.value) return html`<${Absent} loaded=${system} />`;
  return here === "machine" ? html`<${Machine} system=${system.value} />` : html`<${Troubles} system=${system.value} />`;
}
