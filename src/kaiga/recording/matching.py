"""Which recordings answer a question, and how the nearest one differs where none does."""

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, cast

import msgspec

from kaiga.recording.addresses import LINKS
from kaiga.recording.exchanges import (
    Exchange,
    FileBody,
    FormBody,
    JsonBody,
    NoBody,
    Question,
    TextBody,
)
from kaiga.recording.questions import KEY_TAKEN, NO_KEY

_MOST_LOOKED_AT = 2000
_LEAST_LIKENESS = 0.6
"""Of two paths, as `difflib` measures it: two tasks' are alike, two operations' are not."""
_LONGEST_SHOWN = 80
_MISSING = "(missing)"


class Difference(msgspec.Struct, frozen=True):
    """One part of a request that is not as it was recorded, both as text."""

    member: str
    asked: str
    recorded: str

    def __str__(self) -> str:
        """Write it into a sentence."""
        return f"{self.member} (asked {self.asked}, recorded {self.recorded})"


class Nearest(msgspec.Struct, frozen=True):
    """The recording that differs least from a question."""

    name: str
    differences: Sequence[Difference]


class RecordingBook:
    """Finds exchanges by what was asked."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._exchanges = exchanges
        self._found: dict[str, list[Exchange]] = {}
        for exchange in exchanges:
            self._found.setdefault(identify(exchange.request), []).append(exchange)

    def find(self, question: Question, refused_key: str) -> Sequence[Exchange]:
        """Give the exchanges that answer a question, in the order of their recording.

        Which key is shown matters only where it was recorded as refused, as `refused_key` has it,
        or where none was shown: a key that was taken is not known here.
        """
        found = self._found.get(identify(question), ())
        wanted = [refused_key, KEY_TAKEN] if question.key != NO_KEY else [NO_KEY]
        for key in wanted:
            chosen = [each for each in found if each.request.key == key]
            if chosen:
                return chosen
        return ()

    def find_nearest(self, question: Question) -> Nearest | None:
        """Give the recording of the same method that differs least; None where none is alike."""
        alike = [
            (likeness, exchange)
            for exchange in self._exchanges[:_MOST_LOOKED_AT]
            if exchange.request.method == question.method
            and (likeness := _compare_paths(question, exchange.request)) >= _LEAST_LIKENESS
        ]
        if not alike:
            return None
        closest = max(likeness for likeness, _ in alike)
        nearest = [
            Nearest(each.name, list(find_differences(question, each.request)))
            for likeness, each in alike
            if likeness == closest
        ]
        return min(nearest, key=lambda each: len(each.differences))


def identify(question: Question) -> str:
    """Give a text that is the same for questions that are the same but for their keys.

    The order of JSON members and of the query doesn't count, nor does a slash at the path's end.
    A link is known by its path alone, since its query was signed anew each time.
    """
    told = _list_parts(question)
    return json.dumps([question.method, told], sort_keys=True)


def find_differences(asked: Question, recorded: Question) -> Iterator[Difference]:
    """Tell every part in which a question is not as it was recorded."""
    here, there = (dict(_flatten(_list_parts(each))) for each in (asked, recorded))
    for member in dict.fromkeys([*here, *there]):
        if here.get(member, _MISSING) != there.get(member, _MISSING):
            yield Difference(
                member, _show(here.get(member, _MISSING)), _show(there.get(member, _MISSING))
            )
    if asked.key != recorded.key:
        yield Difference("key", asked.key, recorded.key)


def _list_parts(question: Question) -> Mapping[str, object]:
    is_link = question.path.startswith(LINKS)
    return {
        "path": question.path.rstrip("/"),
        "query": [] if is_link else sorted(map(list, question.query)),
        "headers": question.headers,
        "body": _tell_body(question),
    }


def _tell_body(question: Question) -> object:
    match question.body:
        case JsonBody(value=value):
            return value
        case TextBody(lines=lines):
            return lines
        case FileBody(sha256=sha256):
            return {"sha256": sha256}
        case FormBody(fields=fields, sha256=sha256):
            return {"fields": fields, "sha256": sha256}
        case NoBody():
            return None


def _flatten(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict) and value:
        for name, inner in cast("dict[str, object]", value).items():
            yield from _flatten(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for position, inner in enumerate(cast("list[object]", value)):
            yield from _flatten(inner, f"{path}[{position}]")
    else:
        yield path, value


def _compare_paths(asked: Question, recorded: Question) -> float:
    here, there = asked.path.rstrip("/"), recorded.path.rstrip("/")
    if here == there:
        return 1.0
    return SequenceMatcher(None, here, there, autojunk=False).ratio() / 2 + 0.5 * (
        here.count("/") == there.count("/")
    )


def _show(value: Any) -> str:
    text = value if value is _MISSING else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
