// The playground: choose a model, fill in its form, and see what comes of it.
import { get } from "../api.js";
import { CopyAs } from "../parts/copyas.js";
import { Icon } from "../parts/icons.js";
import { Empty, Failed, Loading, say } from "../parts/notices.js";
import { Field } from "../playground/fields.js";
import { hasRoom, kindOf, takeFile } from "../playground/files.js";
import { idOf } from "../playground/labels.js";
import { applyRules, findNamed, isGiven, listFields, makeOrder, readOrder } from "../playground/order.js";
import { ModelPicker } from "../playground/picker.js";
import { Run } from "../playground/run.js";
import { findRequest, makeFile, start, useRuns } from "../playground/runs.js";
import { go } from "../router.js";
import { html, useEffect, useMemo, useState } from "../view.js";
import { t } from "../words.js";

const KEPT = "kaiga-model";
const FIRST_MODEL = "wan2.5-t2i-preview";
const BELOW = "(max-width: 64rem)"; // where tasks stand below the form, as the style says
const PROMPTS = ["input.prompt", "input.messages.text"];
const SHOWN_AT_ONCE = /^(size|resolution|ratio|aspect_ratio|n|duration|style|function)$/;

/** What was filled in, by model: it is there again when one comes back; a prompt goes along. */
const drafts = new Map();
let lastPrompt = "";
let draftsOwner;

export default function Playground({ place, who }) {
  const [models, setModels] = useState(null);
  const [form, setForm] = useState(null);
  const [error, setError] = useState(null);
  const runs = useRuns(who.account);
  if (draftsOwner !== who.account) {
    drafts.clear();
    [draftsOwner, lastPrompt] = [who.account, ""];
  }
  const [copied, setCopied] = useState(null);
  const [round, setRound] = useState(0);
  const from = place.query.get("from");
  const wanted = place.query.get("model") ?? localStorage.getItem(KEPT) ?? FIRST_MODEL;
  const load = () => {
    setError(null);
    get("/kaiga/v1/forms").then((told) => setModels(told.models.filter(({ retired }) => !retired)), setError);
  };
  useEffect(load, []);
  useEffect(() => {
    let isCurrent = true;
    const take = (setter) => (told) => isCurrent && setter(told);
    openForm(wanted, from).then(take(setForm), take(setError));
    return () => {
      isCurrent = false;
    };
  }, [wanted, from]);
  const choose = (name) => go("playground", "", { model: name }, { replace: true });
  const reset = () => {
    drafts.delete(form.name);
    setRound(round + 1);
  };
  const retry = () => {
    load();
    choose(FIRST_MODEL);
  };
  if (error) return html`<h1>${t("page-playground")}</h1><${Failed} error=${error} retry=${retry} />`;
  if (!models || !form) return html`<h1>${t("page-playground")}</h1><${Loading} />`;
  return html`
    <div class="pg">
      <section class="pg-side" aria-label=${t("order")}>
        <h1>${t("page-playground")}</h1>
        <${ModelPicker} models=${models} chosen=${form.name} choose=${choose} />
        <p class="quiet">${form.description}</p>
        <${Form} key=${`${form.name} ${from} ${round}`} form=${form} copyAs=${setCopied} reset=${reset} />
      </section>
      <section class="pg-runs" aria-label=${t("made-here")}>
        ${runs.map((run) => html`<${Run} key=${run.key} run=${run} copyAs=${setCopied} useAsInput=${(file) => offer(file)} />`)}
        ${!runs.length && html`<${Empty} title=${t("nothing-made")}>${t("nothing-made-hint")}<//>`}
      </section>
      ${copied && html`<${CopyAs} request=${copied} close=${() => setCopied(null)} />`}
    </div>
  `;
}

/** Gives a file to the form that is shown. */
let offer = () => {};

async function openForm(name, from) {
  let model = name;
  let order = null;
  if (from) {
    order = findRequest(from) ?? (await get(`/kaiga/v1/tasks/${encodeURIComponent(from)}/request`));
    model = order.model;
  }
  const form = await get(`/kaiga/v1/forms?model=${encodeURIComponent(model)}`);
  localStorage.setItem(KEPT, model);
  if (order) drafts.set(form.name, readOrder(listFields(form), order, makeFile));
  return form;
}

function Form({ form, copyAs, reset }) {
  const fields = useMemo(() => listFields(form), [form]);
  const [values, setValues] = useState(() => ({ ...firstValues(fields), ...drafts.get(form.name) }));
  const [fault, setFault] = useState({});
  const [isBusy, setBusy] = useState(false);
  drafts.set(form.name, values);
  lastPrompt = PROMPTS.map((path) => values[path]).find(isGiven) ?? lastPrompt;
  const rules = useMemo(() => applyRules(form, fields, values), [form, fields, values]);
  const change = (path, value) => {
    setFault({});
    setValues((before) => ({ ...before, [path]: typeof value === "function" ? value(before[path]) : value }));
  };
  const takeIn = (kind, file) => {
    const field = fields.find((each) => each.type === "files" && hasRoom(each, values[each.path], kind));
    if (!field) return say(t("no-room"));
    Promise.resolve(typeof file === "function" ? file(field) : file).then(
      (made) => change(field.path, (before = []) => [...before, made].slice(0, field.most)),
      (failure) => setFault({ path: field.path, message: failure.message }),
    );
    return document.getElementById(idOf(field.path))?.closest(".pg-field").scrollIntoView({ block: "nearest" });
  };
  useEffect(() => {
    offer = (file) => takeIn(file.kind, file);
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
    const count = values["parameters.n"] ?? fields.find(({ path }) => path === "parameters.n")?.default ?? 1;
    const show = ({ error }) => error && setFault({ path: findNamed(fields, error.message), message: error.message });
    const sent = start({ title: form.title, count, request: makeRequest(), onEnd: show });
    if (matchMedia(BELOW).matches) document.querySelector(".pg-runs").scrollIntoView();
    if (form.mode === "async") await sent;
    setBusy(false);
  };
  const shown = fields.filter(({ path }) => !rules.ignored.has(path));
  const more = shown.filter((field) => !isShownAtOnce(field, rules));
  const draw = (field) => html`
    <${Field} key=${field.path} field=${field} form=${form} values=${values} rules=${rules} value=${values[field.path]}
      fault=${fault.path === field.path && fault.message} change=${(value) => change(field.path, value)} />
  `;
  const named = more.some(({ path }) => path === fault.path || isGiven(values[path]));
  return html`
    <form class="pg-form" onSubmit=${generate} onPaste=${paste}>
      ${shown.filter((field) => isShownAtOnce(field, rules)).map(draw)}
      ${more.length > 0 && html`<details open=${named}><summary>${t("more-settings")}</summary>${more.map(draw)}</details>`}
      ${fault.message && !fault.path && html`<p class="failed" role="alert">${fault.message}</p>`}
      <div class="pg-go">
        <button class="main" disabled=${isBusy}><${Icon} name="brush" />${t("generate")}</button>
        <button type="button" onClick=${() => copyAs(makeRequest())}><${Icon} name="copy" />${t("copy-as")}</button>
        <button type="button" class="plain" onClick=${reset}>${t("reset")}</button>
      </div>
    </form>
  `;
}

/** Take over the prompt of the form before, and the first choice where one must be made. */
function firstValues(fields) {
  const chosen = fields.filter(({ type, required, default: usual }) => type === "choice" && required && usual === undefined);
  const path = PROMPTS.find((each) => fields.some((field) => field.path === each));
  return { ...(lastPrompt && path && { [path]: lastPrompt }), ...Object.fromEntries(chosen.map((field) => [field.path, field.values[0]])) };
}

const isShownAtOnce = ({ required, type, name, path, place }, rules) =>
  required || rules.required.has(path) || type === "files" || place === "message" || name === "prompt" || SHOWN_AT_ONCE.test(name);

/** Make the whole call: where, with which headers, and what. */
function describe(form, body) {
  const usesUploads = JSON.stringify(body).includes('"oss://');
  return {
    path: `/api/v1/services/${form.operation}`,
    headers: {
      ...(form.mode === "async" && { "X-DashScope-Async": "enable" }),
      ...(usesUploads && { "X-DashScope-OssResourceResolve": "enable" }),
    },
    body,
  };
}
