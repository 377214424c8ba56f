"""Requests for what the service offers, what was used of it, and the console's session."""

from dataclasses import replace

from kaiga.cli.postman.asking import get, send
from kaiga.cli.postman.items import Entry, Saved
from kaiga.http.operations.description import examples, own_examples
from kaiga.http.sessions import OWN_PAGE_NAME

_OWN = "kaiga/v1"
_SESSION = "console/session"


def list_service() -> list[Entry]:
    """List them, signing in first of the session's and signing out last."""
    return [
        get("Is it alive?", "healthz", own_examples.ALIVE),
        get("Is it ready?", "readyz", own_examples.READY),
        get("Give the description of the API", "openapi.json", own_examples.DESCRIPTION),
        get("Show the whole catalogue", f"{_OWN}/models", own_examples.CATALOGUE),
        get("List the models in short", f"{_OWN}/forms", own_examples.FORMS),
        get(
            "Tell what a form needs to know of a model",
            f"{_OWN}/forms",
            own_examples.FORM,
            {"model": "{{model}}"},
        ),
        get("Report what was used", f"{_OWN}/usage", own_examples.USAGE, {"days": "7"}),
        get(
            "The same as CSV",
            f"{_OWN}/usage.csv",
            Saved(body=own_examples.USAGE_AS_CSV, kind="text/csv"),
            {"by": "model"},
        ),
        get("Give this collection", f"{_OWN}/postman/collection", own_examples.COLLECTION),
        get("Give its environment", f"{_OWN}/postman/environment", own_examples.ENVIRONMENT),
        _ask_as_console(
            send("POST", "Sign in", _SESSION, own_examples.SESSION, {"key": "{{apiKey}}"})
        ),
        _ask_as_console(get("Tell who has signed in", _SESSION, own_examples.SESSION)),
        _ask_as_console(send("DELETE", "Sign out", _SESSION, examples.DONE)),
    ]


def _ask_as_console(entry: Entry) -> Entry:
    """Show no key but the cookie that signing in has set."""
    return replace(entry, headers={OWN_PAGE_NAME: "1"}, needs_key=False)
