// Where the time of a task went: a bar of its phases, and its attempts.
import { html } from "../view.js";
import { formatTime, t } from "../words.js";
import { formatDuration } from "./durations.js";

const ORDER = ["queue", "inputs", "load", "generate", "encode", "store", "canceling", "lost", "rest"];

export function Timings({ task }) {
  const spent = addUp(task);
  const shown = ORDER.filter((phase) => spent[phase] >= 1);
  if (!shown.length) return null;
  const all = shown.reduce((sum, phase) => sum + spent[phase], 0);
  return html`
    <section class="timings">
      <h2>${t("timings")} <span class="quiet">${formatDuration(all)}</span></h2>
      <div class="bar" aria-hidden="true">
        ${shown.map((phase) => html`<span key=${phase} class=${`phase-${phase}`} style=${{ flexGrow: spent[phase] / all }}></span>`)}
      </div>
      <ul>
        ${shown.map((phase) => html`<li key=${phase}><i class=${`phase-${phase}`}></i>${t(`time-${phase}`)} <span class="quiet">${formatDuration(spent[phase])}</span></li>`)}
      </ul>
    </section>
  `;
}

/** Give milliseconds by phase; what an attempt tells no phases of is lost, what is left of one is the rest. */
function addUp(task) {
  const spent = {};
  const add = (phase, time) => (spent[phase] = (spent[phase] ?? 0) + Math.max(0, time));
  let waitsSince = new Date(task.submitted_at);
  for (const attempt of task.attempts) {
    const [claimed, ended] = [new Date(attempt.claimed_at), new Date(attempt.ended_at ?? task.ended_at)];
    add("queue", claimed - waitsSince);
    const phases = Object.entries(attempt.phases);
    for (const [phase, time] of phases) add(ORDER.includes(phase) ? phase : "rest", time);
    const told = phases.reduce((sum, [, time]) => sum + time, 0);
    add(attempt.cause ? "lost" : "rest", ended - claimed - told);
    waitsSince = ended;
  }
  if (!task.attempts.length) add("queue", new Date(task.ended_at) - waitsSince);
  return spent;
}

export const Attempts = ({ attempts }) => html`
  <section class="scroll attempts" tabindex="0" aria-label=${t("attempts")}>
    <h2>${t("attempts")}</h2>
    <table>
      <thead><tr>${["attempt-number", "field-engine", "field-scheduled_at", "took", "attempt-cause"].map((name) => html`<th scope="col">${t(name)}</th>`)}</tr></thead>
      <tbody>
        ${attempts.map((one) => html`
          <tr key=${one.number}>
            <td>${one.number}</td>
            <td>${one.engine}</td>
            <td><time datetime=${one.claimed_at}>${formatTime(one.claimed_at)}</time></td>
            <td>${one.ended_at && formatDuration(new Date(one.ended_at) - new Date(one.claimed_at))}</td>
            <td>${one.cause ? t(`cause-${one.cause}`) : one.ended_at ? t("cause-ended") : t("status-RUNNING")}</td>
          </tr>
        `)}
      </tbody>
    </table>
  </section>
`;
