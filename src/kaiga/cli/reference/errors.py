"""docs/reference/errors.md: every code that a caller can meet, when, and what to do.

Codes, statuses and messages are the code's; what to do about them is in `remedies.toml`.
"""

import inspect
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from itertools import groupby
from operator import attrgetter

import msgspec

from kaiga.cli.markdown import make_table
from kaiga.domain.errors import KaigaError, OrderRefused, RewriteFailed, TaskFailed
from kaiga.domain.lifetimes import RAN_TOO_LONG, WAITED_TOO_LONG_IN_QUEUE, failure_after
from kaiga.domain.media_formats import MediaKind
from kaiga.domain.media_wordings import FaultStyle, MediaProblem, find_wording
from kaiga.domain.tasks import AttemptCause, Failure
from kaiga.http.errors import is_told, status_of
from kaiga.service.running.check_content import INPUT_REFUSED, UNCHECKED
from kaiga.service.running.run_task import MODEL_GONE

_INTRODUCTION = """\
# Errors

Every code that a call, a task, a link or an upload can end with, in the order of the alphabet.
This page is made by `make reference` from the code.
[troubleshooting.md](../troubleshooting.md) begins from what is seen instead.

A call that is refused is answered with a status and `{"code": ..., "message": ..., "request_id": ...}`.
A task that failed answers its query with 200, and holds `code` and `message` in `output`; of several results, each that failed holds its own.
A synchronous call gives the code of its failed task, with 400, or with 500 where the fault is the service's.
Links and uploads answer in XML, as object storage does, with the same `Code` and `Message`.

*Where* is the status, or `task` where it shows in the task.
A word in capitals stands for a value; of a message that is not shown, the words tell what is wrong and what is allowed.
Answers with 429 and 503 have `Retry-After`.
"""  # noqa: E501  a line of the page is a sentence
_SECTION = r"\d+(?:\.\d+)*"
_SOURCE = re.compile(
    r"\s*\([^()]*core\.md[^()]*\)"
    rf"|[;,]? ?contract/[\w-]+\.md(?:, {_SECTION}(?: (?:and|to) {_SECTION})?)*"
)
"""What docstrings say of the project's notes, which the reader does not have."""
_TASK = "task"
_MEDIA_MESSAGE = "[media-inputs.md](../media-inputs.md#what-is-said-of-a-bad-input) has the texts"


class _Remedy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    when: str
    then: str


class _Remedies(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    errors: Mapping[str, str]
    """By class: what to do; a class that is not here has the words of its nearest base."""
    failures: Mapping[str, _Remedy]
    """By a name of `_FAILURES`."""
    media: Mapping[MediaProblem, _Remedy]
    engines: Mapping[str, _Remedy]
    """By code: what engines say of an input."""


class _Row(msgspec.Struct, frozen=True):
    code: str
    where: str
    when: str
    message: str
    then: str


_FAILURES: Mapping[str, Failure] = {
    **{cause.value: failure_after(cause) for cause in AttemptCause},
    "ran_too_long": RAN_TOO_LONG,
    "waited_too_long": WAITED_TOO_LONG_IN_QUEUE,
    "model_gone": MODEL_GONE,
    "content_refused": INPUT_REFUSED,
    "content_unchecked": UNCHECKED,
    "rewrite_failed": Failure(code=RewriteFailed.code, message=RewriteFailed.message),
    "order_refused": Failure(code=OrderRefused.code, message=""),
}


def make_errors_page() -> str:
    """Make the whole page."""
    lines = [_INTRODUCTION]
    rows = sorted(_list_rows(_read_remedies()), key=attrgetter("code", "where"))
    for code, same in groupby(rows, key=attrgetter("code")):
        lines.append(f"## `{code}`\n")
        lines += make_table(
            ("where", "when", "message", "what to do"),
            [(row.where, row.when, row.message, row.then) for row in same],
        )
    return "\n".join(lines).rstrip() + "\n"


def _read_remedies() -> _Remedies:
    text = resources.files("kaiga.cli.reference").joinpath("remedies.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _Remedies)


def _list_rows(remedies: _Remedies) -> Iterator[_Row]:
    bug = KaigaError()
    yield _Row(bug.code, str(status_of(bug)), "A bug.", str(bug), remedies.errors["KaigaError"])
    yield from _list_answers(KaigaError, remedies.errors)
    for name, remedy in remedies.failures.items():
        failure = _FAILURES[name]
        yield _Row(failure.code, _TASK, remedy.when, failure.message, remedy.then)
    for code, problems in _find_media_codes().items():
        told = [remedies.media[problem] for problem in problems]
        when = "; ".join(dict.fromkeys(each.when for each in told))
        then = " ".join(dict.fromkeys(each.then for each in told))
        yield _Row(code, _TASK, f"Of an input: {when}.", _MEDIA_MESSAGE, then)
    for code, remedy in remedies.engines.items():
        yield _Row(code, _TASK, remedy.when, "", remedy.then)


def _list_answers(kind: type[KaigaError], remedies: Mapping[str, str]) -> Iterator[_Row]:
    kinds = kind.__subclasses__()
    for each in kinds:
        yield from _list_answers(each, remedies)
    if kinds or kind is TaskFailed:
        return
    sample = _make_sample(kind)
    if is_told(sample):
        then = next(remedies[base.__name__] for base in kind.__mro__ if base.__name__ in remedies)
        yield _Row(kind.code, str(status_of(sample)), _say_when(kind), _show(sample), then)


def _make_sample(kind: type[KaigaError]) -> KaigaError:
    """Make one whose values are their own names."""
    wanted = [
        each.name
        for each in inspect.signature(kind).parameters.values()
        if each.default is inspect.Parameter.empty
    ]
    return kind(*(name.upper() for name in wanted))


def _say_when(kind: type[KaigaError]) -> str:
    sentence = (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")
    return _SOURCE.sub("", sentence)


def _show(sample: KaigaError) -> str:
    message = str(sample)
    return "" if message == KaigaError.message else message


def _find_media_codes() -> Mapping[str, Sequence[MediaProblem]]:
    found: dict[str, dict[MediaProblem, None]] = {}
    for problem in MediaProblem:
        for style in FaultStyle:
            for kind in MediaKind:
                found.setdefault(find_wording(style, problem, kind).code, {})[problem] = None
    return {code: list(problems) for code, problems in found.items()}
