// A form for one fault. Its members have the names that the API gives them.
import { Loading } from "../parts/notices.js";
import { FormDialog } from "../parts/titleddialog.js";
import { useGet } from "../loading.js";
import { html, useState } from "../view.js";
import { t } from "../words.js";
import { pathOf } from "./control.js";

const SCOPE = ["model", "operation", "nth", "every", "times", "probability", "seed", "expires_after_seconds"];
const TEXTS = ["kind", "on", "model", "operation", "code", "message", "content_type"];

export function NewFault({ account, add, close }) {
  const { value: data } = useGet(pathOf(account, "faults/kinds"));
  const [chosen, setChosen] = useState("throttled");
  const kind = data?.kinds.find(({ name }) => name === chosen);
  const act = (values) =>
    add(
      Object.fromEntries(
        Object.entries(values)
          .filter(([, value]) => value.trim())
          .map(([name, value]) => [name, TEXTS.includes(name) ? value : Number(value)]),
      ),
    );
  return html`
    <${FormDialog} title=${t("emulator-fault-new")} action=${t("emulator-apply")} act=${act} close=${close}>
      ${kind
        ? html`
            <label class="wide">${t("emulator-kind")}<select name="kind" value=${chosen} aria-describedby="kind-says" onChange=${(event) => setChosen(event.target.value)}>${data.kinds.map(({ name }) => html`<option>${name}</option>`)}</select></label>
            <p class="wide quiet" id="kind-says" lang="en">${kind.says.replaceAll("`", "")}</p>
            <label class="mono" key=${`on-${chosen}`}>on<select name="on">${kind.points.map((point) => html`<option>${point}</option>`)}</select></label>
            ${[...Object.entries(kind.takes), ...SCOPE.map((name) => [name])].map(([name, usual]) => html`<${Member} key=${name} name=${name} usual=${usual} />`)}
            <p class="wide quiet">${t("emulator-fault-hint")}</p>
          `
        : html`<div class="wide"><${Loading} /></div>`}
    <//>
  `;
}

const Member = ({ name, usual }) => html`
  <label class="mono">${name}<input name=${name} placeholder=${usual ?? ""} ...${TEXTS.includes(name) ? {} : { type: "number", step: "any", min: 0 }} /></label>
`;
