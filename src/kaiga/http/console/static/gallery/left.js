// How long something is still kept, told anew as time goes by.
import { formatSpan } from "../parts/durations.js";
import { html, useEffect, useState } from "../view.js";
import { formatTime, t } from "../words.js";

/** Give the present, anew every `milliseconds`. */
export function useNow(milliseconds = 10000) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
  return now;
}

export const Left = ({ until, now }) => html`
  <time dateTime=${until} title=${t("gallery-until", { time: formatTime(until) })}>
    ${t("gallery-left", { time: formatSpan(new Date(until) - now, "minute") })}
  </time>
`;
