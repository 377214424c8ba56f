// How long something took, in the unit that fits.
import { formatNumber } from "../words.js";

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
