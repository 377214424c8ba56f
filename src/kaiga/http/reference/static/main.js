import { listOperations, readDescription } from "./description.js";
import { make } from "./elements.js";
import { showOperation } from "./operation.js";

const main = document.getElementById("operation");
const list = document.getElementById("list");
const filter = document.getElementById("filter");
const key = document.getElementById("key");

document.getElementById("who").addEventListener("submit", (event) => event.preventDefault());

start().catch((error) => main.replaceChildren(make("p", { className: "bad" }, error.message)));

async function start() {
  const described = await readDescription();
  const operations = listOperations(described);
  document.getElementById("version").textContent = described.info.version;
  const show = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    const chosen = operations.find((each) => each.operationId === name);
    main.replaceChildren(...(chosen ? showOperation(described, chosen, () => key.value.trim()) : greet(described)));
    for (const link of list.querySelectorAll("a")) {
      if (link.hash === location.hash) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };
  const draw = () => list.replaceChildren(...listGroups(described, operations, filter.value.toLowerCase()));
  filter.addEventListener("input", draw);
  addEventListener("hashchange", () => {
    show();
    main.focus();
  });
  draw();
  show();
}

function listGroups(described, operations, wanted) {
  return described.tags.flatMap(({ name }) => {
    const found = operations.filter(
      (each) => each.tags[0] === name && `${each.method} ${each.path} ${each.summary}`.toLowerCase().includes(wanted),
    );
    if (!found.length) return [];
    return [make("h2", {}, name), make("ul", {}, ...found.map(makeEntry))];
  });
}

function makeEntry({ operationId, method, path, summary }) {
  const link = make("a", { href: `#${operationId}`, title: summary }, make("code", { className: method }, method), " ", path);
  return make("li", {}, link);
}

function greet(described) {
  const lines = described.info.description.trim().split("\n\n");
  return [
    make("h2", {}, "The API"),
    ...lines.map((line) => make("p", {}, line.replaceAll("`", ""))),
    make("p", {}, "Choose an operation, fill in a key above, and send it to this very server."),
  ];
}
