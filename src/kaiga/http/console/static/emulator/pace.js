// How long tasks wait and run: for one model, or for all others.
import { call } from "../api.js";
import { Failed, Loading } from "../parts/notices.js";
import { Table } from "../parts/table.js";
import { FormDialog } from "../parts/titleddialog.js";
import { useGet } from "../loading.js";
import { html, useState } from "../view.js";
import { formatNumber, t } from "../words.js";
import { attempt, pathOf } from "./control.js";

const FIELDS = [["pending_seconds", 31536000], ["running_seconds", 31536000], ["jitter", 1]];

export function Pace({ account }) {
  const path = pathOf(account, "pace");
  const { value: data, error, reload } = useGet(path);
  const [dialog, setDialog] = useState(null);
  if (!data) return error ? html`<${Failed} error=${error} retry=${reload} />` : html`<${Loading} />`;
  const { default: usual, models } = data;
  const put = (paces) => call("PUT", path, paces);
  const close = () => setDialog(null);
  const save = async (model, pace) => {
    await put(model ? { default: usual, models: { ...models, [model]: pace } } : { default: pace, models });
    close();
    reload();
  };
  const remove = ({ model }) => {
    const { [model]: _, ...others } = models;
    attempt(() => put({ default: usual, models: others }), reload);
  };
  const edit = (row) => setDialog(html`<${EditPace} row=${row} save=${save} close=${close} />`);
  const rows = [{ ...usual, model: "" }, ...Object.entries(models).map(([model, pace]) => ({ ...pace, model }))];
  return html`
    <section class="sheet flush">
      <div class="row between">
        <h2>${t("emulator-pace")}</h2>
        <div class="row">
          <button class="plain" onClick=${() => attempt(() => call("DELETE", path), reload)}>${t("emulator-pace-reset")}</button>
          <button onClick=${() => edit(null)}>${t("emulator-pace-new")}</button>
        </div>
      </div>
      <${Table} label=${t("emulator-pace")} columns=${columnsOf(edit, remove)} rows=${rows} />
      <p class="calm">${t("emulator-pace-told")}</p>
    </section>
    ${dialog}
  `;
}

const nameOf = (row) => row.model || t("emulator-pace-others");

const columnsOf = (edit, remove) => [
  { label: t("model"), show: (row) => html`<b>${nameOf(row)}</b>` },
  ...FIELDS.map(([name]) => ({ label: t(`emulator-${name}`), kind: "number", show: (row) => formatNumber(row[name]) })),
  {
    label: t("actions"),
    kind: "actions",
    show: (row) => html`<button aria-label=${`${t("edit")}: ${nameOf(row)}`} onClick=${() => edit(row)}>${t("edit")}</button>
      ${row.model && html`<button aria-label=${`${t("remove")}: ${row.model}`} onClick=${() => remove(row)}>${t("remove")}</button>`}`,
  },
];

function EditPace({ row, save, close }) {
  const known = useGet("/kaiga/v1/models").value?.models ?? [];
  const act = ({ model, ...pace }) => save(row ? row.model : model, Object.fromEntries(FIELDS.map(([name]) => [name, Number(pace[name])])));
  return html`
    <${FormDialog} title=${row ? nameOf(row) : t("emulator-pace-new")} action=${t("save")} act=${act} close=${close}>
      ${!row && html`<label class="wide">${t("model")}<select name="model" class="mono" required>${known.map(({ name }) => html`<option>${name}</option>`)}</select></label>`}
      ${FIELDS.map(([name, most]) => html`<label>${t(`emulator-${name}`)}<input name=${name} type="number" min="0" max=${most} step="any" required defaultValue=${row ? row[name] : 0} /></label>`)}
    <//>
  `;
}
