// One result in the grid: its place is known before its picture, so that nothing moves.
import { formatSpan } from "../parts/durations.js";
import { Icon } from "../parts/icons.js";
import { html, useState } from "../view.js";
import { t } from "../words.js";

const SOON = 3600000;

export function Tile({ item, now, isChosen, choose, open }) {
  const [isPlaying, setPlaying] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const left = new Date(item.expires_at) - now;
  const isClip = item.kind === "video";
  const play = isClip ? (is) => () => setPlaying(is) : () => undefined;
  const name = `${item.prompt || item.model}, ${t("gallery-left", { time: formatSpan(left, "minute") })}`;
  return html`
    <li class=${`tile${isChosen ? " chosen" : ""}`} style=${{ "--ratio": item.ratio }}
      onPointerEnter=${play(true)} onPointerLeave=${play(false)}>
      <button type="button" class="tile-open" aria-label=${name} onClick=${open} onFocus=${play(true)} onBlur=${play(false)}>
        ${isBroken
          ? html`<${Icon} name=${isClip ? "play" : "grid"} />`
          : html`<img src=${item.thumbnail} alt="" loading="lazy" decoding="async" onError=${() => setBroken(true)} />`}
        ${isPlaying && html`<video src=${item.file} muted loop autoplay playsinline preload="auto" tabindex="-1" aria-hidden="true" />`}
        ${isClip && html`<span class="tile-mark"><${Icon} name="play" label=${t("gallery-clip")} /></span>`}
        <span class=${`tile-left${left < SOON ? " soon" : ""}`} aria-hidden="true">${formatSpan(left, "minute")}</span>
      </button>
      <label class="tile-pick">
        <input type="checkbox" checked=${isChosen} onChange=${choose} aria-label=${t("gallery-select", { name: item.prompt || item.model })} />
      </label>
    </li>
  `;
}
