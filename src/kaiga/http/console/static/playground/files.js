// Files of a form: dropped, pasted, chosen or named by address, and uploaded at once.
import { get, ownPath, send } from "../api.js";
import { Icon } from "../parts/icons.js";
import { tellError } from "../parts/notices.js";
import { makeFile } from "../parts/results.js";
import { makeName } from "../random.js";
import { html, useState } from "../view.js";
import { formatNumber, t } from "../words.js";
import { labelOf } from "./labels.js";
import { MaskDialog } from "./mask.js";

const MEBIBYTE = 1024 * 1024;

export const kindOf = (file) => (/^(image|video|audio)\//.exec(file.type)?.[1] ?? "document");
export const hasRoom = (field, value = [], kind) => kind in field.kinds && value.length < field.most;

export function FileField({ field, value = [], change, form, values, id, describedBy }) {
  const [state, setState] = useState({});
  const [isDrawing, setDrawing] = useState(false);
  const kinds = Object.keys(field.kinds);
  const isLink = kinds[0] === "link";
  const add = async (files) => {
    setState({ isBusy: true });
    try {
      const added = [];
      for (const file of [...files].slice(0, field.most - value.length)) added.push(await takeFile(form, field, file));
      change((before = []) => [...before, ...added].slice(0, field.most));
      setState({});
    } catch (error) {
      setState({ fault: error.status === undefined ? error.message : tellError(error) });
    }
  };
  const addAddress = (event) => {
    const url = event.target.value.trim();
    event.target.value = "";
    if (url) change([...value, makeFile(url, kinds[0])].slice(0, field.most));
  };
  const drop = (event) => {
    event.preventDefault();
    setState({});
    add(event.dataTransfer.files);
  };
  const base = /mask/.test(field.role ?? field.name) && kinds[0] === "image" && findBase(values);
  return html`
    ${value.length > 0 && html`<ul class="pg-files">${value.map((file, place) => html`
      <li><${Preview} file=${file} /><button type="button" class="plain" onClick=${() => change(value.filter((_, each) => each !== place))}>
        <${Icon} name="close" label=${`${t("remove")}: ${file.name}`} /></button></li>
    `)}</ul>`}
    ${value.length < field.most && html`
      <div class="pg-drop ${state.isOver ? "pg-over" : ""}" onDrop=${drop} onDragLeave=${() => setState({})}
        onDragOver=${(event) => { event.preventDefault(); if (!state.isOver) setState({ isOver: true }); }}>
        ${!isLink && html`
          <label class="button" for=${id}><${Icon} name="upload" />${t(state.isBusy ? "uploading" : "choose-file")}</label>
          <input class="pg-hidden" id=${id} type="file" multiple=${field.most > 1} accept=${acceptOf(kinds)} aria-label=${`${labelOf(field.name)}: ${t("choose-file")}`}
            aria-describedby=${describedBy} disabled=${state.isBusy} onChange=${(event) => { add(event.target.files); event.target.value = ""; }} />
        `}
        ${base && html`<button type="button" onClick=${() => setDrawing(true)}><${Icon} name="brush" />${t("draw-mask")}</button>`}
        <input class="pg-address" aria-label=${`${labelOf(field.name)}: ${t("address")}`} placeholder=${t(isLink ? "address" : "drop-or-address")}
          onChange=${addAddress} onKeyDown=${(event) => { if (event.key === "Enter") { event.preventDefault(); addAddress(event); } }} />
      </div>
    `}
    <p class="quiet pg-hint">${hintOf(form, field)}</p>
    ${state.fault && html`<p class="failed" role="alert">${state.fault}</p>`}
    ${isDrawing && html`<${MaskDialog} base=${base} close=${() => setDrawing(false)} done=${(file) => add([file])} />`}
  `;
}

export function Preview({ file }) {
  if (!file.show) return html`<span class="pg-name mono">${file.name}</span>`;
  if (file.kind === "image") return html`<img src=${file.show} alt=${file.name} />`;
  if (file.kind === "video") return html`<video src=${file.show} muted controls preload="metadata" aria-label=${file.name}></video>`;
  if (file.kind === "audio") return html`<audio src=${file.show} controls preload="metadata" aria-label=${file.name}></audio>`;
  return html`<span class="pg-name mono">${file.name}</span>`;
}

/** Make a file of the form from one of the disk: uploaded, or inside the order where uploads are not taken. */
export async function takeFile(form, field, file) {
  const kind = kindOf(file) in field.kinds ? kindOf(file) : Object.keys(field.kinds)[0];
  const limits = form.limits[field.kinds[kind].limits] ?? {};
  if (file.size > (limits.max_bytes ?? Infinity)) throw new Error(t("too-large", { most: formatNumber(limits.max_bytes / MEBIBYTE) }));
  const takes = (way) => !limits.references || limits.references.includes(way);
  if (!takes("oss") && !takes("base64")) throw new Error(t("address-only"));
  const url = takes("oss") ? await upload(form.name, file) : await readAsData(file);
  return { url, kind, name: file.name || kind, show: URL.createObjectURL(file) };
}

async function upload(model, file) {
  const { data } = await get(`/api/v1/uploads?action=getPolicy&model=${encodeURIComponent(model)}`);
  const key = `${data.upload_dir}/${makeName()}-${file.name || "pasted.png"}`;
  const fields = {
    OSSAccessKeyId: data.oss_access_key_id, Signature: data.signature, policy: data.policy, key,
    "x-oss-object-acl": data.x_oss_object_acl, "x-oss-forbid-overwrite": data.x_oss_forbid_overwrite, success_action_status: "200", file,
  };
  const body = new FormData();
  Object.entries(fields).forEach(([name, value]) => body.append(name, value));
  await send("POST", ownPath(data.upload_host), body);
  return `oss://${key}`;
}

const readAsData = (file) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });

/** Give the picture that a mask is drawn over: the first that is given and can be shown. */
const findBase = (values) =>
  Object.entries(values).filter(([path]) => !/mask/.test(path)).flatMap(([, value]) => (Array.isArray(value) ? value : []))
    .find(({ kind, show }) => kind === "image" && show);

const acceptOf = (kinds) => (kinds.includes("document") ? null : kinds.map((kind) => `${kind}/*`).join());

function hintOf(form, field) {
  return Object.values(field.kinds).map(({ limits }) => {
    const { formats, max_bytes: most, min_side: low, max_side: high, min_seconds: least, max_seconds: longest } = form.limits[limits] ?? {};
    const parts = [
      formats?.filter((name) => name !== "jpeg" || !formats.includes("jpg")).join(" ").toUpperCase(),
      most && `≤ ${formatNumber(most / MEBIBYTE)} MiB`,
      high && `${low ?? 0}–${high} px`,
      longest && `${least ?? 0}–${longest} s`,
    ];
    return parts.filter(Boolean).join(" · ");
  }).filter(Boolean).join("; ");
}
