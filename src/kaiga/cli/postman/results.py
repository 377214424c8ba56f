"""Requests for the results of the first picture's task."""

from dataclasses import replace

from kaiga.cli.postman import texts
from kaiga.cli.postman.asking import get, post
from kaiga.cli.postman.items import Entry, Saved
from kaiga.http.operations.description import own_examples
from kaiga.ports.thumbnail_maker import THUMBNAIL_TYPE

_RESULTS = "kaiga/v1/results"
_TASK = "kaiga/v1/tasks/{{taskId}}"


def list_results() -> list[Entry]:
    """List them; they need that task to have ended."""
    kept = post("Have it kept for longer", f"{_TASK}/keep", own_examples.KEPT)
    return [
        get("List what was made", _RESULTS, own_examples.RESULTS, {"limit": "10"}),
        get("Show it small", f"{_TASK}/thumbnails/1", Saved(body="", kind=THUMBNAIL_TYPE)),
        get(
            "Have it packed",
            f"{_RESULTS}.zip",
            Saved(body="", kind="application/zip"),
            {"files": "{{taskId}}-1"},
        ),
        replace(kept, after=texts.KEEP_TESTS),
    ]
