// How large something is, in the unit that fits.
import { formatNumber } from "../words.js";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

/** Write bytes: 850 byte, 4.2 kB, 3.1 GB; a dash where it is not known. */
export function formatBytes(bytes) {
  if (bytes === null) return "–";
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return formatNumber(bytes / 1000 ** power, { style: "unit", unit: UNITS[power], maximumFractionDigits: 1 });
}
