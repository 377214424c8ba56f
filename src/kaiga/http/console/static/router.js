// Which page is shown: the address below /console, without loading anything anew.
import { useEffect, useState } from "./view.js";

const ROOT = "/console";

/** Give { page, item, query } of the present address. */
export function readPlace() {
  const [page = "", item = ""] = location.pathname.slice(ROOT.length).split("/").filter(Boolean);
  return { page, item: decodeURIComponent(item), query: new URLSearchParams(location.search) };
}

export function addressOf(page, item = "", query = "") {
  const path = [ROOT, page, item && encodeURIComponent(item)].filter(Boolean).join("/");
  const search = new URLSearchParams(query).toString();
  return search ? `${path}?${search}` : path;
}

/** Go somewhere; `replace` leaves no step to come back to. */
export function go(page, item, query, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", addressOf(page, item, query));
  dispatchEvent(new PopStateEvent("popstate"));
}

export function usePlace() {
  const [place, setPlace] = useState(readPlace);
  useEffect(() => {
    const follow = () => setPlace(readPlace());
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  return place;
}

/** Follow links to our own pages without a load; others, and clicks with a modifier, stay theirs. */
export function followLinks(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || link.target || link.hasAttribute("download")) return;
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || !(url.pathname === ROOT || url.pathname.startsWith(`${ROOT}/`))) return;
  event.preventDefault();
  history.pushState(null, "", url);
  dispatchEvent(new PopStateEvent("popstate"));
  scrollTo(0, 0);
}
