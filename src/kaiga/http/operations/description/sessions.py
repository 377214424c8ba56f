"""Sessions of the console: signing in and out, and what a session may do."""

from kaiga.http.operations.description.parts import (
    OPEN,
    Schema,
    answer_with,
    header,
    json_body,
    json_response,
    operation,
    refer,
)
from kaiga.http.sessions import COOKIE, OWN_PAGE_NAME

_TAG = "Kaiga: sessions"
_KEY: Schema = {"key": []}
READ: Schema = {"security": [_KEY, {"session": []}]}
"""Who may read: a key, or a session."""
CHANGE: Schema = {"security": [_KEY, {"session": [], "ownPage": []}]}
"""Who may change something: a key, or a session from a page that can send that header."""
SCHEMES: Schema = {
    "key": {"type": "http", "scheme": "bearer", "description": "A key of Kaiga"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "Set by `POST /console/session`: stands for a key where none is shown",
    },
    "ownPage": {
        "type": "apiKey",
        "in": "header",
        "name": OWN_PAGE_NAME,
        "description": "Any text, and no secret: pages of other origins can't send it, so that "
        "they change nothing with somebody's session",
    },
}
_OWN_PAGE = header(
    OWN_PAGE_NAME, meaning="Any text: shows that one of our own pages asks", required=True
)


def describe_sessions() -> Schema:
    """Describe `/console/session`."""
    who = json_response(refer("Session"), "Who has signed in; null where nobody has")
    cookie = {"Set-Cookie": f"{COOKIE}, for this host alone and out of reach of scripts"}
    return {
        "/console/session": {
            "get": operation(
                "show_session",
                _TAG,
                "Tell who has signed in, if anybody",
                who,
                refusals=("503",),
                security=OPEN,
            ),
            "post": operation(
                "sign_in",
                _TAG,
                "Sign in with a key, for twelve hours at most",
                json_response(refer("Session"), "Who has signed in", cookie),
                parameters=[_OWN_PAGE],
                body=json_body(refer("SignInWanted"), {"example": {"key": "sk-..."}}),
                refusals=("400", "401", "403", "408", "429", "503"),
                security=OPEN,
            ),
            "delete": operation(
                "sign_out",
                _TAG,
                "Sign out: the cookie is taken away",
                json_response(answer_with({}), "The cookie is gone", cookie),
                parameters=[_OWN_PAGE],
                refusals=("403",),
                security=OPEN,
            ),
        }
    }
