"""Requests for Kaiga's own operations of tasks and webhooks.

What one of them makes, another takes away again.
"""

from kaiga.cli.postman import texts
from kaiga.cli.postman.asking import delete, get, note, post
from kaiga.cli.postman.items import Entry, Saved
from kaiga.http.operations.description import examples, own_examples

_TASKS = "kaiga/v1/tasks"
_HOOKS = "kaiga/v1/webhooks"
_OWN_TASK = f"{_TASKS}/{{{{ownTaskId}}}}"


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
        get("Show all that is known of it", _OWN_TASK, own_examples.VIEW),
        get("Show what its owner is told", f"{_OWN_TASK}/answer", examples.PICTURE),
        get("Show the request it came from", f"{_OWN_TASK}/request", own_examples.ASKED),
        post("Order the same again", f"{_OWN_TASK}/rerun", own_examples.RERUN, {"seed": "new"}),
        get("Find tasks of any time", _TASKS, own_examples.FOUND, {"limit": "10"}),
        post("Cancel it, also while it runs", f"{_OWN_TASK}/cancel", own_examples.STOPPED),
        get(
            "Follow it to its end",
            f"{_OWN_TASK}/events",
            Saved(body=own_examples.EVENTS, kind="text/event-stream"),
        ),
        get("Show what made its results", f"{_OWN_TASK}/manifest", own_examples.MANIFEST),
        post(
            "Cancel all that waits",
            f"{_TASKS}/cancel",
            own_examples.CANCELED,
            {"status": "PENDING"},
        ),
        note(
            post(
                "Add a webhook",
                _HOOKS,
                own_examples.ADDED_WEBHOOK,
                {"url": "https://example.invalid/told"},
            ),
            "webhookId",
            "id",
        ),
        get("List webhooks", _HOOKS, own_examples.WEBHOOKS),
        note(
            post("Send a sample", f"{_HOOKS}/{{{{webhookId}}}}/test", own_examples.SAMPLE),
            "deliveryId",
            "delivery_id",
        ),
        get("Show the log of deliveries", f"{_HOOKS}/deliveries", own_examples.DELIVERIES),
        post(
            "Send a notice again",
            f"{_HOOKS}/deliveries/{{{{deliveryId}}}}/redeliver",
            examples.DONE,
        ),
        get("Show the secret of tasks' webhooks", f"{_HOOKS}/secret", own_examples.SECRET),
        delete("Remove the webhook", f"{_HOOKS}/{{{{webhookId}}}}"),
    ]
