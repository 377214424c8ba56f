"""Requests for what needs a key with the role admin; what is made is taken away again."""

from kaiga.cli.postman.asking import delete, get, note, post, send
from kaiga.cli.postman.items import Entry, Saved
from kaiga.http.operations.description import examples, own_examples

_KEYS = "kaiga/v1/keys"
_LIMITS = "kaiga/v1/limits"
_ACCOUNT = "2000000000000001"


def list_administration() -> list[Entry]:
    """List what needs a key with the role admin."""
    return [
        get("Show the queue and the workers", "kaiga/v1/status", own_examples.STATUS),
        get("Show the machine", "kaiga/v1/system", own_examples.SYSTEM),
        get("Examine the machine", "kaiga/v1/doctor", own_examples.FINDINGS),
        get("Read the metrics", "metrics", Saved(body=own_examples.METRICS, kind="text/plain")),
        note(
            post(
                "Make a key", _KEYS, own_examples.MADE_KEY, {"name": "from Postman", "role": "user"}
            ),
            "keyId",
            "id",
        ),
        get("List keys", _KEYS, own_examples.KEYS),
        delete("Revoke the key", f"{_KEYS}/{{{{keyId}}}}"),
        send(
            "PATCH",
            "Limit an account",
            _LIMITS,
            own_examples.RULE,
            {"account": _ACCOUNT, "running_tasks": 2},
        ),
        get("List limits", _LIMITS, own_examples.RULES),
        delete("Forget the limit", _LIMITS, {"account": _ACCOUNT}),
        post("Sign links with another key", "kaiga/v1/links/rotate", examples.DONE),
        post(
            "Copy the database",
            "kaiga/v1/snapshots",
            Saved(body=own_examples.SNAPSHOT, kind="application/x-ndjson"),
        ),
    ]
