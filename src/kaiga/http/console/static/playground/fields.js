// The fields of a form: each kind of the catalogue has its own control.
import { Icon } from "../parts/icons.js";
import { Segments } from "../parts/segments.js";
import { html, useState } from "../view.js";
import { formatNumber, t } from "../words.js";
import { FileField } from "./files.js";
import { hasOwnLabel, idOf, labelOf } from "./labels.js";
import { areRatios, Shapes, SizeField } from "./sizes.js";

const MOST_SEGMENTS = 4;
const LONGEST_SLIDER = 200;
const LONG_TEXTS = /prompt|text/;

/** One field with its label, its control, and what is wrong with it. */
export function Field({ field, value, change, rules, fault, form, values }) {
  const isRequired = field.required || rules.required.has(field.path);
  const Control = controlOf(field);
  const shared = { field: limit(field, rules), value, change, rules, form, values, id: idOf(field.path) };
  const isGroup = GROUPS.has(Control) || (Control === Choice && !isList(field));
  const head = html`
    ${labelOf(field.name)}${isRequired && html`<span class="pg-must" title=${t("required")} aria-hidden="true">*</span>`}${" "}<${Name} name=${field.name} />
  `;
  const content = html`
    <${Control} ...${shared} required=${isRequired} describedBy=${fault ? `${shared.id}-fault` : null} />
    ${fault && html`<p class="failed" role="alert" id="${shared.id}-fault">${fault}</p>`}
  `;
  const data = { class: `pg-field${fault ? " pg-wrong" : ""}`, "data-path": field.path };
  if (Control === Toggle) return html`<div ...${data}>${content}</div>`;
  return isGroup
    ? html`<fieldset ...${data}><legend>${head}</legend>${content}</fieldset>`
    : html`<div ...${data}><label for=${shared.id}>${head}</label>${content}</div>`;
}

const Name = ({ name }) => hasOwnLabel(name) && html`<code class="quiet">${name}</code>`;

/** Give the field with the bounds that hold beside the other values. */
function limit(field, { bounds, values: allowed }) {
  const only = allowed[field.path];
  return { ...field, ...bounds[field.path], ...(only && field.values && { values: field.values.filter((value) => only.includes(value)) }) };
}

function controlOf({ type, values }) {
  if (type === "files") return FileField;
  if (type.endsWith("_size")) return SizeField;
  if (type === "choice" || (type === "integer" && values)) return Choice;
  return { boolean: Toggle, integer: Numeric, number: Numeric, text: Text }[type] ?? Structure;
}

const isList = ({ values, open, type }) => open || (type === "choice" && !areRatios(values) && values.length > MOST_SEGMENTS);

function Text({ field, value = "", change, id, required, describedBy }) {
  const { max_length: most, chinese_counts: weight = 1, name, pattern } = field;
  const used = weight === 1 ? value.length : [...value].reduce((sum, sign) => sum + (/\p{Script=Han}/u.test(sign) ? weight : 1), 0);
  const shared = { id, value, required, "aria-describedby": describedBy, onInput: (event) => change(event.target.value) };
  if (!LONG_TEXTS.test(name)) return html`<input ...${shared} pattern=${pattern} />`;
  return html`
    <textarea ...${shared} class=${/neg/.test(name) ? "pg-short" : ""}></textarea>
    ${most && html`<p class="pg-count ${used > most ? "failed" : "quiet"}">${formatNumber(used)} / ${formatNumber(most)}</p>`}
  `;
}

function Numeric({ field, value, change, id, required, describedBy }) {
  const { maximum: max, default: usual, drawn, type, multiple_of: multiple = 1, special = [] } = field;
  const min = special.length ? Math.min(field.minimum, ...special) : field.minimum;
  const step = type === "integer" ? multiple : "any";
  const read = (event) => change(event.target.value === "" ? undefined : Number(event.target.value));
  const number = html`
    <input id=${id} type="number" min=${min} max=${max} step=${step} value=${value ?? ""} required=${required && usual === undefined}
      placeholder=${drawn ? t("random") : usual} aria-describedby=${describedBy} onInput=${read} />
  `;
  if (drawn) return html`<div class="pg-pair">${number}<button type="button" onClick=${() => change(Math.floor(Math.random() * 2 ** 31))}><${Icon} name="dice" label=${t("draw-seed")} /></button></div>`;
  if (min === undefined || max === undefined || max - min > LONGEST_SLIDER || min === max) return number;
  return html`
    <div class="pg-pair pg-slider">
      <input type="range" aria-label=${labelOf(field.name)} min=${min} max=${max} step=${type === "integer" ? multiple : (max - min) / 100}
        value=${value ?? usual ?? min} onInput=${read} />
      ${number}
    </div>
  `;
}

const Toggle = ({ field, value, change, id, describedBy }) => html`
  <label class="pg-toggle" for=${id}>
    <input id=${id} type="checkbox" role="switch" checked=${value ?? field.default ?? false} aria-describedby=${describedBy}
      onChange=${(event) => change(event.target.checked)} />
    <span>${labelOf(field.name)} <${Name} name=${field.name} /></span>
  </label>
`;

function Choice({ field, value, change, id, required, describedBy }) {
  const chosen = value ?? field.default;
  const values = [...field.values, ...(field.special ?? [])];
  if (field.open) {
    return html`
      <input id=${id} list="${id}-list" value=${value ?? ""} aria-describedby=${describedBy} onInput=${(event) => change(event.target.value)} />
      <datalist id="${id}-list">${values.map((each) => html`<option value=${each}></option>`)}</datalist>
    `;
  }
  if (areRatios(values.map(String))) return html`<${Shapes} path=${field.path} values=${values} chosen=${chosen} change=${change} />`;
  if (isList(field)) {
    return html`
      <select id=${id} value=${chosen ?? ""} required=${required} aria-describedby=${describedBy} onChange=${(event) => change(event.target.value)}>
        ${field.default === undefined && html`<option value="">–</option>`}
        ${values.map((each) => html`<option value=${each}>${each}</option>`)}
      </select>
    `;
  }
  return html`<${Segments} name=${field.path} values=${values} chosen=${chosen} change=${change} />`;
}

/** Lists and boxes: texts one a line, everything else as JSON. */
function Structure({ field, value, change, id, describedBy }) {
  const isLines = field.item?.type === "text";
  const write = (given) => (given === undefined ? "" : isLines ? given.join("\n") : JSON.stringify(given));
  const [text, setText] = useState(write(value));
  const [isWrong, setWrong] = useState(false);
  const take = (event) => {
    setText(event.target.value);
    try {
      const read = isLines ? event.target.value.split("\n").filter(Boolean) : event.target.value && JSON.parse(event.target.value);
      setWrong(false);
      change(read || undefined);
    } catch {
      setWrong(true);
    }
  };
  return html`
    <textarea id=${id} class="pg-short mono" value=${text} placeholder=${isLines ? t("one-a-line") : exampleOf(field)} aria-invalid=${isWrong}
      aria-describedby=${describedBy} onInput=${take}></textarea>
    ${isWrong && html`<p class="failed">${t("no-json")}</p>`}
  `;
}

function exampleOf(field) {
  const give = ({ type, item, members, values }) =>
    ({ box: [100, 100, 300, 300], text: "…", integer: 0, number: 0, choice: values?.[0],
      list: item && [give(item)], object: members && Object.fromEntries(Object.entries(members).map(([name, each]) => [name, give(each)])) })[type];
  return JSON.stringify(give(field));
}

const GROUPS = new Set([FileField, SizeField]);
