/** The request as it is going to be sent, from what stands in the form. */
export function makeRequest(operation, values, body, key) {
  const query = new URLSearchParams();
  const headers = {};
  let path = operation.path;
  for (const { name, in: place } of operation.parameters) {
    const value = values.get(`${place}:${name}`)?.trim();
    if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(value || ""));
    else if (value && place === "query") query.set(name, value);
    else if (value) headers[name] = value;
  }
  if (key && !isOpen(operation)) headers.Authorization = `Bearer ${key}`;
  if (body) headers["Content-Type"] = "application/json";
  const address = path + (query.size ? `?${query}` : "");
  return { method: operation.method, address, headers, body: body || undefined };
}

function isOpen(operation) {
  return operation.security?.length === 0;
}

/** The same request for a shell; the key stays out of it. */
export function writeCurl({ method, address, headers, body }) {
  const shown = { ...headers };
  if (shown.Authorization) shown.Authorization = "Bearer $DASHSCOPE_API_KEY";
  const lines = [`curl -X ${method} "${location.origin}${address}"`];
  for (const [name, value] of Object.entries(shown)) lines.push(`-H "${name}: ${value}"`);
  if (body) lines.push(`-d '${body.replaceAll("'", "'\\''")}'`);
  return lines.join(" \\\n    ");
}

/** Send it, and give what came: streams are read part by part, each told to `onPart`. */
export async function send({ method, address, headers, body }, onPart, signal) {
  const began = performance.now();
  const answer = await fetch(address, { method, headers, body, signal });
  const told = {
    status: answer.status,
    milliseconds: Math.round(performance.now() - began),
    headers: [...answer.headers].map(([name, value]) => `${name}: ${value}`),
    kind: answer.headers.get("content-type") ?? "",
  };
  onPart(told, "");
  if (!answer.body) return;
  let text = "";
  for await (const part of readParts(answer.body)) onPart(told, (text += part));
}

async function* readParts(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    yield value;
  }
}
