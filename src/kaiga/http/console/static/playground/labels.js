// What members are called: common ones in the reader's language, others by their own name.
import { t } from "../words.js";

export const idOf = (path) => `f-${path.replaceAll(".", "-")}`;

export function labelOf(name) {
  const key = `field-${name}`;
  const label = t(key);
  return label === key ? name.replaceAll("_", " ") : label;
}

export const hasOwnLabel = (name) => labelOf(name) !== name.replaceAll("_", " ");

/** Name a task of the catalogue: `text-to-image` in words. */
export function taskLabelOf(task) {
  const key = `task-${task}`;
  const label = t(key);
  return label === key ? task.replaceAll("-", " ") : label;
}
