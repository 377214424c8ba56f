"""Each model's calls that end without a result: unbilled, and different from model to model."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from kaiga.cli.conformance.checking import (
    Check,
    Finding,
    Perform,
    Refusal,
    Verdict,
    check_refusal,
    judge,
)
from kaiga.cli.conformance.patterns import TIME, Maybe, find_differences
from kaiga.cli.conformance.target import Answer, Request, Target
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.domain.validation import Faults, OrderRules

ASYNC = {"X-DashScope-Async": "enable"}
HEADER, PLACE, MISSING = "mode", "path", "missing"
"""The three checks of a model, by the names that the parity page has for them."""

_NOT_SYNC = Refusal(
    status=403,
    code="AccessDenied",
    message="current user api does not support synchronous calls.",
)
_NOT_ASYNC = Refusal(
    status=403,
    code="AccessDenied",
    message="current user api does not support asynchronous calls.",
)
_NOT_HERE = Refusal(
    status=400,
    code="InvalidParameter",
    message="url error, please check url！",
)
_EMPTY: Mapping[str, Mapping[str, object]] = {"input": {}, "parameters": {}}
_CODE = "InvalidParameter"
_END_SECONDS = 60.0
_PAUSE_SECONDS = 0.05
_PAUSE_GROWTH = 1.5
_LONGEST_PAUSE_SECONDS = 3.0
_PLACES = ("aigc/text2image/image-synthesis", "aigc/video-generation/video-synthesis")


def list_checks(model: Model) -> Iterator[Check]:
    """Give the checks of one model."""
    yield from _list_modes(model)
    place = next(each for each in _PLACES if not model.list_endpoints(each))
    request = _order(place, model, {}, ASYNC)
    yield check_refusal(
        f"{PLACE}: at another model's path", "core 5.3", request, _NOT_HERE, subject=model.name
    )
    yield _check_missing(model)


def _list_modes(model: Model) -> Iterator[Check]:
    for operation in {each.operation: None for each in model.endpoints}:
        modes = {each.mode for each in model.list_endpoints(operation)}
        if modes == {"async"}:
            what, headers, refusal = "without the header, at", {}, _NOT_SYNC
        elif modes == {"sync"}:
            what, headers, refusal = "with the header, at", ASYNC, _NOT_ASYNC
        else:
            continue
        yield check_refusal(
            f"{HEADER}: {what} {operation}",
            "core 1.3",
            _order(operation, model, {}, headers),
            refusal,
            subject=model.name,
        )


def _order(
    operation: str, model: Model, request: Mapping[str, object], headers: Mapping[str, str]
) -> Request:
    body: Mapping[str, object] = {"model": model.name, **_EMPTY, **request}
    return Request(method="POST", path=f"services/{operation}", headers=headers, body=body)


def _check_missing(model: Model) -> Check:
    """An order without something that the model needs fails, and is not billed."""
    endpoint = model.endpoints[0]
    source = "image 5, 13" if model.product == "image" else "video 17"
    broken = _find_broken_order(model, endpoint)
    return Check(
        name=f"{MISSING}: an order without what is needed",
        source=source,
        subject=model.name,
        perform=_skip if broken is None else _perform_missing(model, endpoint, *broken),
    )


def _skip(check: Check, target: Target) -> Sequence[Finding]:
    del target
    seen = "not sent: nothing is known to be needed, so an order might be billed"
    return [check.find("a refusal", seen, Verdict.SKIPPED)]


def _find_broken_order(model: Model, endpoint: Endpoint) -> tuple[Mapping[str, object], str] | None:
    """Give an order without its first required member, and what is told of it."""
    rules = OrderRules(model, endpoint)
    minimal = model.minimal_request_at(endpoint)
    for name, field in model.input_at(endpoint).items():
        if field.required or name == "messages":
            members = cast("Mapping[str, object]", minimal.get("input", {}))
            kept = {key: _without_media(members[key]) for key in members if key != name}
            order: Mapping[str, object] = {**minimal, "input": kept}
            break
    else:
        order = _EMPTY
    checked = rules.check(order.get("input"), order.get("parameters"), 1)
    return (order, checked.message) if isinstance(checked, Faults) else None


def _without_media(value: object) -> object:
    """Put an address in the place of files: nothing is fetched for an order that is refused."""
    match value:
        case str() if value.startswith("media:"):
            return "https://example.com/file"
        case dict():
            members = cast("Mapping[str, object]", value)
            return {name: _without_media(member) for name, member in members.items()}
        case list() | tuple():
            return [_without_media(item) for item in cast("Sequence[object]", value)]
        case _:
            return value


def _perform_missing(
    model: Model, endpoint: Endpoint, order: Mapping[str, object], message: str
) -> Perform:
    is_async = endpoint.mode == "async"
    request = _order(endpoint.operation, model, order, ASYNC if is_async else {})
    where = "a FAILED task" if is_async else "400"
    expected = f"{where}, {_CODE}: {message}"

    def perform(check: Check, target: Target) -> Sequence[Finding]:
        answer = target.send(request)
        if is_async and answer.is_ok:
            answer = wait_for_end(target, answer)
            differences = list(find_differences(_FAILED, answer.members))
            code, told = answer.output.get("code"), answer.output.get("message")
        else:
            differences = ["no task"] if is_async else []
            code, told = answer.members.get("code"), answer.members.get("message")
        if differences or code != _CODE:
            seen = "; ".join([f"{answer.status} {code}: {told}", *differences])
            return [check.find(expected, seen, judge(answer, is_met=False))]
        # The code is the contract's; the words of many faults had to be chosen.
        is_same = told == message
        verdict = Verdict.EXACT if is_same else Verdict.UNKNOWN
        return [check.find(expected, "so" if is_same else f"other words: {told}", verdict)]

    return perform


_FAILED = {
    "request_id": str,
    "output": {
        "task_id": str,
        "task_status": "FAILED",
        "submit_time": Maybe(TIME),
        "scheduled_time": Maybe(TIME),
        "end_time": Maybe(TIME),
        "start_time": Maybe(str),
        "task_metrics": Maybe(dict),
        "code": str,
        "message": str,
    },
}


def wait_for_end(target: Target, created: Answer, timeout_seconds: float = _END_SECONDS) -> Answer:
    """Query a task until it has ended, or the time is over; gives the last answer."""
    task_id = created.output.get("task_id")
    deadline, pause_seconds = time.monotonic() + timeout_seconds, _PAUSE_SECONDS
    while True:
        answer = target.send(Request(path=f"tasks/{task_id}"))
        is_waiting = answer.output.get("task_status") in {"PENDING", "RUNNING"}
        if not (is_waiting or answer.is_throttled) or time.monotonic() > deadline:
            return answer
        time.sleep(pause_seconds)
        pause_seconds = min(_LONGEST_PAUSE_SECONDS, pause_seconds * _PAUSE_GROWTH)
