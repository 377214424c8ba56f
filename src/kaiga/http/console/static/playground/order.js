// From a model's form to the fields shown, and from their values to the order that is sent.
// Values go by path (`parameters.n`); files are lists of { url, show, name, kind }.

const INSIDE_ORDER = "kaiga-object:";

const listOf = (value) => (Array.isArray(value) ? value : []);
const isAddress = (url) => typeof url === "string" && !url.startsWith(INSIDE_ORDER);
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
export const isGiven = (value) => value !== undefined && value !== "" && !(Array.isArray(value) && !value.length);

/** Give the fields in order, each with its path; members of objects and types of media on their own. */
export function listFields(form) {
  const fields = ["input", "parameters"].flatMap((group) =>
    Object.entries(form[group] ?? {}).flatMap(([name, field]) => spread(`${group}.${name}`, name, field)),
  );
  // One way to give a file is enough; and nothing is streamed here.
  const typed = new Set(fields.filter(({ place }) => place === "typed").map(({ role }) => role));
  return fields.filter(({ place, role, name }) => !(place === "one" && typed.has(role)) && name !== "stream");
}

function spread(path, name, field) {
  const one = { ...field, path, name };
  const file = (more) => ({ ...one, type: "files", ...more });
  switch (field.type) {
    case "object":
      return Object.entries(field.members ?? {}).flatMap(([member, each]) => spread(`${path}.${member}`, member, each));
    case "media":
      return [file({ place: "one", most: 1, kinds: { [field.kind]: field } })];
    case "media_list":
      return [file({ place: "list", most: field.max_items ?? field.cut_at ?? Infinity })];
    case "typed_media":
      return Object.entries(field.types).flatMap(([type, each]) => {
        const shared = { most: each.max_items ?? Infinity, role: each.role };
        const own = { path: `${path}.${type}`, name: type, place: "typed", required: each.min_items > 0, kinds: { [each.kind]: each } };
        const voice = { path: `${path}.${type}.voice`, name: "reference_voice", place: "voice", kinds: { audio: { limits: each.voice_limits } } };
        return [own, ...(each.voice_limits ? [voice] : [])].map((one) => file({ ...shared, ...one }));
      });
    case "messages":
      return [
        { ...one, type: "text", path: `${path}.text`, name: "prompt", place: "message", required: true },
        ...(field.max_images === 0
          ? []
          : [file({ path: `${path}.image`, name: "image", place: "message", required: field.min_images > 0,
              most: field.max_images ?? Infinity, kinds: { image: field } })]),
      ];
    default:
      return [one];
  }
}

/** Tell what the rules between members make of the fields: who counts, who must, and other bounds. */
export function applyRules(form, fields, values) {
  const found = { ignored: new Set(), required: new Set(), bounds: {}, values: {}, tiers: null, mostPixels: Infinity };
  const usual = Object.fromEntries(fields.map((field) => [field.path, field.default ?? (field.type === "boolean" ? false : undefined)]));
  const has = (path) => Object.keys(values).some((own) => (own === path || own.startsWith(`${path}.`)) && isGiven(values[own]));
  const holds = ({ equals = {}, has: all = [], has_any: any = [], lacks = [] }) =>
    Object.entries(equals).every(([path, allowed]) => allowed.includes(values[path] ?? usual[path])) &&
    all.every(has) && (!any.length || any.some(has)) && !lacks.some(has);
  for (const rule of form.rules) {
    if (!holds(rule.when)) continue;
    for (const path of rule.ignores ?? []) found.ignored.add(path);
    for (const path of rule.requires ?? []) found.required.add(path);
    Object.assign(found.bounds, rule.bounds);
    Object.assign(found.values, rule.values);
    found.tiers = rule.tiers ?? found.tiers;
    found.mostPixels = Math.min(found.mostPixels, rule.max_pixels ?? Infinity);
  }
  return found;
}

/** Make the body of the create; what nobody has set is left to the model. */
export function makeOrder(form, fields, values, ignored) {
  const order = { model: form.name };
  for (const field of fields) {
    const value = values[field.path];
    if (isGiven(value) && !ignored.has(field.path)) put(order, field, value);
  }
  for (const message of order.input?.messages ?? []) message.content.sort((one, other) => ("text" in one) - ("text" in other));
  return order;
}

function put(order, field, value) {
  const [group, member, ...rest] = field.path.split(".");
  const members = (order[group] ??= {});
  const urls = field.type === "files" && value.map(({ url }) => url);
  if (field.place === "message") {
    members[member] ??= [{ role: "user", content: [] }];
    members[member][0].content.push(...(urls ? urls.map((image) => ({ image })) : [{ text: value }]));
  } else if (field.place === "typed") {
    (members[member] ??= []).push(...urls.map((url) => ({ type: rest[0], url })));
  } else if (field.place === "voice") {
    const owners = (members[member] ?? []).filter(({ type }) => type === rest[0]);
    owners.forEach((owner, at) => urls[at] && Object.assign(owner, { reference_voice: urls[at] }));
  } else {
    const last = rest.pop();
    const owner = last ? rest.reduce((inner, name) => (inner[name] ??= {}), (members[member] ??= {})) : members;
    owner[last ?? member] = field.place === "one" ? urls[0] : urls || value;
  }
}

/** Read the values back from an order, as `makeOrder` writes it. */
export function readOrder(fields, order, makeFile) {
  const values = {};
  for (const field of fields) {
    const value = readField(field, order);
    const [kind, other] = Object.keys(field.kinds ?? {});
    // Media that came inside an order are only named there, and can't be sent again from here.
    const given = kind ? listOf(value).filter(isAddress).map((url) => makeFile(url, other ? "" : kind)) : value;
    if (isGiven(given)) values[field.path] = given;
  }
  return values;
}

function readField({ path, place, type }, order) {
  const [group, member, ...rest] = path.split(".");
  const given = order[group]?.[member];
  if (place === "message") {
    const content = given?.[0]?.content;
    const items = typeof content === "string" ? [{ text: content }] : listOf(content);
    return type === "files" ? items.map(({ image }) => image).filter(Boolean) : items.find(({ text }) => text)?.text;
  }
  if (place === "typed" || place === "voice") {
    const items = listOf(given).filter((item) => item.type === rest[0]);
    return items.map((item) => (place === "voice" ? item.reference_voice : item.url)).filter(Boolean);
  }
  const value = rest.reduce((inner, name) => (isObject(inner) ? inner[name] : undefined), given);
  return place === "one" ? [value].filter(Boolean) : value;
}

const SIZE_WORDS = ["pixels", "width", "height"];

/** Give the path of the field that a fault names: by its path, else by its name as a word. */
export function findNamed(fields, message) {
  const named = message.match(/(?:input|parameters)\.[\w.[\]]+/)?.[0].replace(/\[\d+\]|\.(url|content)\b/g, "");
  const byPath = named && fields.find(({ path }) => path === named || path.startsWith(`${named}.`) || named.startsWith(`${path}.`));
  const words = new Set(message.toLowerCase().match(/\w+/g));
  const byWord = fields.find(({ name }) => name.length > 1 && words.has(name));
  return (byPath || byWord || (SIZE_WORDS.some((word) => words.has(word)) ? fields.find(({ name }) => name === "size") : undefined))?.path;
}
