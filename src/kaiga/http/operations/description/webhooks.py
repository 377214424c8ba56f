"""Webhooks: addresses, the log of telling them, and the notice that they are sent."""

from kaiga.domain.notices import CONTENT_TYPE
from kaiga.domain.webhooks import DeliveryState
from kaiga.http.operations.description.parts import (
    NUMBER,
    OPEN,
    REFUSALS_OF_BODIES,
    TEXT,
    Schema,
    answer_with,
    header,
    in_path,
    json_body,
    json_response,
    operation,
    query,
    refer,
    response,
)

_TAG = "Kaiga: webhooks"
_PATH = "/kaiga/v1/webhooks"
_ACCOUNT = query("account", meaning="Another account, for keys with the role admin")


def describe_webhooks() -> Schema:
    """Describe the administration of webhooks and the log of deliveries."""
    listed: dict[str, Schema] = {"webhooks": {"type": "array", "items": refer("Webhook")}}
    log: dict[str, Schema] = {"deliveries": {"type": "array", "items": refer("Delivery")}}
    added: Schema = {"allOf": [answer_with({"secret": TEXT}), refer("Webhook")]}
    return {
        _PATH: {
            "get": _describe("list_webhooks", "List addresses", answer_with(listed)),
            "post": _describe(
                "add_webhook",
                "Add an address; its secret is shown this once",
                added,
                body=json_body(
                    refer("WebhookWanted"), {"example": {"url": "https://example.com/told"}}
                ),
                refusals=(*REFUSALS_OF_BODIES, "409"),
            ),
        },
        f"{_PATH}/{{webhook_id}}": {
            "parameters": [in_path("webhook_id")],
            "delete": _describe("remove_webhook", "Remove an address", answer_with({})),
        },
        f"{_PATH}/{{webhook_id}}/test": {
            "parameters": [in_path("webhook_id")],
            "post": _describe("test_webhook", "Send a sample", answer_with({"delivery_id": TEXT})),
        },
        f"{_PATH}/secret": {
            "get": _describe(
                "show_webhook_secret",
                "Show the secret for addresses that single tasks name",
                answer_with({"secret": TEXT}),
            )
        },
        f"{_PATH}/deliveries": {
            "get": _describe(
                "list_deliveries",
                "Show the log, newest first",
                answer_with(log),
                parameters=[
                    query("state", {"enum": list(DeliveryState)}),
                    query("task_id"),
                    query("url"),
                    query("before", meaning="The id of a delivery"),
                    query("limit", NUMBER, "100 at most"),
                ],
            )
        },
        f"{_PATH}/deliveries/{{delivery_id}}/redeliver": {
            "parameters": [in_path("delivery_id")],
            "post": _describe("redeliver", "Send a notice again", answer_with({})),
        },
    }


def describe_notice() -> Schema:
    """Describe what is sent to an address when a task has ended (contract/core.md, 10)."""
    data: Schema = {
        "type": "object",
        "properties": {
            **dict.fromkeys(
                ("task_id", "task_status", "request_id", "api_key_id", "user_api_unique_key"), TEXT
            ),
            **dict.fromkeys(("start_time", "end_time", "region"), TEXT),
            "contain_result": {"type": "boolean"},
        },
    }
    event: Schema = {
        "type": "object",
        "required": ["id", "specversion", "source", "type", "time", "data"],
        "properties": {
            **dict.fromkeys(("id", "specversion", "source", "type", "time"), TEXT),
            "data": data,
        },
    }
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    return operation(
        "task_ended",
        _TAG,
        "A task has ended",
        response("The notice is taken", {}),
        parameters=[header(name, required=True) for name in names],
        body={"required": True, "content": {CONTENT_TYPE.partition(";")[0]: {"schema": event}}},
        refusals=(),
        security=OPEN,
    )


def _describe(
    name: str,
    summary: str,
    good: Schema,
    *,
    parameters: list[Schema] | None = None,
    body: Schema | None = None,
    refusals: tuple[str, ...] | None = None,
) -> Schema:
    return operation(
        name,
        _TAG,
        summary,
        json_response(good),
        parameters=[*(parameters or ()), _ACCOUNT],
        body=body,
        refusals=refusals,
    )
