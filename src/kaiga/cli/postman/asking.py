"""Requests for Kaiga's own operations, in few words."""

import json
from collections.abc import Mapping
from dataclasses import replace

from kaiga.cli.postman import texts
from kaiga.cli.postman.items import Entry, Saved
from kaiga.http.operations.description import examples


def get(name: str, path: str, answer: object, query: Mapping[str, str] | None = None) -> Entry:
    """Make a request that reads."""
    return send("GET", name, path, answer, query=query)


def post(name: str, path: str, answer: object, body: Mapping[str, object] | None = None) -> Entry:
    """Make a request that does something."""
    return send("POST", name, path, answer, body)


def delete(name: str, path: str, query: Mapping[str, str] | None = None) -> Entry:
    """Make a request that takes something away."""
    return send("DELETE", name, path, examples.DONE, query=query)


def send(
    method: str,
    name: str,
    path: str,
    answer: object,
    body: Mapping[str, object] | None = None,
    query: Mapping[str, str] | None = None,
) -> Entry:
    """Make a request below Kaiga's own address; `answer` is kept beside it."""
    return Entry(
        name=name,
        method=method,
        path=f"{{{{kaigaUrl}}}}/{path}",
        query=query or {},
        body=json.dumps(body, indent=2) if body else "",
        after=texts.GOOD_TESTS,
        saved=answer if isinstance(answer, Saved) else Saved(body=answer),
    )


def note(entry: Entry, name: str, member: str) -> Entry:
    """Have a member of the answer remembered as a variable."""
    tests = texts.NOTE_TESTS % {"name": name, "member": member}
    return replace(entry, after=texts.REMEMBER + tests)
