// Calls to this very server. The session's cookie says who calls; the header says that it is us.

export class ApiError extends Error {
  constructor(status, code, message, requestId) {
    super(message);
    Object.assign(this, { status, code, requestId });
  }
}

/** Called whenever a call is answered with 401: the session is over. */
let onSignedOut = () => {};
export function whenSignedOut(listener) {
  onSignedOut = listener;
}

/** Give the answer's JSON; raises an ApiError for any status above 299, or none at all. */
export async function call(method, path, body, headers = {}) {
  const answer = await send(method, path, body, headers);
  return answer.status === 204 ? null : answer.json();
}

/** Give the answer itself, for files. */
export async function send(method, path, body, headers = {}) {
  const isJson = body !== undefined && !(body instanceof FormData) && !(body instanceof Blob);
  let answer;
  try {
    answer = await fetch(path, {
      method,
      credentials: "same-origin",
      headers: { "X-Kaiga-Console": "1", ...(isJson && { "Content-Type": "application/json" }), ...headers },
      body: isJson ? JSON.stringify(body) : body,
    });
  } catch {
    throw new ApiError(0, "Unreachable", "", "");
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 401) onSignedOut();
  throw new ApiError(answer.status, told.code ?? "", told.message ?? answer.statusText, told.request_id ?? "");
}

export const get = (path) => call("GET", path);
export const post = (path, body, headers) => call("POST", path, body, headers);

/** Give the path of a link, so that a file comes from here whatever address the link names. */
export function ownPath(url) {
  const { pathname, search } = new URL(url, location.href);
  return pathname + search;
}
