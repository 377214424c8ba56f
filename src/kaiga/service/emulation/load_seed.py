"""Fills an emulator with keys and tasks."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from kaiga.domain.emulation.seeds import Seed, SeededKey
from kaiga.domain.errors import FieldInvalid, KaigaError, TryLater
from kaiga.domain.ids import AccountId, TaskId, draw_request_id
from kaiga.domain.keys import Principal
from kaiga.domain.tasks import NewTask, result_object_key
from kaiga.ports.account_store import AccountStore
from kaiga.ports.clock import Calendar
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.task_store import TaskStore
from kaiga.service.emulation.open_door import name_account
from kaiga.service.emulation.seeded_orders import (
    CheckSeededTask,
    ReadFile,
    SeededOrder,
    make_ended_task,
    submitted_at,
)
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.keys.manage_keys import ManageKeys
from kaiga.service.submitting.submit_task import Submission
from kaiga.service.submitting.task_ids import TaskIds
from kaiga.service.submitting.trace_submissions import Submit


class Loaded(msgspec.Struct, kw_only=True):
    """What was loaded: how many keys, and the tasks' ids in the order of the seed.

    `kept` are those of them that were there already and were left alone.
    """

    keys: int = 0
    tasks: list[TaskId]
    kept: list[TaskId]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSeed:
    """The use case: everything is checked before anything is written."""

    check: CheckSeededTask
    submit_task: Submit
    task_ids: TaskIds
    tasks: TaskStore
    accounts: AccountStore
    objects: ObjectStore
    key_ring: KeyRing
    manage_keys: ManageKeys
    calendar: Calendar
    retention: timedelta
    region: str

    async def __call__(self, seed: Seed, owner: Principal | None, read_file: ReadFile) -> Loaded:
        """Load a seed; tasks without a key are `owner`'s.

        Raises:
            FieldInvalid: an entry can't be; the message names it, and nothing was loaded, unless
                it is a key that came after others.
            StoreUnavailable, ObjectsUnavailable: entries before the one that failed were loaded.
        """
        orders: list[SeededOrder] = []
        for position, task in enumerate(seed.tasks):
            with _named(f"tasks[{position}]"):
                if owner is None and not task.key:
                    raise FieldInvalid("key is missing: the text of the key whose task it is.")
                orders.append(self.check(task, read_file))
        for position, key in enumerate(seed.keys):
            with _named(f"keys[{position}]"):
                await self._load_key(key)
        self.key_ring.forget_all()
        loaded = Loaded(keys=len(seed.keys), tasks=[], kept=[])
        for position, order in enumerate(orders):
            with _named(f"tasks[{position}]"):
                await self._load_task(order, owner, loaded)
        return loaded

    async def _load_key(self, key: SeededKey) -> None:
        own = name_account(self.manage_keys.hash_of(key.text))
        await self.manage_keys.create(
            name="seeded",
            role=key.role,
            account=AccountId(key.account) if key.account else own,
            region=key.region,
            text=key.text,
        )

    async def _load_task(self, order: SeededOrder, owner: Principal | None, loaded: Loaded) -> None:
        key = order.seeded.key
        principal = owner if owner and not key else await self.key_ring.authenticate(key)
        region = principal.region or self.region
        if order.seeded.goes_its_way:
            task = await self.submit_task(_make_submission(order, principal, region))
            loaded.tasks.append(task.id)
            return
        now = self.calendar.now(principal.account)
        task_id = TaskId(order.seeded.id) or self.task_ids.draw(submitted_at(order.seeded, now))
        loaded.tasks.append(task_id)
        if await self.tasks.find(task_id) is not None:
            loaded.kept.append(task_id)
            return
        task = make_ended_task(order, task_id, principal, region, now, self.retention)
        for number, (content, _) in enumerate(order.contents):
            await self.objects.put(result_object_key(task, number), content)
        await self.accounts.add_ended(NewTask(task=task, request=order.body))


def _make_submission(order: SeededOrder, principal: Principal, region: str) -> Submission:
    return Submission(
        principal=principal,
        workspace=principal.workspace,
        region=region,
        operation=order.endpoint.operation,
        is_async=order.endpoint.mode == "async",
        resolves_uploads=True,
        model=order.seeded.model,
        order_input=order.seeded.input,
        parameters=order.seeded.parameters,
        raw_body=order.body,
        request_id=draw_request_id(),
    )


@contextmanager
def _named(entry: str) -> Generator[None]:
    """Have a refusal say which entry it is about."""
    try:
        yield
    except TryLater:
        raise
    except KaigaError as error:
        raise FieldInvalid(f"{entry}: {error}") from error
