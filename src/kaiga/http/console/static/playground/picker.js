// The choice of a model: by words, by task, with the keyboard.
import { html, useEffect, useMemo, useRef, useState } from "../view.js";
import { t } from "../words.js";
import { taskLabelOf } from "./labels.js";

export function ModelPicker({ models, chosen, choose }) {
  const [isOpen, setOpen] = useState(false);
  const current = models.find(({ name }) => name === chosen);
  return html`
    <button type="button" class="pg-model" aria-haspopup="dialog" onClick=${() => setOpen(true)}>
      <span><strong>${current?.title ?? chosen}</strong><code class="quiet">${chosen}</code></span>
      <span class="quiet">${t("change")}</span>
    </button>
    ${isOpen && html`<${Dialog} models=${models} chosen=${chosen} close=${() => setOpen(false)} choose=${choose} />`}
  `;
}

function Dialog({ models, chosen, close, choose }) {
  const dialog = useRef();
  const [words, setWords] = useState("");
  const [task, setTask] = useState("");
  useEffect(() => dialog.current.showModal(), []);
  const tasks = useMemo(() => [...new Set(models.map((model) => model.task))], [models]);
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = models.filter((model) => {
    const text = `${model.name} ${model.title} ${model.description} ${model.task} ${taskLabelOf(model.task)}`.toLowerCase();
    return (!task || model.task === task) && wanted.every((word) => text.includes(word));
  });
  const pick = (name) => {
    choose(name);
    dialog.current.close();
  };
  const walk = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const buttons = [...dialog.current.querySelectorAll("li button")];
    if (step) {
      event.preventDefault();
      const at = buttons.indexOf(document.activeElement) + step;
      (buttons[at] ?? dialog.current.querySelector("input")).focus();
    } else if (event.key === "Enter" && event.target.type === "search" && found.length) {
      event.preventDefault();
      pick(found[0].name);
    }
  };
  return html`
    <dialog ref=${dialog} class="pg-picker" aria-label=${t("choose-model")} onClose=${close} onKeyDown=${walk}
      onClick=${(event) => event.target === dialog.current && dialog.current.close()}>
      <div class="pg-search">
        <input type="search" autofocus aria-label=${t("search-models")} placeholder=${t("search-models")} value=${words} onInput=${(event) => setWords(event.target.value)} />
        <select aria-label=${t("task")} value=${task} onChange=${(event) => setTask(event.target.value)}>
          <option value="">${t("all-tasks")}</option>
          ${tasks.map((each) => html`<option value=${each}>${taskLabelOf(each)}</option>`)}
        </select>
        <button type="button" onClick=${() => dialog.current.close()}>${t("close")}</button>
      </div>
      <ul aria-label=${t("page-models")}>
        ${found.map((model) => html`
          <li><button type="button" class="plain" aria-current=${model.name === chosen ? "true" : null} onClick=${() => pick(model.name)}>
            <span><strong>${model.title}</strong> <code class="quiet">${model.name}</code></span>
            <small class="quiet">${model.description}</small>
          </button></li>
        `)}
        ${!found.length && html`<li class="notice">${t("no-model")}</li>`}
      </ul>
    </dialog>
  `;
}
