"""Kaiga's own routes of tasks: all that is known, cancelling while they run, events."""

from kaiga.http.operations.description.parts import (
    EVENT,
    NUMBER,
    TEXT,
    USUAL_REFUSALS,
    Schema,
    answer_with,
    header,
    in_path,
    json_body,
    json_response,
    operation,
    or_null,
    refer,
    response,
)

_TAG = "Kaiga: tasks"
_NOT_THERE = "A task that the caller can't see is 404"
_READ_BY = f"{_NOT_THERE}; a key with the role admin may read every account's"


def describe_own_tasks() -> Schema:
    """Describe `/kaiga/v1/tasks` and `/kaiga/v1/events`."""
    stopped: dict[str, Schema] = {"task_id": TEXT, "status": TEXT, "phase": or_null(TEXT)}
    many: dict[str, Schema] = {"canceled": NUMBER, "has_more": {"type": "boolean"}}
    example = {"example": {"status": "PENDING"}}
    return {
        "/kaiga/v1/tasks/cancel": {
            "post": operation(
                "cancel_waiting_tasks",
                _TAG,
                "Cancel every task that waits: the key's own, or those of an account or key",
                json_response(answer_with(many)),
                body=json_body(refer("CancelWanted"), example, required=False),
            )
        },
        "/kaiga/v1/tasks/{task_id}": {
            "parameters": [in_path("task_id")],
            "get": operation(
                "show_task",
                _TAG,
                "Show a task with all that is known of it",
                json_response(refer("TaskView")),
                description=_READ_BY,
            ),
        },
        "/kaiga/v1/tasks/{task_id}/answer": {
            "parameters": [in_path("task_id")],
            "get": operation(
                "show_answer",
                _TAG,
                "Show what the contract's query tells the task's owner",
                json_response(refer("TaskAnswer")),
                description=_READ_BY,
            ),
        },
        "/kaiga/v1/tasks/{task_id}/cancel": {
            "parameters": [in_path("task_id")],
            "post": operation(
                "stop_task",
                _TAG,
                "Cancel a task, also while it runs",
                json_response(answer_with(stopped)),
                description=_NOT_THERE,
            ),
        },
        "/kaiga/v1/tasks/{task_id}/events": {
            "parameters": [in_path("task_id")],
            "get": _describe_events("follow_task", "Follow one task until it ends"),
        },
        "/kaiga/v1/events": {
            "get": _describe_events("follow_account", "Follow every task of the account")
        },
    }


def _describe_events(name: str, summary: str) -> Schema:
    return operation(
        name,
        _TAG,
        summary,
        response("Events, as they come", {"text/event-stream": {"schema": EVENT}}),
        parameters=[header("Last-Event-ID", meaning="Tells what came after that event")],
        refusals=USUAL_REFUSALS,
    )
