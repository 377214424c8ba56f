// How long something is still kept, told anew as time goes by.
import { html, useEffect, useState } from "../view.js";
import { currentLanguage, formatNumber, formatTime, t } from "../words.js";

const MINUTE = 60000;
const UNITS = [["day", 1440 * MINUTE], ["hour", 60 * MINUTE], ["minute", MINUTE]];

/** Give the present, anew every `milliseconds`. */
export function useNow(milliseconds = 10000) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
  return now;
}

/** Write the time left in the largest unit of which there are two, or in minutes. */
export function formatLeft(milliseconds) {
  const [unit, size] = UNITS.find(([, each]) => milliseconds >= 2 * each) ?? UNITS.at(-1);
  const unitDisplay = currentLanguage() === "en" ? "short" : "long";
  return formatNumber(Math.max(0, Math.floor(milliseconds / size)), { style: "unit", unit, unitDisplay });
}

export const Left = ({ until, now }) => html`
  <time dateTime=${until} title=${t("gallery-until", { time: formatTime(until) })}>
    ${t("gallery-left", { time: formatLeft(new Date(until) - now) })}
  </time>
`;
