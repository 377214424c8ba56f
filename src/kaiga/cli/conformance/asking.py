"""Queries, lists and cancellations of tasks that are not there: nothing is made or changed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

from kaiga.cli.conformance.checking import (
    Certainty,
    Check,
    Finding,
    Refusal,
    check_refusal,
    judge,
)
from kaiga.cli.conformance.patterns import Items, Maybe, find_differences
from kaiga.cli.conformance.target import Answer, Request, Target

_UNKNOWN_IDS = {
    "of version 4": "3f6f1c0e-7b5d-4a57-9a0e-0d2a6a7d9c11",
    "of version 7": "01890000-0000-7000-8000-000000000000",
    "that is no UUID": "1111",
    "with a slash at its end": "3f6f1c0e-7b5d-4a57-9a0e-0d2a6a7d9c12/",
}
_NO_TASK = "3f6f1c0e-7b5d-4a57-9a0e-0d2a6a7d9c13"
_LONG_AGO = "20200101000000"
_NOT_CANCELED = Refusal(
    status=400,
    code="UnsupportedOperation",
    message="Failed to cancel the task, please confirm if the task is in PENDING status.",
)
_NO_KEY = Refusal(status=401, code="InvalidApiKey", message="No API-key provided.")
_INVALID = Refusal(status=400, code="InvalidParameter", message="")
_STATES = ("PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN")
_BEIJING = timezone(timedelta(hours=8))
_ROW = {
    "task_id": str,
    "status": str,
    "request_id": str,
    "region": str,
    "api_key_id": str,
    "caller_uid": str,
    "caller_parent_id": str,
    "gmt_create": int,
    "start_time": Maybe(int),
    "end_time": Maybe(int),
    "user_api_unique_key": str,
    "model_name": str,
}
_PAGE: Mapping[str, object] = {
    "total": int,
    "total_page": int,
    "page_no": int,
    "page_size": int,
    "request_id": str,
    "data": Items(_ROW),
}


def list_checks() -> Iterator[Check]:
    """Give the checks of questions about tasks."""
    for what, task_id in _UNKNOWN_IDS.items():
        yield _check_unknown(f"a query of an unknown id {what}", task_id)
    headers = {"X-DashScope-Async": "enable", "X-DashScope-SSE": "disable"}
    yield _check_unknown("a query with headers that are for orders", _NO_TASK, headers)
    yield check_refusal(
        "a query without a key", "core 5.2", Request(path=f"tasks/{_NO_TASK}", key="none"), _NO_KEY
    )
    yield from _list_lists()
    yield from _list_refused_lists()
    yield from _list_cancellations()


def _check_unknown(name: str, task_id: str, headers: Mapping[str, str] | None = None) -> Check:
    request = Request(path=f"tasks/{task_id}", headers=headers or {})
    output = {"task_id": task_id.rstrip("/"), "task_status": "UNKNOWN"}

    def perform(check: Check, target: Target) -> Sequence[Finding]:
        answer = target.send(request)
        differences = list(find_differences({"request_id": str, "output": output}, answer.members))
        is_met = answer.is_ok and not differences
        seen = "so" if is_met else "; ".join([answer.show(), *differences])
        return [check.find("200 UNKNOWN, the id echoed", seen, judge(answer, is_met))]

    return Check(name=name, source="core 2.2, 2.5", perform=perform)


def _list_lists() -> Iterator[Check]:
    yield _check_list("a list", {})
    yield _check_list("a list by a path with a slash", {}, path="tasks/")
    yield _check_list("a list of one row a page", {"page_no": 1, "page_size": 1}, rows=1)
    yield _check_list("a list by an unknown task_id", {"task_id": _NO_TASK}, rows=0)
    yield _check_list("a list by an unknown model_name", {"model_name": "no-such"}, rows=0)
    yield _check_list(
        "a list by an unknown api_key_id", {"api_key_id": "0"}, rows=0, certainty="inferred"
    )
    yield _check_list(
        "a list by an unknown region", {"region": "nowhere"}, rows=0, certainty="inferred"
    )
    for status in _STATES:
        yield _check_list(f"a list by status {status}", {"status": status}, status=status)
    yield _check_list("a list from a time on", {"start_time": _LONG_AGO}, rows=0)
    yield _check_list("a list up to a time", {"end_time": _LONG_AGO}, rows=0)
    span = {"start_time": _LONG_AGO, "end_time": "20200102000000"}
    yield _check_list("a list of a span of 24 hours", span, rows=0)
    yield Check(name="a list of the last hour", source="core 3.1", perform=_check_last_hour)


def _list_refused_lists() -> Iterator[Check]:
    for what, query in (
        ("of a longer span", {"start_time": _LONG_AGO, "end_time": "20200102000001"}),
        ("by page 0", {"page_no": 0}),
        ("by a status that is none", {"status": "DONE"}),
    ):
        yield check_refusal(
            f"a list {what}",
            "core 3.1, 13",
            Request(path=f"tasks/?{urlencode(query)}"),
            _INVALID,
            certainty="inferred",
        )
    request = Request(path="tasks", key="none")
    yield check_refusal("a list without a key", "core 5.2", request, _NO_KEY)


def _list_cancellations() -> Iterator[Check]:
    for what, suffix, body in (("", "", None), (" with a slash and a body", "/", b"{}")):
        request = Request(method="POST", path=f"tasks/{_NO_TASK}/cancel{suffix}", raw_body=body)
        yield check_refusal(
            f"cancelling an unknown task{what}",
            "core 3.2",
            request,
            _NOT_CANCELED,
            certainty="inferred",
        )
    without_key = Request(method="POST", path=f"tasks/{_NO_TASK}/cancel", key="none")
    yield check_refusal("cancelling without a key", "core 5.2", without_key, _NO_KEY)


def _check_list(
    name: str,
    query: Mapping[str, Any],
    *,
    path: str = "tasks",
    rows: int | None = None,
    status: str | None = None,
    certainty: Certainty = "certain",
) -> Check:
    request = Request(path=f"{path}?{urlencode(query)}" if query else path)
    expected = "200, a page" if rows is None else f"200, a page of at most {rows} rows"

    def perform(check: Check, target: Target) -> Sequence[Finding]:
        answer = target.send(request)
        differences = list(_compare_page(answer, query, rows, status))
        seen = "; ".join(differences) or "so"
        return [check.find(expected, seen, judge(answer, not differences, certainty))]

    return Check(name=name, source="core 3.1", perform=perform)


def _compare_page(
    answer: Answer, query: Mapping[str, Any], rows: int | None, status: str | None
) -> Iterator[str]:
    if not answer.is_ok:
        yield answer.show()
        return
    # `tasks` may be there for the SDK's new client, which reads it (core 3.1).
    yield from find_differences({**_PAGE, "tasks": Maybe(list)}, answer.members)
    data = answer.members.get("data", [])
    if rows is not None and len(data) > rows:
        yield f"{len(data)} rows"
    if status is not None and any(row.get("status") != status for row in data):
        yield "rows of other states"
    for name in ("page_no", "page_size"):
        if name in query and answer.members.get(name) != query[name]:
            yield f"{name} is not the one asked for"


def _check_last_hour(check: Check, target: Target) -> Sequence[Finding]:
    now = datetime.now(UTC).astimezone(_BEIJING)
    form = "%Y%m%d%H%M%S"
    query = {
        "start_time": (now - timedelta(hours=1)).strftime(form),
        "end_time": now.strftime(form),
    }
    answer = target.send(Request(path=f"tasks?{urlencode(query)}"))
    differences = list(_compare_page(answer, {}, None, None))
    created = [row.get("gmt_create", 0) for row in answer.members.get("data", [])]
    if created != sorted(created, reverse=True):
        differences.append("not newest first")
    return [
        check.find(
            "200, a page, newest first",
            "; ".join(differences) or "so",
            judge(answer, not differences, "inferred"),
        )
    ]
