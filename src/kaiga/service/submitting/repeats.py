"""Knows a create that was sent before, so that sending it again makes no second task."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from kaiga.domain.errors import RepeatDiffers, SubmittedBefore
from kaiga.domain.ids import AccountId, KeyId, WorkspaceId
from kaiga.domain.tasks import IdempotencyMark, Task
from kaiga.ports.task_store import TaskStore
from kaiga.service.hot_tasks import HotTasks

KEY_LIFETIME = timedelta(hours=24)
"""How long an `Idempotency-Key` is remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """The part of a submission that tells new calls from repeated ones.

    Calls with an idempotency key are told by it, within their account and workspace. With
    `recognise_for` above zero, calls without one are told by their whole content, for that long:
    clients repeat a call whose answer they have missed within seconds.
    """

    store: TaskStore
    hot: HotTasks
    recognise_for: timedelta

    def make_mark(
        self, idempotency_key: str, key_id: KeyId, operation: str, body: bytes, now: datetime
    ) -> IdempotencyMark | None:
        """Give what a later repeat is known by; None where repeats are new calls."""
        if not idempotency_key and not self.recognise_for:
            return None
        digest = sha256(operation.encode() + b"\n" + body).digest()
        if idempotency_key:
            key, lifetime = f"key:{idempotency_key}", KEY_LIFETIME
        else:
            key, lifetime = f"body:{key_id}:{digest.hex()}", self.recognise_for
        return IdempotencyMark(key=key, body_digest=digest, expires_at=now + lifetime)

    async def check(
        self, account: AccountId, workspace: WorkspaceId, mark: IdempotencyMark, now: datetime
    ) -> None:
        """Look for the same call, before any work is done on it.

        Raises:
            SubmittedBefore: there was one.
            StoreUnavailable: the store did not answer.
        """
        before = await self.store.find_submission(account, workspace, mark, now)
        if before is not None:
            raise before

    async def find_task(self, before: SubmittedBefore) -> Task:
        """Give the task that the first call made.

        Raises:
            RepeatDiffers: that call had another body, or its task is no longer kept.
            StoreUnavailable: the store did not answer.
        """
        task = await self.hot.get(before.task_id)
        if task is None or not before.is_same:
            raise RepeatDiffers
        return task
