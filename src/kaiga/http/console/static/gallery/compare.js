// Two results side by side; both are moved and enlarged together.
import { Dialog } from "../parts/dialog.js";
import { Icon } from "../parts/icons.js";
import { html, useEffect, useRef, useState } from "../view.js";
import { t } from "../words.js";

const MOST = 8;
const STEP = 40;
const WHOLE = { zoom: 1, x: 0, y: 0 };

export function Compare({ items, close }) {
  const panes = useRef();
  const [view, setView] = useState(WHOLE);
  const zoomTo = (zoom) => setView((last) => bound({ ...last, zoom }));
  const zoomBy = (factor) => setView((last) => bound({ ...last, zoom: last.zoom * factor }));
  const move = (x, y) => setView((last) => bound({ ...last, x: last.x + x, y: last.y + y }));
  useEffect(() => {
    const looked = panes.current;
    const wheel = (event) => {
      event.preventDefault();
      zoomBy(event.deltaY < 0 ? 1.15 : 1 / 1.15);
    };
    looked.addEventListener("wheel", wheel, { passive: false });
    return () => looked.removeEventListener("wheel", wheel);
  }, []);
  const press = (event) => {
    if (event.target.matches("input") && event.key.startsWith("Arrow")) return;
    const act = {
      "+": () => zoomBy(1.25), "=": () => zoomBy(1.25), "-": () => zoomBy(0.8), 0: () => setView(WHOLE),
      ArrowLeft: () => move(STEP, 0), ArrowRight: () => move(-STEP, 0), ArrowUp: () => move(0, STEP), ArrowDown: () => move(0, -STEP),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const drag = (event) => event.buttons & 1 && move(event.movementX, event.movementY);
  return html`
    <${Dialog} name="compare" label=${t("gallery-compare")} close=${close} onKeyDown=${press}>${(hide) => html`
      <div class="compare-bar row">
        <label>${t("gallery-zoom")}<input type="range" min="1" max=${MOST} step="0.1" value=${view.zoom} onInput=${(event) => zoomTo(Number(event.target.value))} /></label>
        <button type="button" onClick=${() => setView(WHOLE)} disabled=${view === WHOLE}>${t("gallery-whole")}</button>
        <button type="button" class="plain" aria-label=${t("close")} onClick=${hide}><${Icon} name="close" /></button>
      </div>
      <div ref=${panes} class="compare-panes" onPointerMove=${drag} onDblClick=${() => zoomTo(view.zoom > 1 ? 1 : 2)}>
        ${items.map((item) => html`<${Pane} key=${item.key} item=${item} view=${view} />`)}
      </div>
    `}<//>
  `;
}

function Pane({ item, view }) {
  const style = { transform: `translate(${view.x}px, ${view.y}px) scale(${view.zoom})` };
  return html`
    <figure>
      <div class="compare-window">
        ${item.kind === "video"
          ? html`<video style=${style} src=${item.file} poster=${item.thumbnail} autoplay loop muted playsinline aria-label=${item.prompt} />`
          : html`<img style=${style} src=${item.file} alt=${item.prompt} draggable=${false} />`}
      </div>
      <figcaption><strong>${item.model}</strong>${item.seed !== null && html` <code>${item.seed}</code>`}<br />${item.prompt}</figcaption>
    </figure>
  `;
}

/** Keep the zoom sensible, and some of the picture in sight. */
function bound({ zoom, x, y }) {
  const kept = Math.min(MOST, Math.max(1, zoom));
  const most = 400 * (kept - 1);
  const within = (value) => Math.min(most, Math.max(-most, value));
  return kept === 1 ? WHOLE : { zoom: kept, x: within(x), y: within(y) };
}
