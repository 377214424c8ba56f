// One result, large, with what it was made from; arrows go on, Escape goes back.
import { formatBytes } from "../parts/bytes.js";
import { Copy } from "../parts/copy.js";
import { Dialog } from "../parts/dialog.js";
import { Icon } from "../parts/icons.js";
import { addressOf } from "../router.js";
import { html, useState } from "../view.js";
import { formatNumber, formatTime, t } from "../words.js";
import { Left } from "./left.js";
import { downloadOf, isKept } from "./results.js";

export function Viewer({ items, at, now, keepDays, keep, show, close }) {
  const item = items[at];
  const step = (by) => items[at + by] && show(at + by);
  const walk = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.target.matches("video")) return;
    event.preventDefault();
    step(by);
  };
  return html`
    <${Dialog} name="viewer" label=${t("gallery-large")} close=${close} onKeyDown=${walk}>${(hide) => html`
      <div class="viewer-stage">
        <${Large} key=${item.key} item=${item} />
        <${Arrow} name="left" label=${t("gallery-previous")} isOff=${!items[at - 1]} go=${() => step(-1)} />
        <${Arrow} name="right" label=${t("gallery-next")} isOff=${!items[at + 1]} go=${() => step(1)} />
      </div>
      <button type="button" class="viewer-close" aria-label=${t("close")} onClick=${hide}><${Icon} name="close" /></button>
      <${About} item=${item} now=${now} keepDays=${keepDays} keep=${keep} />
    `}<//>
  `;
}

/** The file itself over its small picture, which is there at once, and stays where the file cannot be had. */
function Large({ item }) {
  const [state, setState] = useState("coming");
  if (item.kind === "video") {
    return html`<video src=${item.file} poster=${item.thumbnail} controls autoplay loop muted playsinline aria-label=${item.prompt} />`;
  }
  return html`
    ${state !== "here" && html`<img class="viewer-soon" src=${item.thumbnail} alt=${state === "lost" ? item.prompt : ""} />`}
    ${state !== "lost" && html`<img src=${item.file} alt=${item.prompt} onLoad=${() => setState("here")} onError=${() => setState("lost")} />`}
  `;
}

const Arrow = ({ name, label, isOff, go }) => html`
  <button type="button" class=${`viewer-arrow ${name}`} aria-label=${label} disabled=${isOff} onClick=${go}><${Icon} name=${name} /></button>
`;

function About({ item, now, keepDays, keep }) {
  const facts = [
    ["model", html`<a href=${addressOf("models", item.model)}>${item.model}</a>`],
    ["field-seed", item.seed === null ? null : html`<code>${item.seed}</code>`],
    ["field-size", item.width && `${item.width} × ${item.height}`],
    ["gallery-file", [item.media_type.split("/")[1].toUpperCase(), item.size_bytes !== null && formatBytes(item.size_bytes)].filter(Boolean).join(", ")],
    ["gallery-made", formatTime(item.ended_at)],
    ["expires", html`<${Left} until=${item.expires_at} now=${now} />`],
  ].filter(([, value]) => value);
  return html`
    <div class="viewer-about">
      <div class="viewer-prompt"><p>${item.prompt || t("gallery-no-prompt")}</p>
        ${item.prompt && html`<${Copy} text=${item.prompt} label=${t("copy")} />`}</div>
      <dl>${facts.map(([name, value]) => html`<dt>${t(name)}</dt><dd>${value}</dd>`)}</dl>
      <div class="row">
        <a class="button" ...${downloadOf([item])}><${Icon} name="download" />${t("download")}</a>
        <${Keep} items=${[item]} keepDays=${keepDays} keep=${keep} />
        <a class="button" href=${addressOf("tasks", item.task_id)}>${t("open-task")}</a>
        <a class="button" href=${addressOf("playground", "", { model: item.model })}>${t("gallery-try")}</a>
      </div>
    </div>
  `;
}

/** Keeps what can be kept for longer; nothing is shown where that is not offered. */
export function Keep({ items, keepDays, keep }) {
  const [isBusy, setBusy] = useState(false);
  if (!keepDays) return null;
  const wanted = new Set(items.filter((each) => !isKept(each, keepDays)).map((each) => each.task_id));
  const act = async () => {
    setBusy(true);
    await keep([...wanted]);
    setBusy(false);
  };
  return html`
    <button type="button" disabled=${isBusy || !wanted.size} onClick=${act}>
      <${Icon} name=${wanted.size ? "pin" : "check"} />${t(wanted.size ? "gallery-keep" : "gallery-is-kept", { days: formatNumber(keepDays) })}
    </button>
  `;
}
