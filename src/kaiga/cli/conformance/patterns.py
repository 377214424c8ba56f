"""Patterns of JSON values, and how a value differs from one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Text:
    """A string that matches an expression; `meaning` is what is told of it."""

    expression: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Maybe:
    """A member that may be missing."""

    pattern: object


@dataclass(frozen=True, slots=True)
class Open:
    """Members that must be there; others may be."""

    members: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Items:
    """A list of at least `least` items, all of one pattern."""

    pattern: object
    least: int = 0


class Number:
    """Any number that is no switch."""


class Anything:
    """Any value, null included."""


TIME = Text(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", "a time such as 2026-11-22 10:00:00.120")
LINK = Text(r"https?://\S+", "an address")
_LONGEST_SHOWN = 80
_NAMES = {str: "text", int: "a whole number", bool: "a switch", float: "a number"}


def find_differences(pattern: object, value: object, path: str = "") -> Iterator[str]:
    """Tell each place where a value is not as the pattern has it.

    A pattern is a type, a literal, a mapping of exactly the members that there are, a tuple of
    literals of which one must be there, or one of the classes of this module.
    """
    match pattern:
        case Items():
            yield from _compare_list(pattern, value, path)
        case Open():
            yield from _compare_members(pattern.members, value, path, is_open=True)
        case dict():
            members = cast("Mapping[str, object]", pattern)
            yield from _compare_members(members, value, path, is_open=False)
        case _ if not _fits(pattern, value):
            yield f"{path or 'it'} is {_show(value)} and not {_describe(pattern)}"
        case _:
            return


def _fits(pattern: object, value: object) -> bool:
    match pattern:
        case Text():
            return isinstance(value, str) and bool(re.fullmatch(pattern.expression, value))
        case tuple():
            return value in cast("tuple[object, ...]", pattern)
        case type():
            if pattern is Anything:
                return True
            if isinstance(value, bool):
                return pattern is bool
            wanted: Any = (int, float) if pattern in {Number, float} else pattern
            return isinstance(value, wanted)
        case _:
            return value == pattern


def _compare_list(pattern: Items, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path} is {_show(value)} and not a list"
        return
    items = cast("list[object]", value)
    if len(items) < pattern.least:
        yield f"{path} has {len(items)} items and not {pattern.least} or more"
    for number, item in enumerate(items):
        yield from find_differences(pattern.pattern, item, f"{path}[{number}]")


def _compare_members(
    members: Mapping[str, object], value: object, path: str, *, is_open: bool
) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path or 'it'} is {_show(value)} and not an object"
        return
    told = cast("Mapping[str, object]", value)
    for name, pattern in members.items():
        inner = f"{path}.{name}" if path else name
        if name in told:
            wanted = pattern.pattern if isinstance(pattern, Maybe) else pattern
            yield from find_differences(wanted, told[name], inner)
        elif not isinstance(pattern, Maybe):
            yield f"{inner} is missing"
    if not is_open:
        for name in told:
            if name not in members:
                yield f"{path}.{name} is there besides" if path else f"{name} is there besides"


def _describe(pattern: object) -> str:
    match pattern:
        case Text():
            return pattern.meaning
        case tuple():
            return " or ".join(_show(each) for each in cast("tuple[object, ...]", pattern))
        case type():
            return _NAMES.get(pattern, "a number")
        case _:
            return _show(pattern)


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
