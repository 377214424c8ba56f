// The playground: choose a model, fill in its form, and see what comes of it.
import { useGet, useLoaded } from "../loading.js";
import { CopyAs } from "../parts/copyas.js";
import { Empty, Failed, Loading } from "../parts/notices.js";
import { forgetDraft, keepDraftsFor, openForm } from "../playground/drafts.js";
import { Form, offer } from "../playground/form.js";
import { ModelPicker } from "../playground/picker.js";
import { Run } from "../playground/run.js";
import { useRuns } from "../playground/runs.js";
import { go } from "../router.js";
import { html, useState } from "../view.js";
import { t } from "../words.js";

const KEPT = "kaiga-model";
const FIRST_MODEL = "wan2.5-t2i-preview";

export default function Playground({ place: { query }, who }) {
  keepDraftsFor(who.account);
  const runs = useRuns(who.account);
  const [copied, setCopied] = useState(null);
  const [round, setRound] = useState(0);
  const asked = query.get("from");
  const named = query.get("model");
  const forms = useGet("/kaiga/v1/forms");
  const opened = useLoaded(() => openForm(named ?? localStorage.getItem(KEPT) ?? FIRST_MODEL, asked), `${named} ${asked}`, { keeps: true });
  const choose = (model) => go("playground", "", { model }, { replace: true });
  const reset = () => {
    forgetDraft(opened.value.form);
    setRound(round + 1);
  };
  const retry = () => {
    forms.reload();
    opened.reload();
    choose(FIRST_MODEL);
  };
  const error = forms.error ?? opened.error;
  if (error) return html`<h1>${t("page-playground")}</h1><${Failed} error=${error} retry=${retry} />`;
  if (!forms.value || !opened.value) return html`<h1>${t("page-playground")}</h1><${Loading} />`;
  const models = forms.value.models.filter(({ retired }) => !retired);
  const { form, from } = opened.value; // of before, while another is on its way
  localStorage.setItem(KEPT, form.name);
  return html`
    <div class="pg">
      <section class="pg-side" aria-label=${t("order")}>
        <h1>${t("page-playground")}</h1>
        <${ModelPicker} models=${models} chosen=${form.name} choose=${choose} />
        <p class="quiet" lang="en">${form.description}</p>
        <${Form} key=${`${form.name} ${from} ${round}`} form=${form} copyAs=${setCopied} reset=${reset} />
      </section>
      <section class="pg-runs" aria-label=${t("made-here")}>
        ${runs.map((run) => html`<${Run} key=${run.key} run=${run} copyAs=${setCopied} useAsInput=${offer} />`)}
        ${!runs.length && html`<${Empty} title=${t("nothing-made")}>${t("nothing-made-hint")}<//>`}
      </section>
      ${copied && html`<${CopyAs} request=${copied} close=${() => setCopied(null)} />`}
    </div>
  `;
}
