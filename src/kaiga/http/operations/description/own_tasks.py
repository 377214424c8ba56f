"""Kaiga's own routes of tasks: all that is known, cancelling while they run, events."""

from kaiga.http.operations.description.parts import (
    EVENT,
    NUMBER,
    TEXT,
    TIME,
    Schema,
    answer_with,
    count_up_to,
    header,
    in_path,
    json_body,
    json_response,
    list_of,
    operation,
    or_null,
    query,
    refer,
    response,
)
from kaiga.http.operations.task_search import LARGEST_LIMIT, USUAL_LIMIT

_TAG = "Kaiga: tasks"
_NOT_THERE = "A task that the caller can't see is 404"
_READ_BY = f"{_NOT_THERE}; a key with the role admin may read every account's"

_RERUNS = {"example": {"seed": "new"}, "changed": {"seed": "same", "changes": {"n": 2}}}


def describe_own_tasks() -> Schema:
    """Describe `/kaiga/v1/tasks` and `/kaiga/v1/events`."""
    stopped: dict[str, Schema] = {"task_id": TEXT, "status": TEXT, "phase": or_null(TEXT)}
    many: dict[str, Schema] = {"canceled": NUMBER, "has_more": {"type": "boolean"}}
    example = {"example": {"status": "PENDING"}}
    return {
        "/kaiga/v1/tasks": {"get": _describe_search()},
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
        "/kaiga/v1/tasks/{task_id}/manifest": {
            "parameters": [in_path("task_id")],
            "get": operation(
                "show_manifest",
                _TAG,
                "Show what made the results of a task that has ended",
                json_response(refer("Manifest")),
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
        "/kaiga/v1/tasks/{task_id}/request": {
            "parameters": [in_path("task_id")],
            "get": operation(
                "show_request",
                _TAG,
                "Show the request that a task came from; files that came inside it are only named",
                json_response({"type": "object"}),
                description=_NOT_THERE,
            ),
        },
        "/kaiga/v1/tasks/{task_id}/rerun": {
            "parameters": [in_path("task_id")],
            "post": operation(
                "rerun_task",
                _TAG,
                "Make a task of the same order, with the seed of the first or with another",
                json_response(answer_with({"task_id": TEXT}), "The task is made"),
                body=json_body(refer("RerunWanted"), _RERUNS, required=False),
                description=f"{_NOT_THERE}. `changes` has members of the order, such as `n`, and "
                "their new values; a new one goes into `parameters`",
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


def _describe_search() -> Schema:
    found: dict[str, Schema] = {
        "tasks": list_of(refer("FoundTask")),
        **dict.fromkeys(("older", "newer"), or_null(TEXT)),
    }
    return operation(
        "search_tasks",
        _TAG,
        "Find tasks of any time, newest first",
        json_response(
            answer_with(found),
            "A stretch of the list; name `older` as older_than to go on, `newer` to go back",
        ),
        parameters=[
            query("limit", count_up_to(LARGEST_LIMIT, USUAL_LIMIT)),
            query("id", meaning="A part of the id"),
            query("model"),
            query("status", meaning="A state, in any case"),
            *(query(f"submitted_{which}", TIME) for which in ("from", "before")),
            *(query(f"{which}_than", meaning="The id of a task") for which in ("older", "newer")),
        ],
        description="A stretch may be short, or empty, and have more to look through beyond it",
    )


def _describe_events(name: str, summary: str) -> Schema:
    return operation(
        name,
        _TAG,
        summary,
        response("Events, as they come", {"text/event-stream": {"schema": EVENT}}),
        parameters=[header("Last-Event-ID", meaning="Tells what came after that event")],
    )
