"""Sends recorded orders again, and holds the answers against what was recorded.

Only shapes are compared: status, members, types, codes and states. Values differ by their nature.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, cast

from kaiga.cli.conformance.checking import Check, Finding, Verdict, judge
from kaiga.cli.conformance.patterns import Anything, Items, Maybe, find_differences
from kaiga.cli.conformance.refused_models import wait_for_end
from kaiga.cli.conformance.target import Answer, Request, Shown, Target
from kaiga.http.dashscope.routes import PREFIX
from kaiga.recording.addresses import NOWHERE
from kaiga.recording.exchanges import Exchange, FileBody, JsonBody, Question
from kaiga.recording.folder import Recordings
from kaiga.recording.matching import identify
from kaiga.recording.questions import KEY_TAKEN, NO_KEY
from kaiga.recording.scrubbing import SCRUBBED, STAND_IN
from kaiga.recording.writing import write_json

_ORDERS = f"{PREFIX}services/"
_TOLD = frozenset({"code", "task_status"})
"""Members whose values count, since clients act on them."""
_ENDED = frozenset({"SUCCEEDED", "FAILED"})
"""How orders end by themselves."""


def list_checks(recordings: Recordings) -> Iterator[Check]:
    """Give a check for each different order; its source is the name of the folder."""
    ends = dict(_find_ends(recordings.exchanges))
    seen: set[tuple[str, str]] = set()
    for exchange in recordings.exchanges:
        asked = exchange.request
        identity = (identify(asked), asked.key)
        if asked.method == "POST" and asked.path.startswith(_ORDERS) and identity not in seen:
            seen.add(identity)
            end = ends.get(_read_output(exchange).get("task_id", ""))
            yield _make_check(recordings, exchange, end)


def make_pattern(value: object, name: str = "") -> object:
    """Make the pattern of a recorded value, in the language of `patterns`."""
    match value:
        case dict():
            members = cast("dict[str, object]", value)
            return {each: make_pattern(inner, each) for each, inner in members.items()}
        case list():
            items = [make_pattern(each, name) for each in cast("list[object]", value)]
            return Items(reduce(_merge, items) if items else Anything)
        case str() if name in _TOLD:
            return value
        case None:
            return None
        case _:
            return type(value)


def _merge(one: object, other: object) -> object:
    """Make the pattern that both fit; a member that one of them lacks may be missing."""
    if isinstance(one, Maybe) or isinstance(other, Maybe):
        return Maybe(_merge(_insist(one), _insist(other)))
    if isinstance(one, dict) and isinstance(other, dict):
        return _merge_members(
            cast("Mapping[str, object]", one), cast("Mapping[str, object]", other)
        )
    return Anything if one != other else cast("object", one)


def _merge_members(one: Mapping[str, object], other: Mapping[str, object]) -> Mapping[str, object]:
    both = one.keys() & other.keys()
    return {
        name: _merge(one[name], other[name]) if name in both else Maybe(_insist(pattern))
        for name, pattern in {**one, **other}.items()
    }


def _insist(pattern: object) -> object:
    return pattern.pattern if isinstance(pattern, Maybe) else pattern


def _make_check(recordings: Recordings, exchange: Exchange, end: Exchange | None) -> Check:
    def perform(check: Check, target: Target) -> Sequence[Finding]:
        if not _can_be_sent_again(exchange.request):
            seen = "the order names a file or a result of its own day"
            return [check.find("", seen, Verdict.SKIPPED)]
        answer = target.send(_make_request(recordings, exchange.request))
        findings = [_compare(check, exchange, answer)]
        if end is not None and answer.output.get("task_id"):
            findings.append(_compare(check, end, wait_for_end(target, answer), "the end"))
        return findings

    return Check(
        name=exchange.name,
        source=recordings.folder.name,
        perform=perform,
        subject=_find_model(exchange.request),
    )


def _compare(check: Check, exchange: Exchange, answer: Answer, aspect: str = "") -> Finding:
    recorded = exchange.answer
    differences: list[str] = []
    if answer.status != recorded.status:
        differences.append(f"the status is {answer.status} and not {recorded.status}")
    if isinstance(recorded.body, JsonBody):
        differences += find_differences(make_pattern(recorded.body.value), answer.members)
    return check.find(
        f"{recorded.status} as in {exchange.name}",
        "; ".join(differences) or "so",
        judge(answer, not differences),
        aspect,
    )


def _make_request(recordings: Recordings, asked: Question) -> Request:
    shown: dict[str, Shown] = {KEY_TAKEN: "own", NO_KEY: "none"}
    content: bytes | None = None
    match asked.body:
        case JsonBody() as body:
            content = write_json(body)
        case FileBody(file=file):
            content = recordings.read_file(file)
        case _:
            pass
    return Request(
        path=asked.path.removeprefix(PREFIX),
        method=asked.method,
        headers=asked.headers,
        raw_body=content,
        key=shown.get(asked.key, "wrong"),
    )


def _can_be_sent_again(asked: Question) -> bool:
    if not isinstance(asked.body, JsonBody):
        return True
    text = write_json(asked.body).decode("utf-8", "replace")
    return NOWHERE not in text and f"={SCRUBBED}" not in text and not STAND_IN.search(text)


def _find_ends(exchanges: Sequence[Exchange]) -> Iterator[tuple[str, Exchange]]:
    """Give the last recorded query of each task that ended by itself."""
    for exchange in exchanges:
        output = _read_output(exchange)
        if exchange.request.method == "GET" and output.get("task_status") in _ENDED:
            yield output["task_id"], exchange


def _read_output(exchange: Exchange) -> Mapping[str, Any]:
    output = _read_members(exchange.answer.body).get("output")
    return cast("Mapping[str, Any]", output) if isinstance(output, dict) else {}


def _find_model(asked: Question) -> str:
    return str(_read_members(asked.body).get("model", ""))


def _read_members(body: object) -> Mapping[str, Any]:
    value: object = body.value if isinstance(body, JsonBody) else None
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
