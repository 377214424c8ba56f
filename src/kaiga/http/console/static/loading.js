// Something from the server on a page: on its way, there, or failed.
import { get } from "./api.js";
import { useEffect, useRef, useState } from "./view.js";

/** Load the JSON at a path of this server; see `useLoaded`. */
export const useGet = (path, options) => useLoaded(() => get(path), path, options);

/**
 * Load by `load()` whenever `key` changes; gives { value, error, isStale, reload }.
 * A reload leaves what is there until the new is, also beside the error of one that fails; with `keeps`,
 * so does a new key, and `isStale` says so. Of two loads that run, the later one counts. With `every`,
 * it is loaded again after so many seconds, while the page is looked at.
 */
export function useLoaded(load, key, { keeps = false, every = 0 } = {}) {
  const [state, setState] = useState({});
  const turn = useRef(0);
  const newest = useRef(load);
  newest.current = load;
  const reload = () => {
    const mine = ++turn.current;
    const settle = (told) => mine === turn.current && setState(told);
    return newest.current().then(
      (value) => settle({ key, value }),
      (error) => settle((last) => ({ key, error, value: last.key === key ? last.value : undefined })),
    );
  };
  useEffect(() => {
    reload();
    const timer = every && setInterval(() => document.hidden || reload(), every * 1000);
    return () => {
      clearInterval(timer);
      turn.current++;
    };
  }, [key, every]);
  const isStale = state.key !== key;
  const { value, error } = isStale && !keeps ? {} : state;
  return { value, error, isStale, reload };
}
