// The gallery: everything made and still kept, to look at, compare, download and keep.
import { Compare } from "../gallery/compare.js";
import { useNow } from "../gallery/left.js";
import { downloadOf, MOST_FILES, useResults } from "../gallery/results.js";
import { Tile } from "../gallery/tile.js";
import { Keep, Viewer } from "../gallery/viewer.js";
import { Choice } from "../parts/choice.js";
import { Icon } from "../parts/icons.js";
import { Empty, Failed, Loading, say, tellError } from "../parts/notices.js";
import { addressOf, go } from "../router.js";
import { html, useEffect, useRef, useState } from "../view.js";
import { formatNumber, t } from "../words.js";

export default function Gallery({ place }) {
  const filter = { model: place.query.get("model") ?? "", kind: place.query.get("kind") ?? "" };
  const results = useResults(filter);
  const now = useNow();
  const [chosen, setChosen] = useState(new Set());
  const [open, setOpen] = useState(null);
  const [isComparing, setComparing] = useState(false);
  const items = results.items.filter(({ expires_at }) => new Date(expires_at) > now);
  const selection = items.filter(({ key }) => chosen.has(key));
  const at = items.findIndex(({ key }) => key === open);
  const toggle = (key) => setChosen((last) => new Set(last.has(key) ? [...last].filter((each) => each !== key) : [...last, key]));
  const keep = (ids) => results.keep(ids).catch((error) => say(tellError(error)));
  const narrow = (change) => {
    setChosen(new Set());
    go("gallery", "", Object.fromEntries(Object.entries({ ...filter, ...change }).filter(([, value]) => value)), { replace: true });
  };
  return html`
    <${Head} filter=${filter} models=${results.models} narrow=${narrow} />
    <${Grid} items=${items} now=${now} chosen=${chosen} toggle=${toggle} open=${setOpen} />
    <${Rest} results=${results} isEmpty=${!items.length} isFiltered=${Boolean(filter.model || filter.kind)} />
    ${selection.length > 0 && html`
      <${Selection} items=${selection} keepDays=${results.keepDays} keep=${keep} compare=${() => setComparing(true)} clear=${() => setChosen(new Set())} />`}
    ${at >= 0 && html`
      <${Viewer} items=${items} at=${at} now=${now} keepDays=${results.keepDays} keep=${keep}
        show=${(index) => setOpen(items[index].key)} close=${() => setOpen(null)} />`}
    ${isComparing && selection.length === 2 && html`<${Compare} items=${selection} close=${() => setComparing(false)} />`}
  `;
}

const Head = ({ filter, models, narrow }) => html`
  <header class="gallery-head">
    <h1>${t("page-gallery")}</h1>
    <${Choice} label=${t("gallery-kind")} isUnseen value=${filter.kind} all=${t("gallery-kind-all")} choose=${(kind) => narrow({ kind })}
      choices=${["image", "video"].map((kind) => [kind, t(`gallery-kind-${kind}`)])} />
    <${Choice} label=${t("model")} isUnseen value=${filter.model} all=${t("all-models")} choose=${(model) => narrow({ model })}
      choices=${(filter.model && !models.includes(filter.model) ? [filter.model, ...models] : models).map((name) => [name, name])} />
  </header>
`;

const Grid = ({ items, now, chosen, toggle, open }) =>
  items.length > 0 && html`
    <ul class=${`tiles${chosen.size ? " picking" : ""}`} aria-label=${t("page-gallery")}>
      ${items.map((item) => html`
        <${Tile} key=${item.key} item=${item} now=${now} isChosen=${chosen.has(item.key)}
          choose=${() => toggle(item.key)} open=${() => open(item.key)} />`)}
    </ul>
  `;

/** What comes after the grid: more of it as one comes near, or why there is none. */
function Rest({ results, isEmpty, isFiltered }) {
  const end = useRef();
  const { hasMore, isLoading, error } = results;
  useEffect(() => {
    if (!hasMore || isLoading || error) return undefined;
    const watch = new IntersectionObserver(([seen]) => seen.isIntersecting && results.loadMore(), { rootMargin: "800px" });
    watch.observe(end.current);
    return () => watch.disconnect();
  });
  if (error) return html`<${Failed} error=${error} retry=${results.retry} />`;
  if (isLoading) return html`<${Loading} />`;
  if (hasMore) return html`<div ref=${end} class="gallery-more"></div>`;
  if (!isEmpty) return null;
  if (isFiltered) return html`<${Empty} title=${t("gallery-no-match")} />`;
  return html`<${Empty} title=${t("gallery-empty")}><a href=${addressOf("playground")}>${t("gallery-empty-hint")}</a><//>`;
}

const Selection = ({ items, keepDays, keep, compare, clear }) => html`
  <div class="gallery-selection" role="region" aria-label=${t("gallery-selection")}>
    <strong aria-live="polite">${t("gallery-selected", { count: formatNumber(items.length) })}</strong>
    <button type="button" disabled=${items.length !== 2} title=${t("gallery-compare-hint")} onClick=${compare}><${Icon} name="columns" />${t("gallery-compare")}</button>
    ${items.length <= MOST_FILES
      ? html`<a class="button" ...${downloadOf(items)}><${Icon} name="download" />${t("download")}</a>`
      : html`<span class="quiet">${t("gallery-too-many", { most: formatNumber(MOST_FILES) })}</span>`}
    <${Keep} items=${items} keepDays=${keepDays} keep=${keep} />
    <button type="button" class="plain" onClick=${clear}><${Icon} name="close" />${t("gallery-clear")}</button>
  </div>
`;
