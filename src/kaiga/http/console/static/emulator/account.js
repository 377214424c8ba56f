// An account taken back to its beginning, or given tasks to begin with.
import { post } from "../api.js";
import { say } from "../parts/notices.js";
import { FormDialog } from "../parts/titleddialog.js";
import { html, useState } from "../view.js";
import { formatNumber, t } from "../words.js";
import { pathOf } from "./control.js";

const EXAMPLE = JSON.stringify({ tasks: [{ model: "wan2.5-t2i-preview", input: { prompt: "a bouquet" }, state: "FAILED", code: "DataInspectionFailed", message: "Output data may contain inappropriate content." }] }, null, 2);

export function Reset({ account, close, done }) {
  const act = async () => {
    const { tasks } = await post(pathOf(account, "reset"));
    say(t("emulator-reset-done", { count: formatNumber(tasks) }));
    done();
  };
  return html`<${FormDialog} title=${t("emulator-reset-ask", { account })} action=${t("emulator-reset")} danger act=${act} close=${close}><p class="wide">${t("emulator-reset-told")}</p><//>`;
}

export function Seed({ account, close, done }) {
  const [text, setText] = useState(EXAMPLE);
  const act = async () => {
    const { tasks, kept } = await post(pathOf(account, "seed"), parse(text));
    say(t("emulator-seeded", { count: formatNumber(tasks.length + kept.length) }));
    done();
  };
  const take = async (event) => setText((await event.target.files[0]?.text()) ?? text);
  return html`
    <${FormDialog} title=${t("emulator-seed")} action=${t("emulator-seed")} act=${act} close=${close}>
      <label class="wide">${t("emulator-seed-file")}<input type="file" accept=".json,application/json" onChange=${take} /></label>
      <label class="wide">JSON<textarea class="mono" rows="10" spellcheck="false" required value=${text} onInput=${(event) => setText(event.target.value)}></textarea></label>
      <p class="wide quiet">${t("emulator-seed-told")}</p>
    <//>
  `;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(t("no-json"));
  }
}
