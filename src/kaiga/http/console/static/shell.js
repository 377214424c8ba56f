// What stands around every page: the navigation, language and theme, and the sign-in before it all.
import { FIRST_PAGE, pagesFor } from "./pages.js";
import { Icon } from "./parts/icons.js";
import { Failed, Loading, Messages } from "./parts/notices.js";
import { addressOf, usePlace } from "./router.js";
import { useSession } from "./session.js";
import { SignIn } from "./signin.js";
import { currentTheme, THEMES, useTheme } from "./theme.js";
import { html, useEffect, useMemo, useRef, useState } from "./view.js";
import { currentLanguage, keepLanguage, LANGUAGES, t } from "./words.js";

/** How many pages a phone's bar shows by name; the others are behind "More", with what else the rail has. */
const IN_BAR = 4;

export function Shell() {
  const session = useSession();
  const [language, setLanguage] = useState(currentLanguage());
  const choose = (wanted) => keepLanguage(wanted).then(() => setLanguage(wanted));
  if (session.error) return html`<main><${Failed} error=${session.error} retry=${session.retry} /></main>`;
  if (session.who === undefined) return html`<${Loading} />`;
  const choices = html`<${Choices} language=${language} choose=${choose} />`;
  if (session.who === null) return html`<${SignIn} signIn=${session.signIn} isOver=${session.isOver}>${choices}<//>`;
  return html`
    <a class="skip" href="#content">${t("skip")}</a>
    <${Navigation} session=${session} choices=${choices} />
    <${Page} key=${language} who=${session.who} />
    <${Messages} />
  `;
}

function Navigation({ session, choices }) {
  const place = usePlace();
  const here = place.page || FIRST_PAGE;
  const { isOpen, toggle, box, button } = useDisclosure(place);
  const pages = pagesFor(session.who);
  const [named, others] = [pages.slice(0, IN_BAR), pages.slice(IN_BAR)];
  const isAmongOthers = others.some(({ name }) => name === here);
  return html`
    <nav ref=${box} class=${isOpen ? "rail open" : "rail"} aria-label=${t("navigation")}>
      <a class="brand" href=${addressOf("")}><img src="/console/assets/icon.svg" alt="" width="28" height="28" />Kaiga</a>
      <${Links} pages=${named} here=${here} />
      <button ref=${button} type="button" class=${isAmongOthers ? "rail-more here" : "rail-more"} aria-expanded=${isOpen} aria-controls="rail-rest" onClick=${toggle}>
        <${Icon} name="dots" /><span>${t("more-pages")}</span>
      </button>
      <div id="rail-rest" class="rail-rest">
        <${Links} pages=${others} here=${here} />
        <div class="rail-end">
          ${choices}
          <p class="quiet" title=${session.who.account}>${session.who.account}</p>
          <button class="plain" onClick=${session.signOut}><${Icon} name="out" />${t("sign-out")}</button>
        </div>
      </div>
    </nav>
  `;
}

const Links = ({ pages, here }) => html`
  <ul>
    ${pages.map(
      ({ name, icon }) => html`
        <li><a href=${addressOf(name)} aria-current=${name === here ? "page" : null}>
          <${Icon} name=${icon} /><span>${t(`page-${name}`)}</span>
        </a></li>
      `,
    )}
  </ul>
`;

/** What opens at a button, and closes by it, by Escape, by a press elsewhere, and when one goes to another place. */
function useDisclosure(place) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef();
  const button = useRef();
  useEffect(() => setOpen(false), [place]);
  useEffect(() => {
    if (!isOpen) return undefined;
    const press = ({ target }) => box.current.contains(target) || setOpen(false);
    const type = ({ key }) => {
      if (key !== "Escape") return;
      setOpen(false);
      button.current.focus();
    };
    addEventListener("pointerdown", press);
    addEventListener("keydown", type);
    return () => {
      removeEventListener("pointerdown", press);
      removeEventListener("keydown", type);
    };
  }, [isOpen]);
  return { isOpen, toggle: () => setOpen(!isOpen), box, button };
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
  const main = useRef();
  const isFirst = useRef(true);
  useEffect(() => {
    // A page that was gone to is read from its beginning; one that was opened is read from the browser's.
    if (!isFirst.current) main.current.focus({ preventScroll: true });
    isFirst.current = false;
    document.title = `${t(`page-${wanted?.name ?? "unknown"}`)} · Kaiga`;
    wanted?.load().then(
      (module) => setShown({ name: wanted.name, Content: module.default }),
      () => setShown({ name: wanted.name, error: { status: 0 } }),
    );
  }, [wanted]);
  const { Content, error } = shown.name === wanted?.name ? shown : {};
  let content = html`<${Loading} />`;
  if (!wanted) content = html`<h1>${t("page-unknown")}</h1><p><a href=${addressOf("")}>${t(`page-${FIRST_PAGE}`)}</a></p>`;
  else if (error) content = html`<${Failed} error=${error} retry=${() => location.reload()} />`;
  else if (Content) content = html`<${Content} place=${place} who=${who} />`;
  return html`<main ref=${main} id="content" tabindex="-1">${content}</main>`;
}
