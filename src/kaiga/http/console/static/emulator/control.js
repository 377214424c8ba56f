// The control routes of an emulator, about one account.
import { say, tellError } from "../parts/notices.js";

export const LIVE_SECONDS = 2;

export const pathOf = (account, what, query = {}) => `/kaiga/v1/emulator/${what}?${new URLSearchParams({ account, ...query })}`;

/** Do something and then `next`; what went wrong is said. */
export async function attempt(work, next) {
  try {
    await work();
  } catch (error) {
    say(tellError(error));
  }
  next();
}
