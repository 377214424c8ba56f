// What stands around every page: the navigation, language and theme, and the sign-in before it all.
import { FIRST_PAGE, pagesFor } from "./pages.js";
import { Icon } from "./parts/icons.js";
import { Failed, Loading, Messages } from "./parts/notices.js";
import { addressOf, usePlace } from "./router.js";
import { useSession } from "./session.js";
import { SignIn } from "./signin.js";
import { currentTheme, THEMES, useTheme } from "./theme.js";
import { html, useEffect, useMemo, useState } from "./view.js";
import { currentLanguage, keepLanguage, LANGUAGES, t } from "./words.js";

export function Shell() {
  const session = useSession();
  const [language, setLanguage] = useState(currentLanguage());
  const choose = (wanted) => keepLanguage(wanted).then(() => setLanguage(wanted));
  if (session.who === undefined) return html`<${Loading} />`;
  const choices = html`<${Choices} language=${language} choose=${choose} />`;
  if (session.who === null) return html`<${SignIn} signIn=${session.signIn}>${choices}<//>`;
  return html`
    <a class="skip" href="#content">${t("skip")}</a>
    <${Navigation} session=${session} choices=${choices} />
    <${Page} key=${language} who=${session.who} />
    <${Messages} />
  `;
}

function Navigation({ session, choices }) {
  const { page } = usePlace();
  const here = page || FIRST_PAGE;
  return html`
    <nav class="rail" aria-label=${t("navigation")}>
      <a class="brand" href=${addressOf("")}><img src="/console/assets/icon.svg" alt="" width="28" height="28" />Kaiga</a>
      <ul>
        ${pagesFor(session.who).map(
          ({ name, icon }) => html`
            <li><a href=${addressOf(name)} aria-current=${name === here ? "page" : null}>
              <${Icon} name=${icon} /><span>${t(`page-${name}`)}</span>
            </a></li>
          `,
        )}
      </ul>
      <div class="rail-end">
        ${choices}
        <p class="quiet" title=${session.who.account}>${session.who.account}</p>
        <button class="plain" onClick=${session.signOut}><${Icon} name="out" />${t("sign-out")}</button>
      </div>
    </nav>
  `;
}

function Choices({ language, choose }) {
  const [theme, setTheme] = useState(currentTheme());
  const change = (wanted) => {
    useTheme(wanted);
    setTheme(wanted);
  };
  return html`
    <div class="choices">
      <select aria-label=${t("language")} value=${language} onChange=${(event) => choose(event.target.value)}>
        ${Object.entries(LANGUAGES).map(([tag, name]) => html`<option value=${tag} lang=${tag}>${name}</option>`)}
      </select>
      <select aria-label=${t("theme")} value=${theme} onChange=${(event) => change(event.target.value)}>
        ${THEMES.map((name) => html`<option value=${name}>${t(`theme-${name}`)}</option>`)}
      </select>
    </div>
  `;
}

function Page({ who }) {
  const place = usePlace();
  const wanted = useMemo(() => pagesFor(who).find(({ name }) => name === (place.page || FIRST_PAGE)), [who, place.page]);
  const [shown, setShown] = useState({});
  useEffect(() => {
    document.title = `${t(`page-${wanted?.name ?? "unknown"}`)} · Kaiga`;
    wanted?.load().then(
      (module) => setShown({ name: wanted.name, Content: module.default }),
      (error) => setShown({ name: wanted.name, error }),
    );
  }, [wanted]);
  const { Content, error } = shown.name === wanted?.name ? shown : {};
  let content = html`<${Loading} />`;
  if (!wanted) content = html`<h1>${t("page-unknown")}</h1>`;
  else if (error) content = html`<${Failed} error=${error} retry=${() => location.reload()} />`;
  else if (Content) content = html`<${Content} place=${place} who=${who} />`;
  return html`<main id="content" tabindex="-1">${content}</main>`;
}
