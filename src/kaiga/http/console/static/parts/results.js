// The files that an answer names, whatever the shape of its model is.
import { ownPath } from "../api.js";

const OWN_PATH = /^\/1d\/[0-9a-f]{2}\/\d{8}\//;
const PRESIGNED = /[?&]X-Amz-Signature=/;
const STORED = /\/([0-9a-f-]{36})\/\d+\/(\d+)$/;
const KINDS = { video: /\.(mp4|mov|webm|avi)$/i, audio: /\.(mp3|wav|aac)$/i, document: /\.(pdf|docx?|txt|md|svg)$/i };

/** Give the files of an answer's output, as { url, show, kind, name, download }; `show` is empty where it can't be shown from here. */
export function listFiles(output, isFile = false, kind = "") {
  if (typeof output === "string") return isFile && /^https?:/.test(output) ? [makeResult(output, kind)] : [];
  return Object.entries(output ?? {}).flatMap(([name, value]) =>
    Array.isArray(output) ? listFiles(value, isFile, kind) : listFiles(value, /url|image|video|svg/.test(name), /video/.test(name) ? "video" : ""),
  );
}

/** Make a file of an address, as above; `download` is where it is saved from, and in another origin browsers save nothing. */
export function makeFile(url, kind = "") {
  const isData = url.startsWith("data:");
  const path = /^https?:/.test(url) ? new URL(url).pathname : url;
  const guessed = Object.keys(KINDS).find((each) => KINDS[each].test(path)) ?? "image";
  const stored = PRESIGNED.test(url) ? STORED.exec(path) : null;
  const number = stored && `${stored[1]}-${Number(stored[2]) + 1}`;
  const show = OWN_PATH.test(path) ? ownPath(url) : isData || number ? url : "";
  const download = number ? `/kaiga/v1/results.zip?files=${number}` : show || url;
  return { url, kind: kind || guessed, name: number ?? path.slice(0, 200).split("/").pop(), show, download };
}

/** Give a file of an answer: of what it is, links that the object store has signed do not tell themselves. */
export const makeResult = (url, kind = "") => makeFile(url, PRESIGNED.test(url) ? kind : "");
