// The pages, in the order of the navigation; each is loaded when it is first shown.
const PAGES = [
  { name: "playground", icon: "brush", load: () => import("./pages/playground.js") },
  { name: "tasks", icon: "list", load: () => import("./pages/tasks.js") },
  { name: "gallery", icon: "grid", load: () => import("./pages/gallery.js") },
  { name: "models", icon: "cube", load: () => import("./pages/models.js") },
  { name: "keys", icon: "key", load: () => import("./pages/keys.js") },
  { name: "system", icon: "pulse", load: () => import("./pages/system.js") },
  { name: "emulator", icon: "clock", isFor: (who) => who.is_emulator, load: () => import("./pages/emulator.js") },
  { name: "start", icon: "book", load: () => import("./pages/start.js") },
];
export const FIRST_PAGE = "playground";

/** Give the pages that there are for whoever has signed in, on this server. */
export const pagesFor = (who) => PAGES.filter(({ isFor }) => !isFor || isFor(who));
