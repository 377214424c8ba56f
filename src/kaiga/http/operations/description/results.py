"""Kaiga's own routes of results: looking through them, packing them, keeping them."""

from typing import cast

from kaiga.http.operations.archives import MOST_FILES
from kaiga.http.operations.description.parts import (
    TEXT,
    TIME,
    Schema,
    answer_with,
    count_up_to,
    header,
    in_path,
    json_response,
    list_of,
    operation,
    or_null,
    query,
    refer,
    response,
)
from kaiga.http.operations.results import KINDS, LARGEST_PAGE, USUAL_PAGE
from kaiga.ports.thumbnail_maker import THUMBNAIL_TYPE

_TAG = "Kaiga: results"
_FILE: Schema = {"type": "string", "contentMediaType": "application/octet-stream"}
_TASK = "/kaiga/v1/tasks/{task_id}"


def describe_results() -> Schema:
    """Describe `/kaiga/v1/results`, and what of `/kaiga/v1/tasks` is about results."""
    return {
        "/kaiga/v1/results": {"get": _describe_list()},
        "/kaiga/v1/results.zip": {"get": _describe_archive()},
        f"{_TASK}/thumbnails/{{number}}": {
            "parameters": [in_path("task_id"), in_path("number")],
            "get": _describe_thumbnail(),
        },
        f"{_TASK}/keep": {"parameters": [in_path("task_id")], "post": _describe_keeping()},
    }


def _describe_list() -> Schema:
    page: dict[str, Schema] = {
        "keep_days": {"type": "integer", "description": "For how long keeping is offered, or 0"},
        "results": list_of(refer("ShownResult")),
        "next_before": or_null(TEXT),
    }
    models: Schema = {**list_of(TEXT), "description": "All that may be asked for; of a first page"}
    return operation(
        "list_results",
        _TAG,
        "List what the account has made and still has, newest first",
        json_response(answer_with(page, {"models": models})),
        parameters=[
            query("limit", count_up_to(LARGEST_PAGE, USUAL_PAGE), "So many tasks"),
            query("before", meaning="The id of a task: what was submitted earlier; next_before"),
            query("model"),
            query("kind", {"enum": list(KINDS)}),
        ],
    )


def _describe_archive() -> Schema:
    return operation(
        "pack_results",
        _TAG,
        "Have results sent as one zip file",
        response("What is there of them", {"application/zip": {"schema": _FILE}}),
        parameters=[
            query(
                "files",
                meaning=f"TASK_ID-NUMBER, up to {MOST_FILES} with commas between; numbers from 1",
                required=True,
            )
        ],
        description="What has expired is left out; where nothing is left, that is 404",
    )


def _describe_thumbnail() -> Schema:
    described = operation(
        "show_thumbnail",
        _TAG,
        "Show a small picture of a result",
        response(
            "The picture",
            {THUMBNAIL_TYPE: {"schema": _FILE}},
            {"ETag": "Another for other content"},
        ),
        parameters=[header("If-None-Match", meaning="The ETag of a picture that is there already")],
    )
    unchanged = response("It is the one that is there already", {})
    return described | {"responses": {**cast("Schema", described["responses"]), "304": unchanged}}


def _describe_keeping() -> Schema:
    kept: dict[str, Schema] = {"task_id": TEXT, "expires_at": TIME}
    return operation(
        "keep_task",
        _TAG,
        "Have an ended task and its results kept for as long as the setting KAIGA_KEEP_DAYS allows",
        json_response(answer_with(kept)),
        description="Where nothing is kept for longer, that is 403; an unfinished task is 400",
    )
