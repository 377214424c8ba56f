"""The contract's routes of tasks that are there: one, a list of them, and cancelling."""

from kaiga.http.operations.description.parts import (
    NUMBER,
    Schema,
    answer_with,
    header,
    in_path,
    json_response,
    operation,
    query,
    refer,
)

_STANDING = {
    "X-Kaiga-Progress": "The phase, and the steps of the engine: generate;step=3;steps=20",
    "X-Kaiga-Queue-Position": "How many tasks wait before this one in the same queue",
    "X-Kaiga-Eta-Seconds": "In how many seconds the task may end",
    "X-Kaiga-Rewrite": "failed where the prompt could not be rewritten, and went on as it was",
    "X-Kaiga-Engine": "Which engine has the task",
    "Preference-Applied": "wait=N where the answer was held",
}
_TIME: Schema = {"type": "string", "examples": ["20261122000000"]}


def describe_tasks() -> Schema:
    """Describe `/api/v1/tasks` and what is below it."""
    page: dict[str, Schema] = {
        "data": {"type": "array", "items": refer("TaskRow")},
        "tasks": {"type": "array", "description": "The same, with times as text"},
        **dict.fromkeys(("total", "total_page", "page_no", "page_size"), NUMBER),
    }
    hold = header("Prefer", {"type": "string", "examples": ["wait=20"]}, "Holds the answer")
    return {
        "/api/v1/tasks": {
            "get": operation(
                "list_tasks",
                "Tasks",
                "List the tasks of at most a day",
                json_response(answer_with(page)),
                parameters=[
                    query("task_id"),
                    query("start_time", _TIME),
                    query("end_time", _TIME),
                    query("model_name"),
                    query("status", meaning="A state, in any case"),
                    query("region"),
                    query("api_key_id"),
                    query("page_no", NUMBER),
                    query("page_size", NUMBER, "100 at most"),
                ],
            )
        },
        "/api/v1/tasks/{task_id}": {
            "parameters": [in_path("task_id")],
            "get": operation(
                "query_task",
                "Tasks",
                "Ask how a task stands, and for its results",
                json_response(refer("TaskAnswer"), "As it stands; unknown ones too", _STANDING),
                parameters=[hold],
            ),
        },
        "/api/v1/tasks/{task_id}/cancel": {
            "parameters": [in_path("task_id")],
            "post": operation(
                "cancel_task",
                "Tasks",
                "Cancel a task that waits",
                json_response(answer_with({}), "The task is canceled"),
            ),
        },
    }
