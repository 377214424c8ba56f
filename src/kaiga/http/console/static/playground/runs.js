// The tasks made here, newest first: they go on while other pages are shown, and outlive a reload.
import { get, ownPath, post } from "../api.js";
import { useEffect, useState } from "../view.js";
import { t } from "../words.js";

const KEPT = "kaiga-runs";
const MOST = 30;
const LARGEST_KEPT = 100_000;
const POLL_MILLISECONDS = 2000;
const FINAL = new Set(["SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN"]);

let owner;
let runs = [];
const listeners = new Set();

export const hasEnded = (run) => FINAL.has(run.status);

/** Give an account's runs, and again whenever one of them changes. */
export function useRuns(account) {
  if (owner !== account) [owner, runs] = [account, read(account)];
  const [, setTick] = useState(0);
  useEffect(() => {
    const listener = () => setTick((tick) => tick + 1);
    listeners.add(listener);
    runs.filter((run) => run.id && !run.isFollowed).forEach(follow);
    return () => listeners.delete(listener);
  }, [account]);
  return runs;
}

/** Send a create and follow its task; gives the run, whose error is set where it was refused. */
export async function start({ title, count, request, onEnd }) {
  const run = { key: crypto.randomUUID(), title, count, request, onEnd, status: "PENDING", began: Date.now() };
  runs = [run, ...runs].slice(0, MOST);
  tell();
  try {
    const { output, usage } = await post(request.path, request.body, request.headers);
    if (output.task_id && !output.results && !output.choices) Object.assign(run, { id: output.task_id });
    else Object.assign(run, { output, usage, status: "SUCCEEDED" });
  } catch (error) {
    Object.assign(run, { status: "FAILED", error: { code: error.code, message: error.message || t("unreachable") } });
    onEnd(run);
  }
  tell();
  if (run.id) follow(run);
  return run;
}

export const findRequest = (id) => runs.find((run) => run.id === id)?.request.body;
export const cancel = (run) => post(`/kaiga/v1/tasks/${run.id}/cancel`);

export function forget(run) {
  run.stream?.close();
  runs = runs.filter((each) => each !== run);
  tell();
}

function follow(run) {
  run.isFollowed = true;
  run.stream = new EventSource(`/kaiga/v1/tasks/${run.id}/events`);
  const on = (kind, take) =>
    run.stream.addEventListener(kind, (event) => {
      take(JSON.parse(event.data));
      tell();
    });
  on("phase", (told) => note(run, told));
  on("step", (told) => note(run, told));
  on("queue", (told) => note(run, told));
  on("preview", ({ preview }) => Object.assign(run, { preview }));
  on("end", (told) => end(run, told));
  run.stream.onerror = () => {
    if (run.stream.readyState === EventSource.CLOSED && !hasEnded(run)) poll(run);
  };
}

function note(run, { task_status: status = run.status, phase = run.phase, step, steps, queue_position: place, eta_seconds: eta }) {
  Object.assign(run, { status, phase, place, eta });
  if (steps) Object.assign(run, { step, steps });
}

async function poll(run) {
  const told = await get(`/api/v1/tasks/${run.id}`).catch(() => null);
  if (told && FINAL.has(told.output.task_status)) end(run, told);
  else {
    if (told) run.status = told.output.task_status;
    setTimeout(() => poll(run), POLL_MILLISECONDS);
  }
  tell();
}

function end(run, { output, usage }) {
  run.stream.close();
  Object.assign(run, { output, usage, status: output.task_status, preview: undefined });
  if (run.status === "FAILED") run.error = { code: output.code, message: output.message };
  run.onEnd?.(run);
}

/** Give the files that an answer names, whatever the shape of its model is, as { url, show, kind }. */
export function listFiles(output, isFile = false) {
  if (typeof output === "string") return isFile && /^https?:/.test(output) ? [makeFile(output)] : [];
  return Object.entries(output ?? {}).flatMap(([name, value]) =>
    listFiles(value, Array.isArray(output) ? isFile : /url|image|video|svg/.test(name)),
  );
}

const OWN_PATH = /^\/1d\/[0-9a-f]{2}\/\d{8}\//;
const KINDS = { video: /\.(mp4|mov|webm|avi)$/i, audio: /\.(mp3|wav|aac)$/i, document: /\.(pdf|docx?|txt|md)$/i };

export function makeFile(url, kind = "") {
  const isOpen = /^(https?|data):/.test(url);
  const path = isOpen && !url.startsWith("data:") ? new URL(url).pathname : url;
  const guessed = Object.keys(KINDS).find((each) => KINDS[each].test(path)) ?? "image";
  const isOwn = OWN_PATH.test(path);
  return { url, kind: kind || guessed, name: path.slice(0, 200).split("/").pop(), show: isOwn ? ownPath(url) : url.startsWith("data:") ? url : "" };
}

function tell() {
  const plain = runs.map(({ key, id, title, count, request, status, began, output, error }) => ({ key, id, title, count, request, status, began, output, error }));
  const kept = plain.filter((run) => (run.id || hasEnded(run)) && JSON.stringify(run).length < LARGEST_KEPT);
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ account: owner, runs: kept }));
  } catch {
    // no room, or no leave: they are forgotten with the page
  }
  listeners.forEach((listener) => listener());
}

function read(account) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  return kept.account === account ? kept.runs : [];
}
