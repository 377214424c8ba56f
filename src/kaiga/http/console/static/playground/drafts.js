// What was filled in, by model: it is there again when one comes back, and a prompt goes along.
import { get } from "../api.js";
import { makeFile } from "../parts/results.js";
import { isGiven, listFields, readOrder } from "./order.js";
import { findRequest } from "./runs.js";

const PROMPTS = ["input.prompt", "input.messages.text"];

const drafts = new Map();
let owner;
let lastPrompt = "";

/** Forget what another account has written in this window. */
export function keepDraftsFor(account) {
  if (owner === account) return;
  drafts.clear();
  [owner, lastPrompt] = [account, ""];
}

export const forgetDraft = ({ name }) => drafts.delete(name);

export function keepDraft({ name }, values) {
  drafts.set(name, values);
  lastPrompt = PROMPTS.map((path) => values[path]).find(isGiven) ?? lastPrompt;
}

/** Give a form's values to begin with: its draft, else the last prompt, and choices where one must be made. */
export function beginDraft({ name }, fields) {
  const chosen = fields.filter(({ type, required, default: usual }) => type === "choice" && required && usual === undefined);
  const path = lastPrompt && PROMPTS.find((each) => fields.some((field) => field.path === each));
  return { ...(path && { [path]: lastPrompt }), ...Object.fromEntries(chosen.map((field) => [field.path, field.values[0]])), ...drafts.get(name) };
}

/** Read a model's form, as { form, from }; `from` names a task whose order fills it in. */
export async function openForm(name, from) {
  const order = from && (findRequest(from) ?? (await get(`/kaiga/v1/tasks/${encodeURIComponent(from)}/request?media=inside`)));
  const form = await get(`/kaiga/v1/forms?model=${encodeURIComponent(order?.model ?? name)}`);
  if (order) drafts.set(form.name, readOrder(listFields(form), order, makeFile));
  return { form, from };
}
