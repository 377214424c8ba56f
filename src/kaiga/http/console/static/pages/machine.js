// The disk, what `kaiga doctor` says, and versions.
import { get } from "../api.js";
import { formatBytes } from "../parts/bytes.js";
import { tellError } from "../parts/notices.js";
import { Table } from "../parts/table.js";
import { html, useState } from "../view.js";
import { formatNumber, t } from "../words.js";

export const Machine = ({ system }) => html`
  <div class="pair">
    <${Disk} disk=${system.disk} />
    <section class="sheet">
      <h2>${t("system-versions")}</h2>
      <dl class="parts">${Object.entries(system.versions).map(([name, version]) => html`<dt>${name}</dt><dd class="mono">${version}</dd>`)}</dl>
    </section>
  </div>
  <${Doctor} />
`;

function Disk({ disk }) {
  const taken = disk.total_bytes ? Math.round(100 * (1 - disk.free_bytes / disk.total_bytes)) : 0;
  const objects = disk.objects_bytes === null ? `${t("system-elsewhere")} · ${disk.objects}` : `${disk.objects_are_more ? "≥ " : ""}${formatBytes(disk.objects_bytes)} · ${formatNumber(disk.objects_files)}`;
  return html`
    <section class="sheet">
      <h2>${t("system-disk")}</h2>
      <span class="gauge" role="img" aria-label=${t("system-taken", { part: taken })}><span style=${{ width: `${taken}%` }}></span></span>
      <dl class="parts">
        <dt>${t("system-free")}</dt><dd>${formatBytes(disk.free_bytes)} / ${formatBytes(disk.total_bytes)}</dd>
        <dt>${t("system-objects")}</dt><dd>${objects}</dd>
        <dt>${t("system-database")}</dt><dd>${formatBytes(disk.database_bytes)}</dd>
        <dt>${t("system-folder")}</dt><dd class="mono">${disk.folder}</dd>
      </dl>
    </section>
  `;
}

function Doctor() {
  const [state, setState] = useState({});
  const examine = async () => {
    setState((last) => ({ ...last, isBusy: true }));
    try {
      setState(await get("/kaiga/v1/doctor"));
    } catch (error) {
      setState({ error });
    }
  };
  return html`
    <section class="sheet flush">
      <div class="row between"><h2>${t("system-doctor")}</h2><button disabled=${state.isBusy} onClick=${examine}>${state.isBusy ? t("system-examining") : t("system-examine")}</button></div>
      <div role="status">
        ${state.error && html`<p class="failed">${tellError(state.error)}</p>`}
        ${state.findings
          ? html`<${Table} label=${t("system-doctor")} columns=${FINDING_COLUMNS()} rows=${state.findings} />`
          : !state.error && html`<p class="calm">${t("system-doctor-told")}</p>`}
      </div>
    </section>
  `;
}

const FINDING_COLUMNS = () => [
  { label: t("system-check"), show: ({ check }) => check },
  { label: t("system-verdict"), show: ({ verdict }) => html`<span class=${`verdict ${verdict}`}>${verdict}</span>` },
  { label: t("system-found"), show: ({ found, hint }) => html`${found}${hint && html`<br /><span class="quiet">${hint}</span>`}` },
];
