// The playground: choose a model, fill in its form, and see what comes of it.
import { get } from "../api.js";
import { CopyAs } from "../parts/copyas.js";
import { Empty, Failed, Loading } from "../parts/notices.js";
import { forgetDraft, keepDraftsFor, openForm } from "../playground/drafts.js";
import { Form, offer } from "../playground/form.js";
import { ModelPicker } from "../playground/picker.js";
import { Run } from "../playground/run.js";
import { useRuns } from "../playground/runs.js";
import { go } from "../router.js";
import { html, useEffect, useState } from "../view.js";
import { t } from "../words.js";

const KEPT = "kaiga-model";
const FIRST_MODEL = "wan2.5-t2i-preview";

export default function Playground({ place: { query }, who }) {
  keepDraftsFor(who.account);
  const runs = useRuns(who.account);
  const [models, setModels] = useState(null);
  const [form, setForm] = useState(null);
  const [error, setError] = useState(null);
  const [copied, setCopied] = useState(null);
  const [round, setRound] = useState(0);
  const from = query.get("from");
  const wanted = query.get("model") ?? localStorage.getItem(KEPT) ?? FIRST_MODEL;
  const load = () => {
    setError(null);
    get("/kaiga/v1/forms").then((told) => setModels(told.models.filter(({ retired }) => !retired)), setError);
  };
  useEffect(load, []);
  useEffect(() => {
    let isWanted = true;
    const take = (opened) => {
      localStorage.setItem(KEPT, opened.name);
      setForm(opened);
    };
    openForm(wanted, from).then((opened) => isWanted && take(opened), (failure) => isWanted && setError(failure));
    return () => {
      isWanted = false;
    };
  }, [wanted, from]);
  const choose = (model) => go("playground", "", { model }, { replace: true });
  const reset = () => {
    forgetDraft(form);
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
