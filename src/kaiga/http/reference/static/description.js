/** What `/openapi.json` says, as lists that a page can show. */
const METHODS = ["get", "post", "put", "patch", "delete"];

export async function readDescription() {
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error(`/openapi.json answered ${answer.status}`);
  return answer.json();
}

/** Every operation, with the parameters that its path has for all of them. */
export function listOperations(described) {
  return Object.entries(described.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      path,
      method: method.toUpperCase(),
      ...item[method],
      parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])],
    })),
  );
}

/** Follow a reference into the components; anything else is given back as it is. */
export function resolve(described, schema) {
  const name = schema?.$ref?.replace("#/components/schemas/", "");
  return name ? described.components.schemas[name] : schema;
}

/** The bodies of an operation by the name of their example: what is sent, and its schema. */
export function listBodies(described, operation) {
  const content = operation.requestBody?.content?.["application/json"];
  if (!content) return [];
  const orders = content.schema.anyOf ?? [];
  return Object.entries(content.examples ?? {}).map(([name, example]) => ({
    name,
    value: example.value,
    schema: orders.find((order) => order.title === name) ?? resolve(described, content.schema),
  }));
}

/** One row for each member that a schema tells of, members of members with a dot. */
export function listMembers(described, schema, prefix = "") {
  return Object.entries(schema.properties ?? {}).flatMap(([name, given]) => {
    const member = resolve(described, given);
    const row = {
      name: prefix + name,
      required: (schema.required ?? []).includes(name),
      kind: tellKind(member),
      allowed: tellAllowed(member),
      usual: member.default === undefined ? "" : JSON.stringify(member.default),
    };
    const inner = member.properties ? listMembers(described, member, `${prefix}${name}.`) : [];
    return [row, ...inner];
  });
}

function tellKind(schema) {
  if (schema.type) return schema.type;
  if (schema.anyOf) return schema.anyOf.map(tellKind).filter(Boolean).join(" or ");
  return schema.enum ? typeof schema.enum[0] : "";
}

function tellAllowed(schema) {
  if (schema.anyOf) return schema.anyOf.map(tellAllowed).filter(Boolean).join("; ");
  if (schema.enum) return schema.enum.join(", ");
  if (schema.examples) return `such as ${schema.examples.slice(0, 4).join(", ")}`;
  if (schema.minimum !== undefined || schema.maximum !== undefined) {
    return `${schema.minimum ?? "…"} to ${schema.maximum ?? "…"}`;
  }
  return schema.description ?? schema.pattern ?? "";
}
