// An emulator in hand: its time, what is to go wrong, and what it was asked. Admins choose whose.
import { Reset, Seed } from "../emulator/account.js";
import { pathOf } from "../emulator/control.js";
import { Faults } from "../emulator/faults.js";
import { Requests } from "../emulator/requests.js";
import { Time } from "../emulator/time.js";
import { Tabs } from "../parts/tabs.js";
import { useGet } from "../loading.js";
import { html, useState } from "../view.js";
import { t } from "../words.js";

const CONTENTS = { time: Time, faults: Faults, requests: Requests };
const DIALOGS = { seed: Seed, reset: Reset };

export default function Emulator({ place, who }) {
  const here = place.item in CONTENTS ? place.item : "time";
  const [account, setAccount] = useState(who.account);
  const [dialog, setDialog] = useState("");
  const [turn, setTurn] = useState(0);
  const close = () => setDialog("");
  const done = () => {
    close();
    setTurn(turn + 1);
  };
  return html`
    <header class="emulator-bar row head">
      <h1>${t("page-emulator")}</h1>
      ${who.role === "admin" && html`<${Accounts} own=${who.account} account=${account} choose=${setAccount} />`}
      ${Object.keys(DIALOGS).map((name) => html`<button onClick=${() => setDialog(name)}>${t(`emulator-${name}`)}</button>`)}
    </header>
    <${Tabs} page="emulator" here=${here} label=${t("page-emulator")} tabs=${Object.keys(CONTENTS).map((name) => [name, t(`emulator-${name}`)])} />
    <${CONTENTS[here]} key=${`${account} ${turn}`} account=${account} isOwn=${account === who.account} />
    ${dialog && html`<${DIALOGS[dialog]} account=${account} close=${close} done=${done} />`}
  `;
}

function Accounts({ own, account, choose }) {
  const { value: data } = useGet(pathOf(own, "accounts", { all: true }));
  // What is being typed outlives a drawing anew, as when the list comes.
  const [typed, setTyped] = useState(account);
  const take = ({ target }) => {
    const chosen = target.value.trim() || own;
    setTyped(chosen);
    choose(chosen);
  };
  return html`
    <label>${t("account")}<input class="mono" list="accounts" value=${typed} onInput=${(event) => setTyped(event.target.value)} onChange=${take} /></label>
    <datalist id="accounts">${data?.accounts.map((each) => html`<option value=${each.account}></option>`)}</datalist>
  `;
}
