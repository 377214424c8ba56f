// What the account has made: loaded page by page, newest first, and let go when its time is over.
import { get, ownPath, post } from "../api.js";
import { useCallback, useEffect, useRef, useState } from "../view.js";

const PAGE = 48;
const LOOK_MILLISECONDS = 15000;
const UNKNOWN_RATIO = { image: 1, video: 16 / 9 };
const NARROWEST = 0.5;
const WIDEST = 2.4;

/** Give { items, models, keepDays, error, isLoading, hasMore, loadMore, retry, keep } for a filter. */
export function useResults(filter) {
  const [state, setState] = useState(START);
  const asked = useRef();
  const load = useCallback((before) => {
    const ask = {};
    asked.current = ask;
    setState((last) => ({ ...(before ? last : START), models: last.models, isLoading: true, error: null }));
    get(addressOf(filter, before)).then(
      (told) => asked.current === ask && setState((last) => addPage(last, told)),
      (error) => asked.current === ask && setState((last) => ({ ...last, isLoading: false, error })),
    );
  }, [filter.model, filter.kind]);
  useEffect(() => load(), [load]);
  const newest = state.items[0]?.key;
  useEffect(() => {
    if (!state.isReady) return undefined;
    const look = () => document.hidden || get(addressOf(filter)).then((told) => setState((last) => addNew(last, told)), () => {});
    const timer = setInterval(look, LOOK_MILLISECONDS);
    return () => clearInterval(timer);
  }, [state.isReady, filter.model, filter.kind, newest]);
  const keep = async (taskIds) => {
    for (const id of taskIds) {
      const { expires_at } = await post(`/kaiga/v1/tasks/${id}/keep`);
      setState((last) => ({ ...last, items: last.items.map((each) => (each.task_id === id ? { ...each, expires_at } : each)) }));
    }
  };
  return {
    ...state,
    hasMore: Boolean(state.next),
    loadMore: () => state.next && !state.isLoading && load(state.next),
    retry: () => load(state.next),
    keep,
  };
}

const START = { items: [], models: [], keepDays: 0, next: null, isLoading: true, isReady: false, error: null };

const addPage = (last, told) => ({
  ...last,
  items: [...last.items, ...told.results.map(prepare)],
  models: told.models ?? last.models,
  keepDays: told.keep_days,
  next: told.next_before,
  isLoading: false,
  isReady: true,
});

/** Put what was made since before the rest; where more than a page was, only the newest of it. */
function addNew(last, told) {
  const known = new Set(last.items.map(({ key }) => key));
  const fresh = told.results.map(prepare).filter(({ key }) => !known.has(key));
  return fresh.length ? { ...last, items: [...fresh, ...last.items], models: told.models ?? last.models } : last;
}

function addressOf({ model, kind }, before) {
  const query = new URLSearchParams({ limit: PAGE });
  for (const [name, value] of Object.entries({ model, kind, before })) if (value) query.set(name, value);
  return `/kaiga/v1/results?${query}`;
}

function prepare(result) {
  const ratio = result.width ? result.width / result.height : UNKNOWN_RATIO[result.kind];
  return {
    ...result,
    key: `${result.task_id}-${result.number}`,
    ratio: Math.min(WIDEST, Math.max(NARROWEST, ratio)),
    file: ownPath(result.url),
    thumbnail: `/kaiga/v1/tasks/${result.task_id}/thumbnails/${result.number}`,
  };
}

/** Whether there is no later expiry to be had. */
export const isKept = (item, keepDays) =>
  new Date(item.expires_at) - new Date(item.ended_at) >= keepDays * 86400000;

/** Where a selection is downloaded: a file as it is, several as one archive. */
export function downloadOf(items) {
  if (items.length === 1) return { href: items[0].file, download: items[0].name };
  return { href: `/kaiga/v1/results.zip?files=${items.map(({ key }) => key).join(",")}`, download: "" };
}
export const MOST_FILES = 100;
