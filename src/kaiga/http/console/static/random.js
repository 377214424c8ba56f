// Names that nothing else has. Pages of plain http have random numbers, but no crypto.randomUUID.
const BYTES = 12;

export const makeName = () => Array.from(crypto.getRandomValues(new Uint8Array(BYTES)), (byte) => byte.toString(16).padStart(2, "0")).join("");
