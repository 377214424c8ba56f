// A clock that can stand still and be moved forward; it never goes back but to the real time.
import { call } from "../api.js";
import { Failed, Loading, say } from "../parts/notices.js";
import { useGet } from "../loading.js";
import { html, useState } from "../view.js";
import { formatNumber, formatTime, t } from "../words.js";
import { attempt, LIVE_SECONDS, pathOf } from "./control.js";

const STEPS = [[10, "second"], [1, "minute"], [1, "hour"], [25, "hour"]];
const SECONDS = { second: 1, minute: 60, hour: 3600 };

export function Clock({ account, moved }) {
  const path = pathOf(account, "clock");
  const { value: data, error, reload } = useGet(path, { every: LIVE_SECONDS });
  const [isBusy, setBusy] = useState(false);
  const [until, setUntil] = useState(null); // as it is written; it follows the clock before
  const change = async (method, wanted) => {
    setBusy(true);
    await attempt(() => call(method, path, wanted), () => Promise.all([reload(), moved()]));
    setBusy(false);
  };
  if (!data) return error ? html`<${Failed} error=${error} retry=${reload} />` : html`<section class="sheet"><${Loading} /></section>`;
  const write = (event) => setUntil(event.target.value);
  const set = (event) => {
    event.preventDefault();
    const by = (new Date(until ?? toLocal(data.now)) - new Date(data.now)) / 1000;
    if (by < 0) return say(t("emulator-backwards"));
    setUntil(null);
    return change("PATCH", { advance_seconds: by });
  };
  return html`
    <section class="sheet clock">
      <h2>${t("emulator-clock")} <span class="tag">${t(data.frozen ? "emulator-frozen" : "emulator-runs")}</span></h2>
      <p class="clock-now"><time datetime=${data.now}>${formatTime(data.now)}</time></p>
      <div class="row" role="group" aria-label=${t("emulator-forward")}>
        ${STEPS.map(([count, unit]) => html`<button disabled=${isBusy} onClick=${() => change("PATCH", { advance_seconds: count * SECONDS[unit] })}>+ ${formatNumber(count, { style: "unit", unit, unitDisplay: "short" })}</button>`)}
      </div>
      <form class="row clock-set" onSubmit=${set}>
        <label>${t("emulator-until")}<input type="datetime-local" step="1" required value=${until ?? toLocal(data.now)} onFocus=${write} onInput=${write} /></label>
        <button disabled=${isBusy}>${t("emulator-move")}</button>
      </form>
      <div class="row">
        <button disabled=${isBusy} onClick=${() => change("PATCH", { frozen: !data.frozen })}>${t(data.frozen ? "emulator-run" : "emulator-freeze")}</button>
        <button class="plain" disabled=${isBusy} onClick=${() => change("DELETE")}>${t("emulator-real")}</button>
      </div>
    </section>
  `;
}

/** Write a time as inputs have it: by this machine's zone, without naming it. */
function toLocal(text) {
  const time = new Date(text);
  return new Date(time - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
