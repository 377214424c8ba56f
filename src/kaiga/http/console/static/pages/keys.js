// Keys, limits and usage; who is no admin sees what their own account used.
import { Tabs } from "../parts/tabs.js";
import { html } from "../view.js";
import { t } from "../words.js";
import { KeyList } from "./keylist.js";
import { Limits } from "./limits.js";
import { Usage } from "./usage.js";

const CONTENTS = { keys: KeyList, limits: Limits, usage: Usage };

export default function Keys({ place, who }) {
  const isAdmin = who.role === "admin";
  const here = !isAdmin ? "usage" : place.item in CONTENTS ? place.item : "keys";
  const tabs = Object.keys(CONTENTS).map((name) => [name, t(`keys-tab-${name}`)]);
  return html`
    <h1>${t("page-keys")}</h1>
    ${isAdmin
      ? html`<${Tabs} page="keys" here=${here} label=${t("page-keys")} tabs=${tabs} />`
      : html`<p class="quiet">${t("keys-own-only")}</p>`}
    <${CONTENTS[here]} place=${place} who=${who} />
  `;
}
