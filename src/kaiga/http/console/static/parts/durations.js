// How long something took, in the unit that fits.
import { currentLanguage, formatNumber } from "../words.js";

const inUnit = (number, unit, digits = 0) =>
  formatNumber(number, { style: "unit", unit, unitDisplay: "narrow", maximumFractionDigits: digits });

/** Write milliseconds: 850ms, 4.2s, 3m 20s, 2h 5m. */
export function formatDuration(milliseconds) {
  if (milliseconds < 1000) return inUnit(Math.max(0, Math.round(milliseconds)), "millisecond");
  const seconds = milliseconds / 1000;
  if (seconds < 60) return inUnit(seconds, "second", 1);
  if (seconds < 3600) return `${inUnit(Math.floor(seconds / 60), "minute")} ${inUnit(Math.floor(seconds % 60), "second")}`;
  return `${inUnit(Math.floor(seconds / 3600), "hour")} ${inUnit(Math.floor((seconds % 3600) / 60), "minute")}`;
}

const SIZES = { day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1000 };

/** Write milliseconds in the largest unit of which there are two at least, and none below `smallest`. */
export function formatSpan(milliseconds, smallest = "second") {
  const units = Object.keys(SIZES).filter((unit) => SIZES[unit] >= SIZES[smallest]);
  const unit = units.find((each) => milliseconds >= 2 * SIZES[each]) ?? smallest;
  const unitDisplay = currentLanguage() === "en" ? "short" : "long"; // short ones of other languages are Latin letters
  return formatNumber(Math.max(0, Math.floor(milliseconds / SIZES[unit])), { style: "unit", unit, unitDisplay });
}
