"""Requests for Kaiga's own operations; what one of them makes, another takes away again."""

import json
from collections.abc import Mapping
from dataclasses import replace

from kaiga.cli.postman import texts
from kaiga.cli.postman.items import Entry, Saved
from kaiga.http.operations.description import examples

_TASKS = "kaiga/v1/tasks"
_HOOKS = "kaiga/v1/webhooks"
_KEYS = "kaiga/v1/keys"
_LIMITS = "kaiga/v1/limits"
_ACCOUNT = "2000000000000001"


def list_own() -> list[Entry]:
    """List what every key may do."""
    return [
        Entry(
            name="Create a task to be looked at",
            method="POST",
            path="{{baseUrl}}/services/aigc/text2image/image-synthesis",
            headers={"X-DashScope-Async": "enable", "X-Kaiga-Priority": "1"},
            body=texts.CREATE_BODY,
            before=texts.QUOTE_PROMPT,
            after=texts.REMEMBER + texts.CREATE_TESTS % "ownTaskId",
            saved=Saved(body=examples.CREATED),
        ),
        _get("Show all that is known of it", f"{_TASKS}/{{{{ownTaskId}}}}", examples.VIEW),
        _post(
            "Cancel it, also while it runs", f"{_TASKS}/{{{{ownTaskId}}}}/cancel", examples.STOPPED
        ),
        _get(
            "Follow it to its end",
            f"{_TASKS}/{{{{ownTaskId}}}}/events",
            Saved(body=examples.EVENTS, kind="text/event-stream"),
        ),
        _get(
            "Show what made its results",
            f"{_TASKS}/{{{{ownTaskId}}}}/manifest",
            examples.MANIFEST,
        ),
        _post(
            "Cancel all that waits", f"{_TASKS}/cancel", examples.CANCELED, {"status": "PENDING"}
        ),
        _note(
            _post(
                "Add a webhook",
                _HOOKS,
                examples.ADDED_WEBHOOK,
                {"url": "https://example.invalid/told"},
            ),
            "webhookId",
            "id",
        ),
        _get("List webhooks", _HOOKS, examples.WEBHOOKS),
        _note(
            _post("Send a sample", f"{_HOOKS}/{{{{webhookId}}}}/test", examples.SAMPLE),
            "deliveryId",
            "delivery_id",
        ),
        _get("Show the log of deliveries", f"{_HOOKS}/deliveries", examples.DELIVERIES),
        _post(
            "Send a notice again",
            f"{_HOOKS}/deliveries/{{{{deliveryId}}}}/redeliver",
            examples.DONE,
        ),
        _get("Show the secret of tasks' webhooks", f"{_HOOKS}/secret", examples.SECRET),
        _delete("Remove the webhook", f"{_HOOKS}/{{{{webhookId}}}}"),
        _get("Show the whole catalogue", "kaiga/v1/models", examples.CATALOGUE),
        _get("Is it alive?", "healthz", examples.ALIVE),
        _get("Is it ready?", "readyz", examples.READY),
        _get("Give the description of the API", "openapi.json", examples.DESCRIPTION),
    ]


def list_administration() -> list[Entry]:
    """List what needs a key with the role admin."""
    return [
        _get("Show the queue and the workers", "kaiga/v1/status", examples.STATUS),
        _get("Read the metrics", "metrics", Saved(body=examples.METRICS, kind="text/plain")),
        _note(
            _post("Make a key", _KEYS, examples.MADE_KEY, {"name": "from Postman", "role": "user"}),
            "keyId",
            "id",
        ),
        _get("List keys", _KEYS, examples.KEYS),
        _delete("Revoke the key", f"{_KEYS}/{{{{keyId}}}}"),
        _send(
            "PATCH",
            "Limit an account",
            _LIMITS,
            examples.RULE,
            {"account": _ACCOUNT, "running_tasks": 2},
        ),
        _get("List limits", _LIMITS, examples.RULES),
        _delete("Forget the limit", _LIMITS, {"account": _ACCOUNT}),
        _post("Sign links with another key", "kaiga/v1/links/rotate", examples.DONE),
        _post(
            "Copy the database",
            "kaiga/v1/snapshots",
            Saved(body=examples.SNAPSHOT, kind="application/x-ndjson"),
        ),
    ]


def _get(name: str, path: str, answer: object) -> Entry:
    return _send("GET", name, path, answer)


def _post(name: str, path: str, answer: object, body: Mapping[str, object] | None = None) -> Entry:
    return _send("POST", name, path, answer, body)


def _delete(name: str, path: str, query: Mapping[str, str] | None = None) -> Entry:
    return _send("DELETE", name, path, examples.DONE, query=query)


def _send(
    method: str,
    name: str,
    path: str,
    answer: object,
    body: Mapping[str, object] | None = None,
    query: Mapping[str, str] | None = None,
) -> Entry:
    return Entry(
        name=name,
        method=method,
        path=f"{{{{kaigaUrl}}}}/{path}",
        query=query or {},
        body=json.dumps(body, indent=2) if body else "",
        after=texts.GOOD_TESTS,
        saved=answer if isinstance(answer, Saved) else Saved(body=answer),
    )


def _note(entry: Entry, name: str, member: str) -> Entry:
    """Have a member of the answer remembered as a variable."""
    tests = texts.NOTE_TESTS % {"name": name, "member": member}
    return replace(entry, after=texts.REMEMBER + tests)
