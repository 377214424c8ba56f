// The choice of a model: by words, by task, with the keyboard.
import { Choice } from "../parts/choice.js";
import { Dialog } from "../parts/dialog.js";
import { html, useMemo, useState } from "../view.js";
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
    ${isOpen && html`<${Choices} models=${models} chosen=${chosen} close=${() => setOpen(false)} choose=${choose} />`}
  `;
}

function Choices({ models, chosen, close, choose }) {
  const [words, setWords] = useState("");
  const [task, setTask] = useState("");
  const tasks = useMemo(() => [...new Set(models.map((model) => model.task))], [models]);
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = models.filter((model) => {
    const text = `${model.name} ${model.title} ${model.description} ${model.task} ${taskLabelOf(model.task)}`.toLowerCase();
    return (!task || model.task === task) && wanted.every((word) => text.includes(word));
  });
  const walk = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const buttons = [...event.currentTarget.querySelectorAll("li button")];
    if (step) {
      event.preventDefault();
      (buttons[buttons.indexOf(document.activeElement) + step] ?? event.currentTarget.querySelector("input")).focus();
    } else if (event.key === "Enter" && event.target.type === "search") {
      event.preventDefault();
      buttons[0]?.click();
    }
  };
  return html`
    <${Dialog} name="pg-picker" label=${t("choose-model")} close=${close} onKeyDown=${walk}>${(hide) => html`
      <div class="pg-search">
        <input type="search" autofocus aria-label=${t("search-models")} placeholder=${t("search-models")} value=${words} onInput=${(event) => setWords(event.target.value)} />
        <${Choice} label=${t("task")} isUnseen value=${task} all=${t("all-tasks")} choose=${setTask}
          choices=${tasks.map((each) => [each, taskLabelOf(each)])} />
        <button type="button" onClick=${hide}>${t("close")}</button>
      </div>
      <ul aria-label=${t("page-models")}>
        ${found.map((model) => html`
          <li><button type="button" class="plain" aria-current=${model.name === chosen ? "true" : null} onClick=${() => (choose(model.name), hide())}>
            <span><strong>${model.title}</strong> <code class="quiet">${model.name}</code></span>
            <small class="quiet">${model.description}</small>
          </button></li>
        `)}
        ${!found.length && html`<li class="notice">${t("no-model")}</li>`}
      </ul>
    `}<//>
  `;
}
