// The form of one model, and what it sends.
import { Icon } from "../parts/icons.js";
import { say } from "../parts/notices.js";
import { html, useEffect, useMemo, useState } from "../view.js";
import { t } from "../words.js";
import { beginDraft, keepDraft } from "./drafts.js";
import { Field } from "./fields.js";
import { hasRoom, kindOf, takeFile } from "./files.js";
import { idOf } from "./labels.js";
import { applyRules, findNamed, isGiven, listFields, makeOrder } from "./order.js";
import { start } from "./runs.js";

const SHOWN_AT_ONCE = /^(prompt|size|resolution|ratio|aspect_ratio|n|duration|style|function)$/;
const BELOW = "(max-width: 64rem)"; // where tasks stand below the form, as the style says

let takeOffered = () => {};

/** Give a file to the form that is shown. */
export const offer = (file) => takeOffered(file.kind, () => file);

export function Form({ form, copyAs, reset }) {
  const fields = useMemo(() => listFields(form), [form]);
  const [values, setValues] = useState(() => beginDraft(form, fields));
  const [fault, setFault] = useState({});
  const [isBusy, setBusy] = useState(false);
  keepDraft(form, values);
  const rules = useMemo(() => applyRules(form, fields, values), [form, fields, values]);
  const change = (path, value) => {
    setFault({});
    setValues((before) => ({ ...before, [path]: typeof value === "function" ? value(before[path]) : value }));
  };
  const takeIn = async (kind, make) => {
    const field = fields.find((each) => each.type === "files" && !rules.ignored.has(each.path) && hasRoom(each, values[each.path], kind));
    if (!field) return say(t("no-room"));
    try {
      const file = await make(field);
      change(field.path, (before = []) => [...before, file].slice(0, field.most));
    } catch (error) {
      setFault({ path: field.path, message: error.message });
    }
    return document.getElementById(idOf(field.path))?.scrollIntoView({ block: "nearest" });
  };
  useEffect(() => {
    takeOffered = takeIn;
  });
  const paste = (event) => {
    const [file] = event.clipboardData.files;
    if (!file) return;
    event.preventDefault();
    takeIn(kindOf(file), (field) => takeFile(form, field, file));
  };
  const makeRequest = () => describe(form, makeOrder(form, fields, values, rules.ignored));
  const generate = async (event) => {
    event.preventDefault();
    setBusy(true);
    setFault({});
    const tell = ({ error }) => error && setFault({ path: findNamed(fields, error.message), message: error.message });
    const sent = start({ title: form.title, ...foresee(form, values), request: makeRequest(), onEnd: tell });
    if (matchMedia(BELOW).matches) requestAnimationFrame(() => document.querySelector(".pg-runs").scrollIntoView());
    if (form.mode === "async") await sent;
    setBusy(false);
  };
  const isFirst = ({ required, type, name, path }) => required || rules.required.has(path) || type === "files" || SHOWN_AT_ONCE.test(name);
  const counted = fields.filter(({ path }) => !rules.ignored.has(path));
  const more = counted.filter((field) => !isFirst(field));
  const draw = (field) => html`
    <${Field} key=${field.path} field=${field} form=${form} values=${values} rules=${rules} value=${values[field.path]}
      fault=${fault.path === field.path && fault.message} change=${(value) => change(field.path, value)} />
  `;
  return html`
    <form class="pg-form" onSubmit=${generate} onPaste=${paste}>
      ${counted.filter(isFirst).map(draw)}
      ${more.length > 0 && html`
        <details open=${more.some(({ path }) => path === fault.path || isGiven(values[path]))}><summary>${t("more-settings")}</summary>${more.map(draw)}</details>
      `}
      ${fault.message && !fault.path && html`<p class="failed" role="alert">${fault.message}</p>`}
      <div class="pg-go">
        <button class="main" disabled=${isBusy}><${Icon} name="brush" />${t("generate")}</button>
        <button type="button" onClick=${() => copyAs(makeRequest())}><${Icon} name="copy" />${t("copy-as")}</button>
        <button type="button" class="plain" onClick=${reset}>${t("reset")}</button>
      </div>
    </form>
  `;
}

/** Make the whole call: where, with which headers, and what. */
function describe({ operation, mode }, body) {
  const usesUploads = JSON.stringify(body).includes('"oss://');
  return {
    path: `/api/v1/services/${operation}`,
    headers: { ...(mode === "async" && { "X-DashScope-Async": "enable" }), ...(usesUploads && { "X-DashScope-OssResourceResolve": "enable" }) },
    body,
  };
}

/** Say how many results to expect, and of which shape, so that nothing moves when they come. */
function foresee({ parameters = {}, product }, values) {
  const find = (name) => values[`parameters.${name}`] ?? parameters[name]?.default;
  const written = [find("size"), find("ratio"), find("aspect_ratio"), product === "video" ? "16:9" : "1:1"].find((text) => /^\d+[*:]\d+$/.test(text));
  return { count: find("n") ?? 1, ratio: written.replace(/[*:]/, " / ") };
}
