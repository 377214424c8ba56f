// What arrived, newest first; one opened shows all of it, and what went out.
import { call } from "../api.js";
import { Json } from "../parts/json.js";
import { Failed, Loading } from "../parts/notices.js";
import { Table } from "../parts/table.js";
import { TitledDialog } from "../parts/titleddialog.js";
import { useGet } from "../loading.js";
import { html, useState } from "../view.js";
import { formatTime, t } from "../words.js";
import { attempt, LIVE_SECONDS, pathOf } from "./control.js";

const FEW = 50;
const MANY = 1000;

export function Requests({ account }) {
  const [limit, setLimit] = useState(FEW);
  const { value: data, error, reload } = useGet(pathOf(account, "requests", { limit }), { every: LIVE_SECONDS });
  const [opened, setOpened] = useState(null);
  if (!data) return error ? html`<${Failed} error=${error} retry=${reload} />` : html`<${Loading} />`;
  const { requests } = data;
  return html`
    <p class="row ends"><button disabled=${!requests.length} onClick=${() => attempt(() => call("DELETE", pathOf(account, "requests")), reload)}>${t("emulator-forget")}</button></p>
    <section class="sheet flush requests">
      ${requests.length
        ? html`<${Table} label=${t("emulator-requests")} columns=${columnsOf(setOpened)} rows=${requests.toReversed()} />`
        : html`<p class="calm">${t("emulator-requests-none")}</p>`}
    </section>
    ${requests.length === limit && limit < MANY && html`<p class="row ends"><button onClick=${() => setLimit(MANY)}>${t("more")}</button></p>`}
    ${opened && html`<${Opened} request=${opened} close=${() => setOpened(null)} />`}
  `;
}

const columnsOf = (open) => [
  { label: t("emulator-call"), show: (request) => html`<button class="plain pick mono" onClick=${() => open(request)}>${nameOf(request)}</button>` },
  { label: t("emulator-status"), kind: "number", show: (request) => html`<${Verdict} request=${request} />` },
  { label: t("emulator-fault"), show: ({ fault }) => (fault ? html`<span class="tag mono">${fault.kind}</span>` : "–") },
  { label: t("time"), kind: "number", show: ({ arrived_at: at }) => formatTime(at, { dateStyle: "short", timeStyle: "medium" }) },
];

const nameOf = ({ method, path, query }) => `${method} ${path.replace(/^\/api\/v1/, "")}${query && `?${query}`}`;

const Verdict = ({ request: { status } }) => html`<span class=${`verdict ${status && status < 400 ? "OK" : "fail"}`}>${status ?? t("emulator-no-answer")}</span>`;

function Opened({ request, close }) {
  const { method, path, query, headers, body, status, request_id: id, fault, answer } = request;
  return html`
    <${TitledDialog} title=${`${method} ${path}`} close=${close}>
      <p class="row"><${Verdict} request=${request} />${fault && html`<span class="tag mono">${fault.kind}</span>`}</p>
      <${Json} title=${t("task-request")} text=${JSON.stringify({ method, path, ...(query && { query }), headers, body })} />
      <${Json} title=${t("task-response")} text=${JSON.stringify({ status, request_id: id, body: answer })} />
    <//>
  `;
}
