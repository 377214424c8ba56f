// Models: what there is to call, what each takes, who answers it here, and how long that takes.
import { useGet } from "../loading.js";
import { Details } from "../models/details.js";
import { formatSpeed } from "../models/facts.js";
import { Choice } from "../parts/choice.js";
import { Absent, Empty } from "../parts/notices.js";
import { taskLabelOf } from "../playground/labels.js";
import { addressOf } from "../router.js";
import { html, useMemo, useState } from "../view.js";
import { formatNumber, t } from "../words.js";

const FEWEST_TOGETHER = 3;
const PRODUCTS = ["image", "video", "judgement", "template"];

export default function Models({ place }) {
  const told = useGet("/kaiga/v1/models");
  if (!told.value) return html`<h1>${t("page-models")}</h1><${Absent} loaded=${told} />`;
  const { models, missing } = told.value;
  if (!place.item) return html`<${List} models=${models} missing=${missing} />`;
  const model = models.find(({ name, aliases }) => [name, ...aliases].includes(place.item));
  if (model) return html`<${Details} key=${model.name} model=${model} />`;
  return html`<h1>${place.item}</h1><${Empty} title=${t("no-model")}><a href=${addressOf("models")}>${t("all-models")}</a><//>`;
}

function List({ models, missing }) {
  const [words, setWords] = useState("");
  const [product, setProduct] = useState("");
  const found = useMemo(() => search(models, words, product), [models, words, product]);
  const products = PRODUCTS.filter((each) => found.some((model) => model.product === each));
  return html`
    <header class="models-head">
      <h1>${t("page-models")}</h1>
      <input type="search" aria-label=${t("search-models")} placeholder=${t("search-models")} value=${words} onInput=${(event) => setWords(event.target.value)} />
      <${Choice} label=${t("gallery-kind")} isUnseen value=${product} all=${t("models-all-kinds")} choose=${setProduct}
        choices=${PRODUCTS.map((each) => [each, t(`models-product-${each}`)])} />
      <span class="quiet" role="status">${t("models-count", { count: formatNumber(found.length) })}</span>
    </header>
    ${products.map((each) => html`<${Product} key=${each} name=${each} models=${found.filter((model) => model.product === each)} />`)}
    ${!found.length && html`<${Empty} title=${t("no-model")} />`}
    ${missing?.length > 0 && html`<${Missing} facts=${missing} />`}
  `;
}

function search(models, words, product) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return models.filter((model) => {
    const text = [model.name, ...model.aliases, model.title, model.description, model.family, model.task, taskLabelOf(model.task)].join(" ").toLowerCase();
    return (!product || model.product === product) && wanted.every((word) => text.includes(word));
  });
}

/** The models of one product: by task where that has several, and the rest together. */
function Product({ name, models }) {
  const byTask = [...new Set(models.map(({ task }) => task))].map((task) => [task, models.filter((model) => model.task === task)]);
  const [large, small] = [true, false].map((is) => byTask.filter(([, each]) => each.length >= FEWEST_TOGETHER === is));
  const others = small.flatMap(([, each]) => each);
  return html`
    <section class="models-product" aria-label=${t(`models-product-${name}`)}>
      <h2>${t(`models-product-${name}`)}</h2>
      ${large.sort(([, one], [, other]) => other.length - one.length).map(([task, each]) => html`
        <h3>${taskLabelOf(task)}</h3>
        <${Cards} models=${each} />`)}
      ${others.length > 0 && large.length > 0 && html`<h3>${t("models-others")}</h3>`}
      ${others.length > 0 && html`<${Cards} models=${others} isMixed />`}
    </section>
  `;
}

const Cards = ({ models, isMixed }) =>
  html`<ul class="models">${models.map((model) => html`<${Card} key=${model.name} model=${model} isMixed=${isMixed} />`)}</ul>`;

const Card = ({ model, isMixed }) => html`
  <li class="sheet">
    ${isMixed && html`<small>${taskLabelOf(model.task)}</small>`}
    <h4><a href=${addressOf("models", model.name)}>${model.title}</a></h4>
    <code>${model.name}</code>
    <p lang="en">${model.description}</p>
    <footer>
      <span class="quiet">${model.engine}${model.seconds !== null && ` · ${formatSpeed(model.seconds)}`}</span>
      ${model.own && html`<span class="mark own">${t("models-own")}</span>`}
      ${model.retired && html`<span class="mark">${t("models-retired")}</span>`}
      <a class="button" href=${addressOf("playground", "", { model: model.name })} aria-label=${`${t("models-try")}: ${model.title}`}>${t("models-try")}</a>
    </footer>
  </li>
`;

const Missing = ({ facts }) => html`
  <section class="models-missing">
    <h2>${t("models-missing")}</h2>
    <ul lang="en">${facts.map(({ subject, point, here }) => html`<li><strong>${subject}</strong>: ${point}. <span class="quiet">${here}</span></li>`)}</ul>
  </section>
`;
