"""docs/reference/routes.md: every route, who may call it, and what it does."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec

from kaiga.catalogue import read_catalogue
from kaiga.cli.markdown import make_table
from kaiga.http.operations.description.document import make_openapi

_INTRODUCTION = """\
# Routes

Every route, as `/openapi.json` describes it; the page `/docs` of a server shows parameters, bodies and answers, and can send each.
This page is made by `make reference` from the code.

*Key* is a key of Kaiga, or the [session](../security.md#sessions-of-the-console) of somebody who has signed in to the console.
What is below `/api/v1` is the API of Model Studio; everything else is Kaiga's own.
An emulator has more, which [emulator.md](../emulator.md) tells.
"""  # noqa: E501  a line of the page is a sentence
_ANYONE, _MACHINE, _KEY = "anyone", "this machine, or a key", "key"

_Operation = Mapping[str, Any]


def make_routes_page() -> str:
    """Make the whole page."""
    # What a client would read, so that nothing here depends on how it is put together.
    described = msgspec.to_builtins(make_openapi(read_catalogue(), ""))
    operations = list(_list_operations(described["paths"]))
    lines = [_INTRODUCTION]
    for tag in described["tags"]:
        rows = [row for tags, row in operations if tag["name"] in tags]
        lines += [f"## {tag['name']}\n", f"{tag['description']}.\n"]
        lines += make_table(("route", "who", "does", "query"), rows)
    return "\n".join(lines).rstrip() + "\n"


def _list_operations(
    paths: Mapping[str, Mapping[str, Any]],
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Give the tags of each operation, and its row."""
    for path, item in paths.items():
        for method, member in item.items():
            if method != "parameters":
                operation = cast("_Operation", member)
                yield operation["tags"], _make_row(f"`{method.upper()} {path}`", operation)


def _make_row(route: str, operation: _Operation) -> Sequence[str]:
    told = [operation["summary"], operation.get("description", "")]
    asked = [f"`{each['name']}`" for each in operation["parameters"] if each["in"] == "query"]
    return route, _tell_who(operation), ". ".join(filter(None, told)), ", ".join(asked)


def _tell_who(operation: _Operation) -> str:
    security = operation.get("security")
    if security is None:
        return _KEY
    if not security:
        return _ANYONE
    return _MACHINE if {} in security else _KEY
