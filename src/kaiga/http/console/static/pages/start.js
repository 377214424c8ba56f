// The vendor's tutorial against this very server: every step can be copied, and run right here.
import { get, post } from "../api.js";
import { Copy } from "../parts/copy.js";
import { Icon } from "../parts/icons.js";
import { tellError } from "../parts/notices.js";
import { makeResult } from "../parts/results.js";
import { isFinal, Status } from "../parts/status.js";
import { Tabs } from "../parts/tabs.js";
import { addressOf } from "../router.js";
import { html, useEffect, useRef, useState } from "../view.js";
import { t } from "../words.js";
import { CREATE_PATH, makeBody, WAYS } from "./recipes.js";

const POLL_MS = 1500;
const NAMES = { curl: "cURL", powershell: "PowerShell", postman: "Postman" };

export default function Start({ place }) {
  const way = place.item in WAYS ? place.item : "curl";
  const [created, setCreated] = useState({});
  const [polled, setPolled] = useState({});
  const taskId = created.answer?.output?.task_id ?? "";
  const url = polled.answer?.output?.results?.[0]?.url ?? "";
  const create = () => {
    setPolled({});
    return run(setCreated, () => post(CREATE_PATH, makeBody(), { "X-DashScope-Async": "enable" }));
  };
  const api = `${location.origin}/api/v1`;
  const recipe = WAYS[way]({ api, taskId, url });
  return html`
    <h1>${t("start-title")}</h1>
    <p class="quiet">${t("start-told")}</p>
    <${Tabs} page="start" here=${way} label=${t("start-ways")} tabs=${Object.entries(NAMES)} />
    <ol class="steps">
      <li>
        <h2>${t("start-key")}</h2>
        <p>${t("start-key-told")} <a href=${addressOf("keys")}>${t("page-keys")}</a></p>
        ${way === "postman" ? html`<${Downloads} />` : html`<${Code} text=${recipe.setUp} />`}
      </li>
      <li class=${taskId && "done"}>
        <h2>${t("start-create")}</h2>
        <p>${t("start-create-told")}</p>
        <${Request} recipe=${recipe.create} />
        <${Run} state=${created} act=${create} />
      </li>
      <li class=${url && "done"}>
        <h2>${t("start-poll")}</h2>
        <p>${t("start-poll-told")}</p>
        <${Request} recipe=${recipe.poll} />
        <${Poll} taskId=${taskId} state=${polled} setState=${setPolled} />
      </li>
      <li class=${url && "done"}>
        <h2>${t("start-open")}</h2>
        <p>${t("start-open-told")}</p>
        <${Request} recipe=${recipe.open} />
        ${url && html`<a href=${makeResult(url).show} target="_blank" rel="noopener"><img class="made" src=${makeResult(url).show} alt=${makeBody().input.prompt} width="448" height="448" /></a>`}
      </li>
    </ol>
  `;
}

/** Keep the answer of a call, or its trouble, in a state. */
async function run(setState, act) {
  setState((last) => ({ ...last, isBusy: true }));
  try {
    setState({ answer: await act() });
  } catch (error) {
    setState({ error });
  }
}

function Poll({ taskId, state, setState }) {
  const timer = useRef();
  const wanted = useRef();
  useEffect(() => {
    wanted.current = taskId;
    return () => {
      wanted.current = null;
      clearTimeout(timer.current);
    };
  }, [taskId]);
  const poll = async () => {
    clearTimeout(timer.current);
    let hasEnded = true;
    await run(setState, async () => {
      const answer = await get(`/api/v1/tasks/${taskId}`);
      hasEnded = isFinal(answer.output.task_status);
      return answer;
    });
    if (!hasEnded && wanted.current === taskId) timer.current = setTimeout(poll, POLL_MS);
  };
  return html`<${Run} state=${state} act=${poll} needs=${!taskId} />`;
}

function Run({ state, act, needs }) {
  const { answer, error, isBusy } = state;
  return html`
    <div class="answer">
      <p class="row">
        <button class="main" disabled=${needs || isBusy} onClick=${act}>${t("start-run")}</button>
        ${needs && html`<span class="quiet">${t("start-needs")}</span>`}
        ${answer?.output && html`<${Status} status=${answer.output.task_status} />`}
      </p>
      <div role="status">
        ${error && html`<p class="failed">${tellError(error)}</p>`}
        ${answer && html`<pre tabindex="0" aria-label=${t("start-answer")}>${JSON.stringify(answer, null, 2)}</pre>`}
      </div>
    </div>
  `;
}

const Code = ({ text }) => html`<div class="code"><pre tabindex="0" aria-label=${t("start-code")}>${text}</pre><${Copy} text=${text} /></div>`;

/** A text to copy, or what goes into which field of Postman. */
const Request = ({ recipe }) =>
  typeof recipe === "string"
    ? html`<${Code} text=${recipe} />`
    : html`
        <dl class="parts">
          ${recipe.map(([name, text]) => html`<dt>${t(`start-${name}`)}</dt><dd><${Code} text=${text} /></dd>`)}
        </dl>
      `;

const Downloads = () => html`
  <p>${t("start-import")}</p>
  <p class="row">
    ${["collection", "environment"].map(
      (kind) => html`<a class="button" href=${`/kaiga/v1/postman/${kind}`} download><${Icon} name="download" />${t(`start-${kind}`)}</a>`,
    )}
  </p>
`;
