// What is told of models and their members, in the reader's words.
import { formatDuration } from "../parts/durations.js";
import { formatNumber, t } from "../words.js";

export const formatSpeed = (seconds) => t("models-speed-told", { time: formatDuration(seconds * 1000) });

const isThere = (value) => value !== null && value !== undefined;

function tellRange(low, high) {
  const values = { low: isThere(low) && formatNumber(low), high: isThere(high) && formatNumber(high) };
  if (isThere(low) && isThere(high)) return t("models-range", values);
  if (isThere(low)) return t("models-from", values);
  return isThere(high) ? t("models-to", values) : "";
}

const listed = (...parts) => parts.filter(Boolean).join(", ");
const tellItems = (low, high) => (low || isThere(high) ? t("models-items", { range: tellRange(low || null, high) }) : "");
const tellKinds = (kinds) => [...new Set(kinds)].map((kind) => t(`models-media-${kind}`)).join(", ");

const TAKES = {
  text: (field) => listed(t("models-text"), field.max_length && t("models-longest", { n: formatNumber(field.max_length) })),
  integer: (field) => (field.values.length ? field.values.join(", ") : listed(t("models-integer"), tellRange(field.minimum, field.maximum))),
  number: (field) => listed(t("models-number"), tellRange(field.minimum, field.maximum)),
  boolean: () => t("models-boolean"),
  choice: (field) => listed(field.values.join(", "), field.open && t("models-or-others")),
  list: (field) => listed(`${t("models-list")}: ${tellField(field.item)}`, tellItems(field.min_items, field.max_items)),
  object: () => t("models-object"),
  box: () => t("models-box"),
  area_size: (field) =>
    listed(field.tiers.join(", "), "W*H", t("models-pixels", { range: tellRange(field.min_pixels, field.max_pixels) }), tellRatios(field)),
  side_size: (field) => listed("W*H", t("models-sides", { range: tellRange(field.min_side, field.max_side) })),
  listed_size: (field) => field.values.join(", "),
  media: (field) => t(`models-media-${field.kind}`),
  media_list: (field) => listed(`${t("models-list")}: ${tellKinds(Object.keys(field.kinds))}`, tellItems(field.min_items, field.max_items)),
  typed_media: (field) => `${t("models-list")}: ${Object.entries(field.types).map(([type, { kind, min_items, max_items }]) =>
    `${type} (${listed(t(`models-media-${kind}`), tellItems(min_items, max_items))})`).join("; ")}`,
  messages: (field) =>
    listed(t("models-text"), field.max_length && t("models-longest", { n: formatNumber(field.max_length) }),
      field.max_images !== 0 && `${t("models-media-image")} (${tellItems(field.min_images, field.max_images)})`),
};

const tellRatios = ({ min_ratio, max_ratio }) =>
  min_ratio && max_ratio && t("models-range", { low: min_ratio.join(":"), high: max_ratio.join(":") });

/** Tell what a member takes: its shape and its bounds. */
export const tellField = (field) => TAKES[field.type](field);

/** Tell what a member is where it is left out; empty where it is nothing. */
export function tellDefault(field) {
  if (field.drawn) return t("models-drawn");
  return isThere(field.default) ? String(field.default) : "";
}

/** What a medium is to the engine, where that is one thing. */
export function tellRole(field) {
  const roles = [field.role, ...Object.values(field.kinds ?? {}).map(({ role }) => role)].filter(Boolean);
  return [...new Set(roles)].join(", ");
}

/** Give the members of an order as rows, those of objects below them. */
export function listMembers(group, fields) {
  return Object.entries(fields).flatMap(([name, field]) => [
    { path: `${group}.${name}`, field },
    ...(field.type === "object" ? listMembers(`${group}.${name}`, field.members) : []),
  ]);
}

/** Give the ways to call a model; two of the same path and members are one, by either mode. */
export function listWays(model) {
  const ways = new Map();
  for (const { operation, mode, input, parameters } of model.endpoints) {
    const members = [...listMembers("input", input ?? model.input), ...listMembers("parameters", parameters ?? model.parameters)];
    const key = operation + JSON.stringify(members);
    const way = ways.get(key) ?? { operation, modes: [], members };
    way.modes.push(t(`models-way-${mode}`));
    ways.set(key, way);
  }
  return [...ways.values()];
}
