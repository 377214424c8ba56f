// One task made here: how it stands, and what came of it.
import { ownPath } from "../api.js";
import { Icon } from "../parts/icons.js";
import { say, tellError } from "../parts/notices.js";
import { listFiles } from "../parts/results.js";
import { Status } from "../parts/status.js";
import { addressOf } from "../router.js";
import { html } from "../view.js";
import { formatNumber, formatTime, t } from "../words.js";
import { Preview } from "./files.js";
import { cancel, forget, hasEnded } from "./runs.js";

const CAN_BE_INPUT = new Set(["image", "video"]);
const MOST_TILES = 12;

export function Run({ run, useAsInput, copyAs }) {
  const { request, status, error } = run;
  const stop = () => cancel(run).catch((failure) => say(tellError(failure)));
  return html`
    <article class="sheet pg-run" aria-label=${run.title}>
      <header class="row">
        <${Status} status=${status} isCanceling=${!hasEnded(run) && run.phase === "canceling"} />
        <strong>${run.title}</strong>
        <time class="quiet" datetime=${new Date(run.began).toISOString()}>${formatTime(run.began, { timeStyle: "short" })}</time>
        <span class="pg-actions">
          <button type="button" onClick=${() => copyAs(request)}><${Icon} name="copy" />${t("copy-as")}</button>
          ${run.id && html`<a class="button" href=${addressOf("tasks", run.id)}>${t("open-task")}</a>`}
          ${run.id && !hasEnded(run) && html`<button type="button" disabled=${run.phase === "canceling"} onClick=${stop}>${t("cancel")}</button>`}
          ${hasEnded(run) && html`<button type="button" class="plain" onClick=${() => forget(run)}><${Icon} name="close" label=${t("remove")} /></button>`}
        </span>
      </header>
      <p class="quiet pg-prompt">${promptOf(request.body)}</p>
      ${!hasEnded(run) && html`<${Standing} run=${run} />`}
      ${error && html`<div class="failed" role="alert"><p><code>${error.code}</code></p><p>${error.message}</p></div>`}
      <${Results} run=${run} useAsInput=${useAsInput} />
    </article>
  `;
}

function Standing({ run: { phase, step, steps, place, eta, status } }) {
  const parts = [
    phase && t(`phase-${phase}`),
    place !== undefined && status === "PENDING" && t("queue-position", { count: formatNumber(place) }),
    steps && t("step", { step: formatNumber(step), steps: formatNumber(steps) }),
    eta !== undefined && t("eta", { n: formatNumber(eta) }),
  ];
  return html`
    <div class="pg-standing" role="status">
      <progress aria-label=${t("progress")} max=${steps || 1} value=${steps ? step : null}></progress>
      <p class="quiet">${parts.filter(Boolean).join(" · ")}</p>
    </div>
  `;
}

function Results({ run, useAsInput }) {
  if (run.error || run.status === "CANCELED") return null;
  const style = { aspectRatio: run.ratio };
  if (!hasEnded(run)) {
    return html`<div class="pg-results">${Array.from({ length: Math.min(run.count, MOST_TILES) }, (_, place) => html`
      <div class="pg-tile pg-waiting" style=${style}>${place === 0 && run.preview && html`<img src=${run.preview} alt=${t("preview")} />`}</div>
    `)}</div>`;
  }
  const files = listFiles(run.output);
  if (!files.length) return html`<pre tabindex="0">${JSON.stringify(run.output, null, 2)}</pre>`;
  return html`
    <div class="pg-results">
      ${files.map((file) => html`
        <figure>
          <div class="pg-tile" style=${style}><${Preview} file=${{ ...file, show: file.show || ownPath(file.url), name: promptOf(run.request.body) || run.title }} /></div>
          <figcaption class="row">
            <a class="button" href=${file.download} download=${file.download === file.show ? file.name : ""}><${Icon} name="download" label=${t("download")} /></a>
            ${CAN_BE_INPUT.has(file.kind) && html`<button type="button" onClick=${() => useAsInput(file)}>${t("use-as-input")}</button>`}
          </figcaption>
        </figure>
      `)}
      ${listRefusals(run.output).map(({ code, message }) => html`<div class="failed"><p><code>${code}</code></p><p>${message}</p></div>`)}
    </div>
  `;
}

/** Give the pictures of a task that could not be made while others could. */
const listRefusals = ({ results }) => (Array.isArray(results) ? results.filter(({ code }) => code) : []);

function promptOf({ input = {} }) {
  const content = input.messages?.[0]?.content;
  return input.prompt ?? (Array.isArray(content) ? content.find(({ text }) => text)?.text : content) ?? "";
}
