"""What the API answers, as far as commands read it; unknown members are left alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

import msgspec

from kaiga.cli.results import Results, read_results
from kaiga.domain.tasks import TaskStatus


class TaskOutput(msgspec.Struct, frozen=True, kw_only=True):
    """How a task stands; times are text as the server writes them."""

    task_id: str
    task_status: TaskStatus
    submit_time: str | None = None
    scheduled_time: str | None = None
    end_time: str | None = None
    code: str | None = None
    message: str | None = None


class TaskAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a query, or to a call that waited for its results.

    `output` is None in the latter, which names no task. `told` is the whole answer as it came.
    """

    output: TaskOutput | None
    results: Results
    usage: Mapping[str, object] | None
    told: Mapping[str, object]

    @property
    def has_ended(self) -> bool:
        """Tell whether asking again can't bring news; an unknown task stays unknown."""
        waiting = {TaskStatus.PENDING, TaskStatus.RUNNING}
        return self.output is None or self.output.task_status not in waiting


def read_task_answer(body: bytes) -> TaskAnswer:
    """Read the answer to a query.

    Raises:
        msgspec.DecodeError: it is no such answer.
    """
    told = _read_members(body)
    return _make_answer(told, msgspec.convert(told["output"], TaskOutput))


def read_result_answer(body: bytes) -> TaskAnswer:
    """Read the answer to a call that waited for its results.

    Raises:
        msgspec.DecodeError: it is no such answer.
    """
    return _make_answer(_read_members(body), None)


def _read_members(body: bytes) -> Mapping[str, object]:
    told = msgspec.json.decode(body, type=dict[str, object])
    if not isinstance(told.get("output"), dict):
        raise msgspec.ValidationError("it has no output")
    return told


def _make_answer(told: Mapping[str, object], output: TaskOutput | None) -> TaskAnswer:
    has_results = output is None or output.task_status is TaskStatus.SUCCEEDED
    members = cast("Mapping[str, object]", told["output"])
    usage = told.get("usage")
    return TaskAnswer(
        output=output,
        results=read_results(members) if has_results else Results(),
        usage=cast("Mapping[str, object]", usage) if isinstance(usage, dict) else None,
        told=told,
    )


class CreatedOutput(msgspec.Struct, frozen=True, kw_only=True):
    """The output of a create call."""

    task_id: str


class CreateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a create call."""

    output: CreatedOutput


class TaskRow(msgspec.Struct, frozen=True, kw_only=True):
    """One task of a list; times are milliseconds since 1970."""

    task_id: str
    status: str
    model_name: str = ""
    gmt_create: int | None = None
    start_time: int | None = None
    end_time: int | None = None


class TaskList(msgspec.Struct, frozen=True, kw_only=True):
    """One page of tasks, newest first."""

    data: tuple[TaskRow, ...]
    total: int = 0
    total_page: int = 0
    page_no: int = 1


class UploadPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Where a file may be uploaded to, and what its form has to show (contract/core.md, 8.1)."""

    policy: str
    signature: str
    upload_dir: str
    upload_host: str
    oss_access_key_id: str
    x_oss_object_acl: str
    x_oss_forbid_overwrite: str
    max_file_size_mb: int | None = None


class PolicyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to who wants to upload."""

    data: UploadPolicy


class RerunAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to who has a task made again: the new one's id."""

    task_id: str


class ManifestResult(msgspec.Struct, frozen=True, kw_only=True):
    """One result in a manifest; digests are null where there is no file, or none is known."""

    number: int
    sha256: str | None = None
    made_sha256: str | None = None


class ManifestAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What made a task's results."""

    results: tuple[ManifestResult, ...]


class StopAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of Kaiga's own cancel: CANCELED, or RUNNING where the task is being stopped."""

    status: TaskStatus


class CancelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How many waiting tasks one call has canceled, and whether another one finds more."""

    canceled: int
    has_more: bool


class RefusalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The body of an error."""

    code: str
    message: str = ""


def instant_of(milliseconds: int | None) -> datetime | None:
    """Give the instant of a list's time."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
