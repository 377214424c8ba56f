"""The task: what a client asked for, and what became of it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from kaiga.domain.generation import Generation
from kaiga.domain.ids import (
    AccountId,
    KeyId,
    Lane,
    ObjectKey,
    RequestId,
    TaskId,
    WorkerId,
    WorkspaceId,
)


class TaskStatus(StrEnum):
    """Where a task stands, in the API's own spelling (contract/core.md, 2.2)."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    UNKNOWN = "UNKNOWN"

    @property
    def is_final(self) -> bool:
        """Tell whether a task in this state stays in it."""
        return self in _FINAL


_FINAL = frozenset({TaskStatus.SUCCEEDED, TaskStatus.FAILED, TaskStatus.CANCELED})


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no result: the contract's code and message."""

    code: str
    message: str


class StoredResult(msgspec.Struct, frozen=True, kw_only=True):
    """One finished file of a task, lying in the object store.

    `part` is empty for the result itself and names a file beside it, such as the `svg` of a word;
    `findings` are what the engine has to say about it, such as a text.
    """

    object_key: ObjectKey
    media_type: str
    size_bytes: int
    part: str = ""
    findings: Mapping[str, object] = {}
    made_digest: str = ""
    """SHA-256 of the file as its engine made it, before it was labelled and signed, as 64 hex
    digits; empty where nothing of the kind is kept."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out where no file was made: members of the answer, in the contract's words."""

    findings: Mapping[str, object]


Result = StoredResult | Finding | Failure


def is_made(result: Result) -> bool:
    """Tell whether this is a result that was asked for, and not a file beside one, or a failure."""
    match result:
        case StoredResult():
            return not result.part
        case Finding():
            return True
        case Failure():
            return False


Usage = Mapping[str, str | int | float | bool]
"""What a task is billed for, as its model tells it; only results that were made count."""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One task, as its row has it.

    `attempt` counts claims and is the fencing token of every write of a worker. `results`
    holds one entry per picture ordered once the pictures were tried, and is empty before that and
    for a task that ended otherwise. `engine` is who
    made, or is making, it. Instants are aware UTC; `expires_at` is set when the task ends.
    """

    id: TaskId
    account: AccountId
    workspace: WorkspaceId
    key_id: KeyId
    request_id: RequestId
    model: str
    """As the client wrote it: an alias is shown as such."""
    catalogue_model: str
    """What the catalogue calls it."""
    operation: str
    """`{group}:{task}:{function}`, as lists and notices name it."""
    region: str = ""
    """Where it was submitted; empty for tasks of before there were regions."""
    generation: Generation | None
    """None only where the order broke a rule, so that the task was FAILED from the start."""
    status: TaskStatus
    submitted_at: datetime
    attempt: int = 0
    engine: str = ""
    actual_prompt: str | None = None
    rewrite_failed: bool = False
    """Whether the prompt was to be rewritten, and went on as it was since that failed."""
    scheduled_at: datetime | None = None
    ended_at: datetime | None = None
    expires_at: datetime | None = None
    failure: Failure | None = None
    results: tuple[Result, ...] = ()
    usage: Usage | None = None
    cancel_requested_at: datetime | None = None
    """Since when it is to be stopped: a task that was running when its owner canceled it."""

    @property
    def is_canceling(self) -> bool:
        """Tell whether it runs and is to be stopped."""
        return self.status is TaskStatus.RUNNING and self.cancel_requested_at is not None

    @property
    def lane(self) -> Lane:
        """The lane that it waits in, or waited in."""
        return Lane(self.account, self.catalogue_model)

    def is_in(self, region: str) -> bool:
        """Tell whether the task is there for calls of a region: ids do not cross regions."""
        return self.region in {"", region}


class StoredInput(msgspec.Struct, frozen=True, kw_only=True):
    """A medium that came inside a request, now an object; `member` is where it stood."""

    member: str
    object_key: ObjectKey
    media_type: str
    size_bytes: int


class StoredRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The request that a task came from, as it was recorded: see `NewTask`."""

    body: bytes | None
    object_key: ObjectKey | None = None
    inputs: tuple[StoredInput, ...] = ()


class IdempotencyMark(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a repeat of a create known: its key, the digest of its body, and until when."""

    key: str
    body_digest: bytes
    expires_at: datetime


LEAST_PRIORITY, LARGEST_PRIORITY = -10, 10


class NewTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task about to be recorded, with the request that it came from.

    `request` is the client's JSON body, or None where it is too large for a row and lies in the
    object store under `request_object`. Media that came inside the body lie in the object store
    as `inputs`, and their keys stand in the body in their place. `work` is what it counts in its
    account's share, `priority` what it has in advance of the account's other tasks (0 usually);
    `webhook` is an address of its own to tell of its end, empty for none.
    """

    task: Task
    request: bytes | None
    request_object: ObjectKey | None = None
    inputs: tuple[StoredInput, ...] = ()
    work: float = 1.0
    priority: int = 0
    webhook: str = ""
    idempotency: IdempotencyMark | None = None


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """A worker's hold on tasks until `deadline`, in seconds of the lease clock."""

    worker: WorkerId
    deadline: float


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One task in a worker's hands; `(task.id, task.attempt)` is what later writes must show."""

    task: Task
    worker: WorkerId


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How an attempt ended the task: status, results, and what is billed."""

    status: TaskStatus
    results: tuple[Result, ...] = ()
    failure: Failure | None = None
    usage: Usage | None = None
    actual_prompt: str | None = None
    rewrite_failed: bool = False
    phases: Mapping[str, int] = {}
    """What the attempt was at for how many milliseconds, in the order in which it came to it."""
    made_by: Mapping[str, str] = {}
    """What made the results, as the engine tells it: see `ResultMade`."""


class AttemptCause(StrEnum):
    """Why an attempt ended without ending its task."""

    ENGINE_CRASHED = "engine_crashed"
    ENGINE_HUNG = "engine_hung"
    WORKER_LOST = "worker_lost"
    WORKER_STOPPED = "worker_stopped"
    OBJECTS_UNAVAILABLE = "objects_unavailable"
    ENGINE_AWAY = "engine_away"
    ENGINE_UNFIT = "engine_unfit"
    ENGINE_OUT_OF_MEMORY = "engine_out_of_memory"
    CONTENT_CHECK_AWAY = "content_check_away"


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try at a task, as its row has it; `number` counts from 1.

    `ended_at` is None while it runs; `cause` is None while it runs and where it ended its task.
    `phases` and `made_by` are those of the outcome, and empty where the attempt brought none.
    """

    number: int
    engine: str
    claimed_at: datetime
    ended_at: datetime | None = None
    cause: AttemptCause | None = None
    phases: Mapping[str, int] = {}
    made_by: Mapping[str, str] = {}


CANCELED = Outcome(status=TaskStatus.CANCELED)
"""How a task ends that was stopped at its owner's wish: with no results, and nothing billed."""


def make_outcome(results: tuple[Result, ...], usage: Usage, actual_prompt: str | None) -> Outcome:
    """Decide how a task with these results ends; `usage` is what it is billed if it is not FAILED.

    One good result is enough for SUCCEEDED; with none, the task is FAILED for the first reason
    (contract/core.md, 2.6).
    """
    if any(is_made(result) for result in results):
        return Outcome(
            status=TaskStatus.SUCCEEDED,
            results=results,
            usage=usage,
            actual_prompt=actual_prompt,
        )
    failures = [result for result in results if isinstance(result, Failure)]
    return Outcome(status=TaskStatus.FAILED, results=results, failure=failures[0])


def result_object_key(task: Task, position: int) -> ObjectKey:
    """Name the object of result `position` (from 0): immutable, and of this attempt alone."""
    return ObjectKey(f"{task.account}/{task.id}/{task.attempt}/{position}")


def input_object_key(account: AccountId, task_id: TaskId, position: int) -> ObjectKey:
    """Name the object of a medium that came inside a request, counted from 0."""
    return ObjectKey(f"{account}/{task_id}/input/{position}")


def attempt_of_object(key: ObjectKey) -> tuple[TaskId, int] | None:
    """Read which attempt of which task an object is a result of; None where it is none."""
    match key.split("/"):
        case [_, task_id, attempt, _] if attempt.isascii() and attempt.isdigit():
            return TaskId(task_id), int(attempt)
        case _:
            return None


_THUMBNAIL = "thumbnail"


def thumbnail_object_key(task: Task, position: int) -> ObjectKey:
    """Name the object of the small picture of result `position`; a task's results never change."""
    return ObjectKey(f"{task.account}/{task.id}/{_THUMBNAIL}/{position}")


def task_of_thumbnail(key: ObjectKey) -> TaskId | None:
    """Read which task an object shows a result of; None where it is no thumbnail."""
    match key.split("/"):
        case [_, task_id, part, _] if part == _THUMBNAIL:
            return TaskId(task_id)
        case _:
            return None


def request_object_key(account: AccountId, task_id: TaskId) -> ObjectKey:
    """Name the object that holds a request too large for its row."""
    return ObjectKey(f"{account}/{task_id}/request")
