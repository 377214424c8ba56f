// What happens to tasks, as it happens: one stream for as long as a page wants it.
import { useEffect, useRef } from "./view.js";

const KINDS = ["phase", "step", "queue", "preview", "end"];

/** Call `listen(kind, told)` for each event at `path`; without a path there is no stream. */
export function useEvents(path, listen) {
  const newest = useRef(listen);
  newest.current = listen;
  useEffect(() => {
    if (!path) return undefined;
    const source = new EventSource(path);
    for (const kind of KINDS)
      source.addEventListener(kind, (event) => newest.current(kind, JSON.parse(event.data)));
    return () => source.close();
  }, [path]);
}

/** Give a function that has `act` called once within `pause` ms, however often it is called. */
export function useSoon(act, pause) {
  const newest = useRef(act);
  newest.current = act;
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    timer.current ||= setTimeout(() => {
      timer.current = 0;
      newest.current();
    }, pause);
  };
}
