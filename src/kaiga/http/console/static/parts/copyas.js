// A request as code: the exact body and headers, with a placeholder for the key.
import { html, useState } from "../view.js";
import { t } from "../words.js";
import { bash } from "./copyas/bash.js";
import { httpFile } from "./copyas/httpfile.js";
import { javascript } from "./copyas/javascript.js";
import { postman } from "./copyas/postman.js";
import { powershell } from "./copyas/powershell.js";
import { python } from "./copyas/python.js";
import { Copy } from "./copy.js";
import { Dialog } from "./dialog.js";
import { Icon } from "./icons.js";
import { Segments } from "./segments.js";

const WAYS = [bash, powershell, python, javascript, httpFile, postman];

/** Add to { path, headers, body } what every way needs. */
const complete = ({ path, headers, body }) => ({
  base: location.origin, path, body,
  headers: { "Content-Type": "application/json", ...headers },
  json: JSON.stringify(body, null, 2),
  isTask: "X-DashScope-Async" in headers,
});

export function CopyAs({ request, close }) {
  const [way, setWay] = useState(bash);
  const text = way.write(complete(request));
  const file = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  return html`
    <${Dialog} name="pg-copy" label=${t("copy-as")} close=${close}>${(hide) => html`
      <${Segments} name="way" label=${t("copy-as")} values=${WAYS} chosen=${way} change=${setWay} show=${({ name }) => name} />
      <pre tabindex="0" aria-label=${way.name}><code>${text}</code></pre>
      <p class="quiet">${t("key-from-environment")}</p>
      <div class="row">
        <${Copy} text=${text}>${t("copy")}<//>
        <a class="button" href=${file} download=${way.file}><${Icon} name="download" />${way.file}</a>
        <button type="button" class="plain" onClick=${hide}>${t("close")}</button>
      </div>
    `}<//>
  `;
}
