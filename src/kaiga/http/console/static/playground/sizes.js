// Sizes and ratios as shapes to click, with a free field where any size is allowed.
import { html, useMemo } from "../view.js";
import { t } from "../words.js";

const RATIOS = [[1, 1], [4, 3], [3, 4], [16, 9], [9, 16]];
const GRID = 16;
const USUAL_PIXELS = 1280 * 1280;
const LARGEST_SHAPE = 26;

const isSize = (value) => /^\d+\*\d+$/.test(value);
const sidesOf = (value) => (/^\d+[*:]\d+$/.test(value) ? value.split(/[*:]/).map(Number) : null);

export function SizeField({ field, value, change, rules }) {
  const offered = useMemo(() => listSizes(field, rules), [field, rules.tiers, rules.mostPixels]);
  const chosen = value ?? field.default;
  const isFree = field.type !== "listed_size";
  const [width, height] = (isSize(chosen) && sidesOf(chosen)) || ["", ""];
  const bounds = field.min_side ? { min: field.min_side, max: field.max_side } : { min: 64, max: 8192 };
  const side = (label, number, make) => html`
    <input type="number" aria-label=${t(label)} placeholder=${t(label)} ...${bounds} value=${number}
      onChange=${(event) => event.target.value && change(make(event.target.value))} />
  `;
  return html`
    <${Shapes} path=${field.path} values=${offered} chosen=${chosen} change=${change} />
    ${isFree && html`
      <div class="pg-sides">
        ${side("width", width, (wanted) => `${wanted}*${height || wanted}`)}
        <span aria-hidden="true">×</span>
        ${side("height", height, (wanted) => `${width || wanted}*${wanted}`)}
      </div>
    `}
  `;
}

export const Shapes = ({ path, values, chosen, change }) => html`
  <div class="pg-shapes">
    ${values.map((value) => html`
      <label class="pg-shape">
        <input type="radio" name=${path} value=${value} checked=${value === chosen} onChange=${() => change(value)} />
        ${sidesOf(value) && html`<span class="pg-outline" style=${shapeOf(value)}></span>`}
        <span>${value.replace("*", "×")}</span>
      </label>
    `)}
  </div>
`;

export const areRatios = (values) => values.some((value) => /^\d+:\d+$/.test(value));

function shapeOf(value) {
  const [width, height] = sidesOf(value);
  const scale = LARGEST_SHAPE / Math.max(width, height);
  return { width: `${Math.max(4, width * scale)}px`, height: `${Math.max(4, height * scale)}px` };
}

function listSizes(field, { tiers, mostPixels }) {
  if (field.values) return field.values;
  const fits = (value) => !isSize(value) || sidesOf(value).reduce((one, other) => one * other) <= mostPixels;
  const named = (field.tiers ?? []).filter((tier) => !tiers || tiers.includes(tier));
  const sizes = field.recommended ? Object.values(field.recommended) : RATIOS.map((ratio) => makeSize(field, ratio, mostPixels));
  return [...named, ...new Set(sizes.filter(fits))];
}

/** Make a size of a ratio that is as large as the model's usual one and keeps to its bounds. */
function makeSize({ default: usual, min_side: least = GRID, max_side: most = Infinity, min_pixels: fewest = 0, max_pixels: cap = Infinity }, [w, h], mostPixels) {
  const pixels = isSize(usual) ? sidesOf(usual).reduce((one, other) => one * other) : Math.min(cap, mostPixels, Math.max(fewest, USUAL_PIXELS));
  const round = (side) => Math.min(most, Math.max(least, Math.floor(side / GRID) * GRID));
  return `${round(Math.sqrt((pixels * w) / h))}*${round(Math.sqrt((pixels * h) / w))}`;
}
