// One bar per day, as SVG of our own. What it says is also in a table beside it, so it is one image.
import { html, useEffect, useRef, useState } from "../view.js";
import { formatNumber, formatTime } from "../words.js";

const HEIGHT = 190;
const LEFT = 40;
const BOTTOM = 22;
const TOP = 8;
const LABEL_WIDTH = 80;

/** `days` are { day, value }, the days as YYYY-MM-DD and without gaps. */
export function Bars({ label, days }) {
  const [box, width] = useWidth();
  const top = roundUp(Math.max(1, ...days.map(({ value }) => value)));
  const step = (width - LEFT) / days.length;
  const yOf = (value) => TOP + (HEIGHT - BOTTOM - TOP) * (1 - value / top);
  const every = Math.max(1, Math.ceil(LABEL_WIDTH / step));
  return html`
    <div class="bars" ref=${box}>
      ${width > 0 &&
      html`<svg width=${width} height=${HEIGHT} role="img" aria-label=${label}>
        ${[0, top / 2, top].map(
          (value) => html`
            <line x1=${LEFT} x2=${width} y1=${yOf(value)} y2=${yOf(value)} />
            <text x=${LEFT - 8} y=${yOf(value) + 4} text-anchor="end">${formatNumber(value, { notation: "compact" })}</text>
          `,
        )}
        ${days.map((each, position) => html`<${Bar} ...${each} x=${LEFT + position * step} step=${step} y=${yOf(each.value)} floor=${yOf(0)} />`)}
        ${days.map(
          ({ day }, position) =>
            (days.length - 1 - position) % every === 0 &&
            html`<text x=${position === days.length - 1 ? width : LEFT + (position + 0.5) * step} y=${HEIGHT - 5} text-anchor=${position === days.length - 1 ? "end" : "middle"}>${tellDay(day)}</text>`,
        )}
      </svg>`}
    </div>
  `;
}

function Bar({ day, value, x, step, y, floor }) {
  const width = Math.max(1, Math.min(step * 0.72, 48));
  return html`
    <g>
      <title>${tellDay(day)}: ${formatNumber(value)}</title>
      <rect class="reach" x=${x} y="0" width=${step} height=${floor} />
      ${value > 0 && html`<rect x=${x + (step - width) / 2} y=${y} width=${width} height=${floor - y} rx=${Math.min(2, width / 3)} />`}
    </g>
  `;
}

/** Text in an SVG that is stretched would be, too; so it is drawn as wide as it is shown. */
function useWidth() {
  const box = useRef();
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watch = new ResizeObserver(([{ contentRect }]) => setWidth(Math.floor(contentRect.width)));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return [box, width];
}

export const tellDay = (day) => formatTime(`${day}T12:00:00Z`, { month: "short", day: "numeric", timeZone: "UTC" });

/** Give the next of 2, 4, 6, 10, 20 ... so that its half is as round. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 6, 10].find((each) => value <= each * power);
  return Math.max(2, step * power);
}
