// One model: its facts, how it is called, what it takes, and how the cloud differs.
import { Icon } from "../parts/icons.js";
import { taskLabelOf } from "../playground/labels.js";
import { addressOf } from "../router.js";
import { html, useEffect } from "../view.js";
import { formatNumber, t } from "../words.js";
import { formatSpeed, listWays, tellDefault, tellField, tellRole } from "./facts.js";

export function Details({ model }) {
  useEffect(() => {
    document.title = `${model.title} · Kaiga`;
  }, [model]);
  return html`
    <p class="back"><a href=${addressOf("models")}><${Icon} name="left" />${t("all-models")}</a></p>
    <header class="models-head">
      <h1>${model.title}</h1>
      ${model.own && html`<span class="mark own">${t("models-own")}</span>`}
      ${model.retired && html`<span class="mark">${t("models-retired")}</span>`}
      <a class="button main" href=${addressOf("playground", "", { model: model.name })}>${t("gallery-try")}</a>
    </header>
    <p lang="en">${model.description}</p>
    <${Facts} model=${model} />
    <h2>${t("models-ways")}</h2>
    ${listWays(model).map((way) => html`<${Way} way=${way} />`)}
    <${Cloud} model=${model} />
  `;
}

function Facts({ model }) {
  const facts = [
    [t("model"), html`<code>${model.name}</code>`],
    [t("models-aliases"), model.aliases.map((each) => html`<code>${each}</code> `)],
    [t("gallery-kind"), `${t(`models-product-${model.product}`)}, ${taskLabelOf(model.task)}`],
    [t("models-family"), model.family],
    [t("field-engine"), model.engine],
    [t("models-speed"), model.seconds === null ? t("models-speed-none") : formatSpeed(model.seconds)],
  ].filter(([, value]) => value.length !== 0);
  return html`<dl class="models-facts sheet">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

const Way = ({ way }) => html`
  <section class="models-way" aria-label=${way.operation}>
    <h3><code>POST /api/v1/services/${way.operation}</code> <span class="quiet">${way.modes.join(", ")}</span></h3>
    <div class="scroll" tabindex="0" role="region" aria-label=${way.operation}>
      <table>
        <thead><tr><th>${t("models-field")}</th><th>${t("models-takes")}</th><th>${t("models-default")}</th></tr></thead>
        <tbody>${way.members.map(({ path, field }) => html`<${Member} path=${path} field=${field} />`)}</tbody>
      </table>
    </div>
  </section>
`;

function Member({ path, field }) {
  const role = tellRole(field);
  const sizes = Object.entries(field.recommended ?? {});
  return html`
    <tr>
      <th scope="row"><code>${path}</code>${field.required && html` <span class="mark">${t("required")}</span>`}</th>
      <td>${tellField(field)}${role && html` <span class="quiet">${role}</span>`}
        ${sizes.length > 0 && html`<br /><small class="quiet">${sizes.map(([ratio, size]) => `${ratio} ${size}`).join(" · ")}</small>`}</td>
      <td>${tellDefault(field) && html`<code>${tellDefault(field)}</code>`}</td>
    </tr>
  `;
}

function Cloud({ model }) {
  const limits = Object.entries(model.limits).filter(([, n]) => n !== null);
  return html`
    <h2>${t("models-cloud")}</h2>
    <ul>
      ${model.engine === "sketch" && html`<li>${t("models-sketch")}</li>`}
      ${model.retired && html`<li>${t("models-retired-long")}</li>`}
      ${model.certainty === "lenient" && html`<li>${t("models-certainty")}</li>`}
      ${model.documented_regions.length > 0 && html`<li>${t("models-regions")}: ${model.documented_regions.join(", ")}</li>`}
      ${limits.length > 0 && html`<li>${t("models-limits")}: ${limits.map(([name, n]) => t(`models-limits-${name}`, { n: formatNumber(n) })).join(", ")}</li>`}
    </ul>
    ${model.doubts.length > 0 && html`<h3>${t("models-uncertain")}</h3><ul lang="en">${model.doubts.map((each) => html`<li>${each}</li>`)}</ul>`}
  `;
}
