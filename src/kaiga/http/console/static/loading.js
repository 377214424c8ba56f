// Something from the server on a page: on its way, there, or failed.
import { useEffect, useRef, useState } from "./view.js";

/**
 * Load by `load()` whenever `key` changes; gives { value, error, isStale, reload }.
 * A reload leaves what is there until the new is; with `keeps`, so does a new key, and `isStale` says
 * so. Of two loads that run, the later one counts.
 */
export function useLoaded(load, key, { keeps = false } = {}) {
  const [state, setState] = useState({});
  const turn = useRef(0);
  const newest = useRef(load);
  newest.current = load;
  const reload = () => {
    const mine = ++turn.current;
    const settle = (told) => mine === turn.current && setState({ key, ...told });
    newest.current().then(
      (value) => settle({ value }),
      (error) => settle({ error }),
    );
  };
  useEffect(() => {
    reload();
    return () => void turn.current++;
  }, [key]);
  const isStale = state.key !== key;
  const { value, error } = isStale && !keeps ? {} : state;
  return { value, error, isStale, reload };
}
