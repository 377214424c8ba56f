// The files that an answer names, whatever the shape of its model is.
import { ownPath } from "../api.js";

const OWN_PATH = /^\/1d\/[0-9a-f]{2}\/\d{8}\//;
const PRESIGNED = /[?&]X-Amz-Signature=/;
const KINDS = { video: /\.(mp4|mov|webm|avi)$/i, audio: /\.(mp3|wav|aac)$/i, document: /\.(pdf|docx?|txt|md|svg)$/i };

/** Give the files of an answer's output, as { url, show, kind, name }; `show` is empty where it can't be shown from here. */
export function listFiles(output, isFile = false, kind = "") {
  if (typeof output === "string") return isFile && /^https?:/.test(output) ? [makeResult(output, kind)] : [];
  return Object.entries(output ?? {}).flatMap(([name, value]) =>
    Array.isArray(output) ? listFiles(value, isFile, kind) : listFiles(value, /url|image|video|svg/.test(name), /video/.test(name) ? "video" : ""),
  );
}

export function makeFile(url, kind = "") {
  const isOpen = /^(https?|data):/.test(url);
  const path = isOpen && !url.startsWith("data:") ? new URL(url).pathname : url;
  const guessed = Object.keys(KINDS).find((each) => KINDS[each].test(path)) ?? "image";
  const isOwn = OWN_PATH.test(path);
  return { url, kind: kind || guessed, name: path.slice(0, 200).split("/").pop(), show: isOwn ? ownPath(url) : url.startsWith("data:") ? url : "" };
}

/** Give a file of an answer; links that the object store has signed have no extension, and are shown from there. */
export function makeResult(url, kind = "") {
  return PRESIGNED.test(url) ? { ...makeFile(url, kind), show: url } : makeFile(url);
}
