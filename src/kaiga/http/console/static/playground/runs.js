// The tasks made here, newest first: they go on while other pages are shown, and outlive a reload.
import { get, post } from "../api.js";
import { isFinal } from "../parts/status.js";
import { makeName } from "../random.js";
import { useEffect, useState } from "../view.js";
import { t } from "../words.js";

const KEPT = "kaiga-runs";
const MOST = 30;
const LARGEST_KEPT = 100_000;
const POLL_MILLISECONDS = 2000;

let owner;
let runs = [];
let stream;
const listeners = new Set();

export const hasEnded = (run) => isFinal(run.status);
const listOpen = () => runs.filter((run) => run.id && !hasEnded(run));

/** Give an account's runs, and again whenever one of them changes. */
export function useRuns(account) {
  if (owner !== account) [owner, runs] = [account, read(account)];
  const [, setTick] = useState(0);
  useEffect(() => {
    const listener = () => setTick((tick) => tick + 1);
    listeners.add(listener);
    follow();
    return () => listeners.delete(listener);
  }, [account]);
  return runs;
}

/** Send a create of { title, count, ratio, request } and follow its task; `onEnd` is called with the run, refused ones included. */
export async function start({ onEnd, ...wanted }) {
  const run = { ...wanted, key: makeName(), onEnd, status: "PENDING", began: Date.now() };
  runs = [run, ...runs].slice(0, MOST);
  tell();
  try {
    const told = await post(run.request.path, run.request.body, run.request.headers);
    if (told.output.task_status === "PENDING") {
      run.id = told.output.task_id;
      look(run); // the stream may have told of its end before we knew its id
    } else end(run, told);
  } catch (error) {
    Object.assign(run, { status: "FAILED", error: { code: error.code, message: error.message || t("unreachable") } });
    onEnd(run);
  }
  tell();
  follow();
}

export const findRequest = (id) => runs.find((run) => run.id === id)?.request.body;
export const cancel = (run) => post(`/kaiga/v1/tasks/${run.id}/cancel`);

export function forget(run) {
  runs = runs.filter((each) => each !== run);
  tell();
}

/** Read about all of them in one stream, as browsers keep few connections; polls stand in for it. */
function follow() {
  if (!listOpen().length) {
    stream?.close();
    stream = null;
  }
  if (stream || !listOpen().length) return;
  stream = new EventSource("/kaiga/v1/events");
  const on = (kind, take) =>
    stream.addEventListener(kind, ({ data }) => {
      const told = JSON.parse(data);
      const run = listOpen().find(({ id }) => id === told.task_id);
      if (run) take(run, told);
      tell();
    });
  for (const kind of ["phase", "step", "queue"]) on(kind, note);
  on("preview", (run, { preview }) => Object.assign(run, { preview }));
  on("end", end);
  stream.onopen = () => listOpen().forEach(look);
  stream.onerror = () => {
    if (stream.readyState !== EventSource.CLOSED) return;
    stream = null;
    setTimeout(() => Promise.all(listOpen().map(look)).then(follow), POLL_MILLISECONDS);
  };
}

function note(run, { task_status: status = run.status, phase = run.phase, step, steps, queue_position: place, eta_seconds: eta }) {
  Object.assign(run, { status, phase, place, eta }, steps && { step, steps });
}

async function look(run) {
  const told = await get(`/api/v1/tasks/${run.id}`).catch(() => null);
  if (!told || hasEnded(run)) return;
  if (isFinal(told.output.task_status)) end(run, told);
  else run.status = told.output.task_status;
  tell();
}

function end(run, { output }) {
  Object.assign(run, { output, status: output.task_status ?? "SUCCEEDED", preview: undefined });
  if (run.status === "FAILED") run.error = { code: output.code, message: output.message };
  run.onEnd?.(run);
  follow();
}

function tell() {
  const kept = runs.filter(({ id }) => id).map(({ key, id, title, count, ratio, request, began }) => ({ key, id, title, count, ratio, request, began, status: "PENDING" }));
  const small = kept.filter((run) => JSON.stringify(run).length < LARGEST_KEPT);
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ account: owner, runs: small }));
  } catch {
    // no room, or no leave: they are forgotten with the page
  }
  listeners.forEach((listener) => listener());
}

function read(account) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  return kept.account === account ? kept.runs : [];
}
