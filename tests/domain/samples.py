"""Values that tests are made of: small, whole, and the same each time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from kaiga.domain.generation import Generation
from kaiga.domain.ids import (
    AccountId,
    KeyId,
    ObjectKey,
    RequestId,
    TaskId,
    WorkerId,
    WorkspaceId,
    make_task_id,
)
from kaiga.domain.keys import Caller, Principal, Role
from kaiga.domain.tasks import (
    Claim,
    Failure,
    Lease,
    NewTask,
    Outcome,
    StoredInput,
    StoredResult,
    Task,
    TaskStatus,
    make_outcome,
    result_object_key,
)
from kaiga.ports.task_store import AccountTime

START = datetime(2026, 5, 2, 10, 0, 0, 120_000, tzinfo=UTC)
RETENTION = timedelta(hours=24)
ACCOUNT = AccountId("1000000000000001")
OTHER_ACCOUNT = AccountId("1000000000000002")
MODEL = "wan2.5-t2i-preview"
OTHER_MODEL = "other-model"
REGION = "cn-beijing"
OTHER_REGION = "ap-southeast-1"
WORKER = WorkerId("worker-1")
OTHER_WORKER = WorkerId("worker-2")
MODERATED = Failure(code="DataInspectionFailed", message="Output data may contain it.")
PRINCIPAL = Principal(
    key_id=KeyId("1000001"), account=ACCOUNT, workspace=WorkspaceId("ws-default"), role=Role.USER
)
OTHER_PRINCIPAL = Principal(
    key_id=KeyId("1000002"),
    account=OTHER_ACCOUNT,
    workspace=WorkspaceId("ws-other"),
    role=Role.USER,
)
CALLER = Caller(principal=PRINCIPAL, workspace=PRINCIPAL.workspace, region=REGION)
OTHER_CALLER = Caller(principal=OTHER_PRINCIPAL, workspace=OTHER_PRINCIPAL.workspace, region=REGION)


def always(at: datetime) -> AccountTime:
    """A present that every account sees alike."""
    return lambda _: at


def after(milliseconds: float) -> datetime:
    """The instant so long after `START`."""
    return START + timedelta(milliseconds=milliseconds)


def make_generation(count: int = 1, prompt: str = "a cat", **changes: object) -> Generation:
    values: dict[str, object] = {
        "prompt": prompt,
        "negative_prompt": "",
        "width_pixels": 768,
        "height_pixels": 768,
        "count": count,
        "seed": 7,
        "prompt_extend": False,
        "watermark": False,
        **changes,
    }
    return Generation(**values)  # type: ignore[arg-type]


def make_task(
    number: int = 0,
    *,
    account: AccountId = ACCOUNT,
    catalogue_model: str = MODEL,
    model: str | None = None,
    key_id: str = "1000001",
    count: int = 1,
    region: str = REGION,
    submitted_at: datetime | None = None,
) -> Task:
    """A waiting task, of the millisecond `number` after `START` unless told otherwise."""
    at = submitted_at or after(number)
    return Task(
        id=make_task_id(at, number + 1),
        account=account,
        workspace=WorkspaceId("ws-default"),
        key_id=KeyId(key_id),
        request_id=RequestId("0b1f0000-0000-9000-8000-000000000000"),
        catalogue_model=catalogue_model,
        model=model or catalogue_model,
        operation="aigc:text2image:image-synthesis",
        region=region,
        generation=make_generation(count),
        status=TaskStatus.PENDING,
        submitted_at=at,
    )


def make_new(
    number: int = 0,
    *,
    account: AccountId = ACCOUNT,
    catalogue_model: str = MODEL,
    model: str | None = None,
    key_id: str = "1000001",
    count: int = 1,
    region: str = REGION,
    request: bytes | None = b"{}",
    request_object: ObjectKey | None = None,
    inputs: tuple[StoredInput, ...] = (),
    submitted_at: datetime | None = None,
    **further: Any,
) -> NewTask:
    task = make_task(
        number,
        account=account,
        catalogue_model=catalogue_model,
        model=model,
        key_id=key_id,
        count=count,
        region=region,
        submitted_at=submitted_at,
    )
    return NewTask(
        task=task, request=request, request_object=request_object, inputs=inputs, **further
    )


def make_failed(number: int = 0, *, account: AccountId = ACCOUNT) -> NewTask:
    """A task that broke a rule, so that it is final when it is recorded."""
    waiting = make_task(number, account=account)
    task = Task(
        id=waiting.id,
        account=account,
        workspace=waiting.workspace,
        key_id=waiting.key_id,
        request_id=waiting.request_id,
        catalogue_model=waiting.catalogue_model,
        model=waiting.model,
        operation=waiting.operation,
        region=waiting.region,
        generation=None,
        status=TaskStatus.FAILED,
        submitted_at=waiting.submitted_at,
        scheduled_at=waiting.submitted_at,
        ended_at=waiting.submitted_at,
        expires_at=waiting.submitted_at + RETENTION,
        failure=Failure(code="InvalidParameter", message="Field required: input.prompt"),
    )
    return NewTask(task=task, request=b"{}")


def make_lease(worker: WorkerId = WORKER, deadline: float = 100.0) -> Lease:
    return Lease(worker=worker, deadline=deadline)


def make_result(task: Task, position: int = 0) -> StoredResult:
    return StoredResult(
        object_key=result_object_key(task, position), media_type="image/png", size_bytes=10
    )


def make_success(claim: Claim, actual_prompt: str | None = None) -> Outcome:
    """Every picture that was ordered, made."""
    generation = claim.task.generation
    assert generation is not None
    results = tuple(make_result(claim.task, position) for position in range(generation.count))
    return make_outcome(results, {"image_count": generation.count}, actual_prompt)


def make_claim(task: Task, attempt: int, worker: WorkerId = WORKER) -> Claim:
    """What a worker that once held `task` would show."""
    values = {name: getattr(task, name) for name in task.__struct_fields__}
    return Claim(task=Task(**{**values, "attempt": attempt}), worker=worker)


NO_TASK = TaskId("00000000-0000-7000-8000-000000000000")
