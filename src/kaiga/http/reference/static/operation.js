import { listBodies, listMembers } from "./description.js";
import { field, make } from "./elements.js";
import { makeRequest, send, writeCurl } from "./request.js";
import { showResponse } from "./response.js";

const ASYNC = "X-DashScope-Async";
const FILES = "multipart/form-data";

/** One operation: what it takes, a form to try it, and what it answers. */
export function showOperation(described, operation, readKey) {
  const bodies = listBodies(described, operation);
  const form = make("form", { className: "try" });
  const inputs = operation.parameters.map((parameter) => [parameter, makeInput(parameter)]);
  const body = bodies.length ? make("textarea", { rows: 10, spellcheck: false }) : null;
  const members = make("div");
  const curl = make("pre", { tabIndex: 0 });
  const output = make("section", { "aria-live": "polite" });
  const button = make("button", { type: "submit" }, "Send");
  const stop = make("button", { type: "button", hidden: true }, "Stop");

  const read = () => {
    const values = new Map(inputs.map(([each, input]) => [`${each.in}:${each.name}`, input.value]));
    return makeRequest(operation, values, body?.value, readKey());
  };
  const refresh = () => (curl.textContent = writeCurl(read()));
  const mode = inputs.find(([each]) => each.name === ASYNC)?.[1];
  const choose = (chosen) => {
    if (mode) mode.value = chosen.name.endsWith(", async") ? "enable" : "";
    body.value = JSON.stringify(chosen.value, null, 2);
    members.replaceChildren(showMembers(listMembers(described, chosen.schema)));
    refresh();
  };

  form.append(...inputs.map(([each, input]) => field(titleOf(each), input, each.description)));
  if (body) form.append(chooser(bodies, choose), field("Body", body), members);
  if (operation.requestBody?.content?.[FILES]) form.append(make("p", {}, "Takes a form with a file: send it with curl or an SDK."));
  else form.append(make("p", {}, button, " ", stop));
  form.addEventListener("input", refresh);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(read(), output, button, stop);
  });
  if (body) choose(bodies[0]);
  refresh();

  return [
    make("h2", {}, make("code", { className: operation.method }, operation.method), " ", make("code", {}, operation.path)),
    make("p", {}, operation.summary),
    operation.description ? make("p", {}, operation.description) : null,
    form,
    output,
    make("h3", {}, "As a command"),
    curl,
    make("h3", {}, "Answers"),
    showAnswers(operation),
  ].filter((each) => each !== null);
}

function titleOf(parameter) {
  return `${parameter.name}${parameter.required ? " *" : ""} (${parameter.in})`;
}

/** A required parameter begins with the one value that it can have, if there is just one. */
function makeInput({ schema, required }) {
  if (!schema.enum) return make("input", { type: "text", value: "", placeholder: schema.examples?.[0] ?? "" });
  const options = required ? schema.enum : ["", ...schema.enum];
  return make("select", {}, ...options.map((value) => make("option", { value }, value)));
}

function chooser(bodies, choose) {
  const select = make("select", {}, ...bodies.map(({ name }) => make("option", { value: name }, name)));
  select.addEventListener("change", () => choose(bodies[select.selectedIndex]));
  return field("Example", select);
}

function showMembers(rows) {
  const names = ["Member", "Type", "Allowed", "Default"];
  const head = make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name)));
  const lines = rows.map((row) =>
    make(
      "tr",
      {},
      make("td", {}, make("code", {}, row.name), row.required ? " *" : ""),
      ...[row.kind, row.allowed, row.usual].map((text) => make("td", {}, text)),
    ),
  );
  const table = make("table", {}, make("thead", {}, head), make("tbody", {}, ...lines));
  return make("details", {}, make("summary", {}, "What the body may have"), table);
}

function showAnswers(operation) {
  const rows = Object.entries(operation.responses).map(([status, response]) =>
    make("li", {}, make("code", {}, status), ` ${response.description}`),
  );
  const example = operation.responses["200"]?.content?.["application/json"]?.example;
  const shown = example && make("pre", { tabIndex: 0 }, JSON.stringify(example, null, 2));
  const details = shown ? make("details", {}, make("summary", {}, "An answer"), shown) : null;
  return make("div", {}, make("ul", {}, ...rows), details);
}

async function run(request, output, button, stop) {
  const ending = new AbortController();
  stop.onclick = () => ending.abort();
  button.disabled = true;
  stop.hidden = false;
  try {
    await send(request, (told, text) => output.replaceChildren(...showResponse(told, text)), ending.signal);
  } catch (error) {
    if (error.name !== "AbortError") output.replaceChildren(make("p", { className: "bad" }, `No answer: ${error.message}`));
  } finally {
    button.disabled = false;
    stop.hidden = true;
  }
}
