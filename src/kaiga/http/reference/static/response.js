import { make } from "./elements.js";

const FILE = /\.(png|jpe?g|webp|svg|mp4|wav)$/;
const CLIP = /\.mp4$/;

/** What came back: status, headers, the text, and every picture and clip that it has links to. */
export function showResponse(told, text) {
  const mood = told.status < 400 ? "good" : "bad";
  const shown = told.kind.includes("json") ? indent(text) : text;
  return [
    make("p", { className: mood }, `${told.status}, after ${told.milliseconds} ms`),
    make("details", {}, make("summary", {}, "Headers"), make("pre", {}, told.headers.join("\n"))),
    make("pre", { tabIndex: 0 }, shown || "(no body)"),
    ...listLinks(text).map(showFile),
  ];
}

function indent(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function listLinks(text) {
  const found = text.match(/https?:\/\/[^"\s\\]+/g) ?? [];
  return [...new Set(found)].filter((link) => URL.canParse(link) && FILE.test(new URL(link).pathname));
}

function showFile(link) {
  const { origin, pathname } = new URL(link);
  const anchor = make("a", { href: link, target: "_blank", rel: "noreferrer" }, pathname);
  if (origin !== location.origin) return make("p", {}, anchor);
  const seen = CLIP.test(pathname)
    ? make("video", { src: link, controls: true, loop: true })
    : make("img", { src: link, alt: "The result", loading: "lazy" });
  return make("figure", {}, seen, make("figcaption", {}, anchor));
}
