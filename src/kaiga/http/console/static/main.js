// Starts the console: words, theme, who has signed in, and the page at this address.
import { followLinks } from "./router.js";
import { Shell } from "./shell.js";
import { useTheme } from "./theme.js";
import { html, render } from "./view.js";
import { speak, usualLanguage } from "./words.js";

useTheme();
await speak(usualLanguage());
document.addEventListener("click", followLinks);
render(html`<${Shell} />`, document.getElementById("app"));
