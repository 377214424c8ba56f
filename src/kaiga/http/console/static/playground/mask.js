// A mask drawn by hand over a picture: white where something is to change, black elsewhere.
import { Dialog } from "../parts/dialog.js";
import { Icon } from "../parts/icons.js";
import { html, useEffect, useRef, useState } from "../view.js";
import { t } from "../words.js";

const LARGEST_BRUSH = 0.25;

export function MaskDialog({ base, close, done }) {
  const canvas = useRef();
  const [strokes, setStrokes] = useState([]);
  const [brush, setBrush] = useState(0.06);
  const [isErasing, setErasing] = useState(false);
  useEffect(() => paint(canvas.current, strokes), [strokes]);
  const fit = ({ target: { naturalWidth, naturalHeight } }) => {
    Object.assign(canvas.current, { width: naturalWidth, height: naturalHeight });
    paint(canvas.current, strokes);
  };
  const point = ({ offsetX, offsetY }) => [offsetX / canvas.current.clientWidth, offsetY / canvas.current.clientHeight];
  const begin = (event) => {
    event.target.setPointerCapture(event.pointerId);
    setStrokes([...strokes, { brush, isErasing, points: [point(event)] }]);
  };
  const move = (event) => {
    if (!event.buttons || !strokes.length) return;
    setStrokes((all) => all.with(-1, { ...all.at(-1), points: [...all.at(-1).points, point(event)] }));
  };
  const finish = () => flatten(canvas.current).toBlob((blob) => {
    done(new File([blob], "mask.png", { type: "image/png" }));
    close();
  });
  return html`
    <${Dialog} name="pg-mask" label=${t("draw-mask")} close=${close}>${(hide) => html`
      <div class="pg-easel">
        <img src=${base.show} alt="" onLoad=${fit} />
        <canvas ref=${canvas} aria-label=${t("mask-hint")} role="img" onPointerDown=${begin} onPointerMove=${move}></canvas>
      </div>
      <p class="quiet">${t("mask-hint")}</p>
      <div class="row">
        <label class="pg-brush">${t("brush")} <input type="range" min="0.01" max=${LARGEST_BRUSH} step="0.01" value=${brush} onInput=${(event) => setBrush(Number(event.target.value))} /></label>
        <button type="button" aria-pressed=${isErasing} onClick=${() => setErasing(!isErasing)}><${Icon} name="eraser" />${t("erase")}</button>
        <button type="button" disabled=${!strokes.length} onClick=${() => setStrokes(strokes.slice(0, -1))}><${Icon} name="undo" />${t("undo")}</button>
        <button type="button" class="plain" onClick=${hide}>${t("close")}</button>
        <button type="button" class="main" disabled=${!strokes.length} onClick=${finish}>${t("use-mask")}</button>
      </div>
    `}<//>
  `;
}

function paint(canvas, strokes) {
  const { width, height } = canvas;
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, width, height);
  Object.assign(pen, { strokeStyle: "#fff", lineCap: "round", lineJoin: "round" });
  for (const { brush, isErasing, points } of strokes) {
    pen.globalCompositeOperation = isErasing ? "destination-out" : "source-over";
    pen.lineWidth = brush * Math.min(width, height);
    pen.beginPath();
    pen.moveTo(points[0][0] * width, points[0][1] * height);
    for (const [x, y] of points) pen.lineTo(x * width, y * height);
    pen.stroke();
  }
}

/** Lay the strokes on black, without half tones at their edges. */
function flatten(canvas) {
  const flat = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  const pen = flat.getContext("2d");
  pen.drawImage(canvas, 0, 0);
  const image = pen.getImageData(0, 0, flat.width, flat.height);
  for (let at = 0; at < image.data.length; at += 4) {
    image.data.fill(image.data[at + 3] > 127 ? 255 : 0, at, at + 3);
    image.data[at + 3] = 255;
  }
  pen.putImageData(image, 0, 0);
  return flat;
}
