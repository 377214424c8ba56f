// What a page shows of a GET: the last answer, the last trouble, and a way to ask again.
import { get } from "../api.js";
import { useCallback, useEffect, useRef, useState } from "../view.js";

/** Give { data, error, reload }; `every` seconds it is asked again, while the page is looked at. */
export function useLoad(path, every = 0) {
  const [state, setState] = useState({});
  const wanted = useRef(path);
  wanted.current = path;
  const reload = useCallback(async () => {
    let next;
    try {
      next = { path, data: await get(path) };
    } catch (error) {
      next = { path, error };
    }
    if (wanted.current !== path) return;
    setState((last) => (next.error && last.path === path ? { ...last, error: next.error } : next));
  }, [path]);
  useEffect(() => {
    reload();
    if (!every) return undefined;
    const timer = setInterval(() => document.hidden || reload(), every * 1000);
    return () => clearInterval(timer);
  }, [reload, every]);
  return { data: state.data, error: state.error, reload };
}
