"""Any sequence of calls, against a dictionary that says what must come of it.

Final statuses never change, attempts only grow, no claim is given twice, every count agrees.
"""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.samples import (
    ACCOUNT,
    MODEL,
    OTHER_ACCOUNT,
    OTHER_MODEL,
    OTHER_REGION,
    OTHER_WORKER,
    REGION,
    SECRET,
    START,
    WEBHOOK,
    WORKER,
    after,
    always,
    make_failed,
    make_lease,
    make_new,
    make_success,
)
from kaiga.domain.errors import LeaseLost
from kaiga.domain.ids import AccountId, Lane, TaskId, WorkerId
from kaiga.domain.lifetimes import USUAL_RETRIES, has_tries_left
from kaiga.domain.tasks import CANCELED, AttemptCause, Claim, TaskStatus
from kaiga.ports.task_store import QueueDepth, TaskFilter
from store.opened import STORES, OpenedStore

R = TypeVar("R")
WORKERS = st.sampled_from([WORKER, OTHER_WORKER])
REGIONS = st.sampled_from([REGION, OTHER_REGION])
LIFE_MILLISECONDS = 20
"""Short, so that tasks expire within a run."""


@dataclass
class Expected:
    """What a task must look like."""

    account: AccountId
    catalogue_model: str
    region: str = REGION
    status: TaskStatus = TaskStatus.PENDING
    waits_since: int = 0
    attempt: int = 0
    worker: WorkerId | None = None
    deadline: float = 0.0
    expires: int | None = None
    is_canceling: bool = False
    ends: Counter[AttemptCause] = field(default_factory=Counter[AttemptCause])

    @property
    def lane(self) -> Lane:
        return Lane(self.account, self.catalogue_model)


class TaskMachine(RuleBasedStateMachine):
    """Drives one store; `store_name` comes from the subclass."""

    store_name: str

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.opened: OpenedStore = self.run(self._open())
        self.now = 0
        self.lease_now = 0.0
        self.expected: dict[TaskId, Expected] = {}
        self.claims: list[Claim] = []
        self.finals: dict[TaskId, TaskStatus] = {}
        self.told: set[TaskId] = set()
        self.billed: set[TaskId] = set()

    async def _open(self) -> OpenedStore:
        opened = await STORES[self.store_name].start(self.folder)
        for account in (ACCOUNT, OTHER_ACCOUNT):
            await opened.webhooks.add_webhook(account, WEBHOOK, SECRET, START)
        return opened

    def run(self, work: Coroutine[Any, Any, R]) -> R:
        return self.runner.run(work)

    def teardown(self) -> None:
        async def close() -> None:
            await self.opened.close()

        self.run(close())
        self.runner.close()
        shutil.rmtree(self.folder)

    def tick(self) -> int:
        self.now += 1
        return self.now

    @initialize()
    def begin_with_a_task(self) -> None:
        self.add(MODEL, ACCOUNT, REGION)

    @rule(
        catalogue_model=st.sampled_from([MODEL, OTHER_MODEL]),
        account=st.sampled_from([ACCOUNT, OTHER_ACCOUNT]),
        region=REGIONS,
    )
    def add(self, catalogue_model: str, account: AccountId, region: str) -> None:
        new = make_new(self.tick(), catalogue_model=catalogue_model, account=account, region=region)
        self.run(self.opened.tasks.add(new))
        self.expected[new.task.id] = Expected(
            account, catalogue_model, region, waits_since=self.now
        )

    @rule()
    def add_failed(self) -> None:
        new = make_failed(self.tick())
        self.run(self.opened.tasks.add(new))
        self.expected[new.task.id] = Expected(
            ACCOUNT, MODEL, status=TaskStatus.FAILED, expires=self.now + 86_400_000
        )

    @rule(
        models=st.sets(st.sampled_from([MODEL, OTHER_MODEL])),
        slots=st.integers(0, 4),
        worker=WORKERS,
        lasts=st.integers(1, 5),
    )
    def claim(self, models: set[str], slots: int, worker: WorkerId, lasts: int) -> None:
        lease = make_lease(worker, self.lease_now + lasts)
        work = self.opened.tasks.claim(
            frozenset(models), lease, slots, "e", always(after(self.tick()))
        )
        claims = self.run(work)

        waiting = sorted(
            task_id
            for task_id, expected in self.expected.items()
            if expected.status is TaskStatus.PENDING and expected.catalogue_model in models
        )
        claimed = [claim.task.id for claim in claims]
        assert len(claimed) == min(slots, len(waiting))
        for lane in {self.expected[task_id].lane for task_id in claimed}:
            taken = [task_id for task_id in claimed if self.expected[task_id].lane == lane]
            in_lane = [task_id for task_id in waiting if self.expected[task_id].lane == lane]
            assert taken == in_lane[: len(taken)], "the oldest of a lane come first"
        for claim in claims:
            expected = self.expected[claim.task.id]
            expected.status = TaskStatus.RUNNING
            expected.attempt += 1
            expected.worker, expected.deadline = worker, lease.deadline
            assert claim.task.attempt == expected.attempt
        self.claims += claims

    def is_held(self, claim: Claim) -> bool:
        expected = self.expected.get(claim.task.id)
        return (
            expected is not None
            and expected.status is TaskStatus.RUNNING
            and expected.attempt == claim.task.attempt
        )

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        claim = data.draw(st.sampled_from(self.claims))
        expiry = self.tick() + LIFE_MILLISECONDS
        work = self.opened.tasks.finish(claim, make_success(claim), after(self.now), after(expiry))
        if not self.is_held(claim):
            with pytest.raises(LeaseLost):
                self.run(work)
            return
        self.run(work)
        self.end(claim.task.id, TaskStatus.SUCCEEDED, expiry)
        self.billed.add(claim.task.id)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), cause=st.sampled_from(list(AttemptCause)))
    def give_back(self, data: st.DataObject, cause: AttemptCause) -> None:
        claim = data.draw(st.sampled_from(self.claims))
        expiry = self.tick() + LIFE_MILLISECONDS
        work = self.opened.tasks.give_back(claim, cause, after(self.now), after(expiry))
        if not self.is_held(claim):
            with pytest.raises(LeaseLost):
                self.run(work)
            return
        self.run(work)
        self.end_attempt(claim.task.id, cause, expiry)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), worker=WORKERS, lasts=st.integers(1, 5))
    def renew(self, data: st.DataObject, worker: WorkerId, lasts: int) -> None:
        claims = data.draw(st.lists(st.sampled_from(self.claims), max_size=5))
        lease = make_lease(worker, self.lease_now + lasts)

        renewed = self.run(self.opened.tasks.renew(claims, lease))

        held = [
            claim
            for claim in claims
            if self.is_held(claim) and self.expected[claim.task.id].worker == worker
        ]
        assert renewed == {(claim.task.id, claim.task.attempt) for claim in held}
        for claim in held:
            self.expected[claim.task.id].deadline = lease.deadline

    @rule(passed=st.integers(0, 4))
    def recover(self, passed: int) -> None:
        self.lease_now += passed
        expiry = self.tick() + LIFE_MILLISECONDS
        count = self.run(
            self.opened.tasks.recover(
                self.lease_now, always(after(self.now)), after(expiry) - after(self.now)
            )
        )

        lapsed = [
            task_id
            for task_id, expected in self.expected.items()
            if expected.status is TaskStatus.RUNNING and expected.deadline <= self.lease_now
        ]
        assert count == len(lapsed)
        for task_id in lapsed:
            self.end_attempt(task_id, AttemptCause.WORKER_LOST, expiry)

    @rule(data=st.data(), account=st.sampled_from([ACCOUNT, OTHER_ACCOUNT]), region=REGIONS)
    def cancel(self, data: st.DataObject, account: AccountId, region: str) -> None:
        task_id = data.draw(st.sampled_from(sorted(self.expected) or [TaskId("none")]))
        expiry = self.tick() + LIFE_MILLISECONDS
        is_canceled = self.run(
            self.opened.tasks.cancel(account, region, task_id, after(self.now), after(expiry))
        )

        expected = self.expected.get(task_id)
        assert is_canceled == (
            expected is not None
            and (expected.account, expected.region) == (account, region)
            and expected.status is TaskStatus.PENDING
        )
        if is_canceled:
            self.end(task_id, TaskStatus.CANCELED, expiry)

    @rule(data=st.data(), account=st.sampled_from([ACCOUNT, OTHER_ACCOUNT]), region=REGIONS)
    def request_cancel(self, data: st.DataObject, account: AccountId, region: str) -> None:
        task_id = data.draw(st.sampled_from(sorted(self.expected) or [TaskId("none")]))
        expiry = self.tick() + LIFE_MILLISECONDS
        answer = self.run(
            self.opened.tasks.request_cancel(
                account, region, task_id, after(self.now), after(expiry)
            )
        )

        expected = self.expected.get(task_id)
        if expected is None or (expected.account, expected.region) != (account, region):
            assert answer is None
        elif expected.status is TaskStatus.PENDING:
            assert answer is TaskStatus.CANCELED
            self.end(task_id, TaskStatus.CANCELED, expiry)
        elif expected.status is TaskStatus.RUNNING:
            assert answer is TaskStatus.RUNNING
            expected.is_canceling = True
        else:
            assert answer is None

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def finish_as_canceled(self, data: st.DataObject) -> None:
        claim = data.draw(st.sampled_from(self.claims))
        expiry = self.tick() + LIFE_MILLISECONDS
        work = self.opened.tasks.finish(claim, CANCELED, after(self.now), after(expiry))
        if not self.is_held(claim):
            with pytest.raises(LeaseLost):
                self.run(work)
            return
        self.run(work)
        self.end(claim.task.id, TaskStatus.CANCELED, expiry)

    @rule(limit=st.integers(1, 3), wait=st.integers(0, 10))
    def fail_overdue(self, limit: int, wait: int) -> None:
        expiry = self.tick() + LIFE_MILLISECONDS
        present, longest = after(self.now), after(wait) - after(0)
        count = self.run(
            self.opened.tasks.fail_overdue(longest, always(present), after(expiry) - present, limit)
        )

        overdue = {
            task_id
            for task_id, expected in self.expected.items()
            if expected.status is TaskStatus.PENDING and expected.waits_since <= self.now - wait
        }
        assert count == min(limit, len(overdue))
        for task_id in overdue:
            if self.run(self.opened.tasks.find(task_id)).status is TaskStatus.FAILED:
                self.end(task_id, TaskStatus.FAILED, expiry)
                count -= 1
        assert count == 0, "none but overdue tasks have failed"

    @rule(passed=st.integers(0, 30), limit=st.integers(0, 5))
    def purge(self, passed: int, limit: int) -> None:
        self.now += passed
        purged = self.run(self.opened.tasks.purge_expired(after(self.now), limit)).task_ids

        expired = {
            task_id
            for task_id, expected in self.expected.items()
            if expected.expires is not None and expected.expires <= self.now
        }
        assert set(purged) <= expired
        assert len(purged) == min(limit, len(expired))
        for task_id in purged:
            del self.expected[task_id]
            self.finals.pop(task_id, None)

    def end(self, task_id: TaskId, status: TaskStatus, expiry: int) -> None:
        self.expected[task_id].status = status
        self.expected[task_id].expires = expiry

    def end_attempt(self, task_id: TaskId, cause: AttemptCause, expiry: int) -> None:
        expected = self.expected[task_id]
        expected.ends[cause] += 1
        if expected.is_canceling:
            self.end(task_id, TaskStatus.CANCELED, expiry)
        elif has_tries_left(cause, expected.ends[cause], USUAL_RETRIES):
            expected.status = TaskStatus.PENDING
            expected.waits_since = self.now
        else:
            self.end(task_id, TaskStatus.FAILED, expiry)

    @invariant()
    def every_task_is_as_expected(self) -> None:
        for task_id, expected in self.expected.items():
            task = self.run(self.opened.tasks.find(task_id))
            assert task is not None
            assert (task.status, task.attempt) == (expected.status, expected.attempt)
            assert task.account == expected.account
            assert (task.cancel_requested_at is not None) == expected.is_canceling
            if task.status.is_final:
                assert self.finals.setdefault(task_id, task.status) is task.status
                assert task.expires_at == after(expected.expires or 0)

    @invariant()
    def every_count_agrees(self) -> None:
        statuses = Counter(expected.status for expected in self.expected.values())
        assert self.run(self.opened.tasks.measure_queue()) == QueueDepth(
            pending=statuses[TaskStatus.PENDING], running=statuses[TaskStatus.RUNNING]
        )
        for account, region in product((ACCOUNT, OTHER_ACCOUNT), (REGION, OTHER_REGION)):
            self.check_list(account, region)
        told = Counter(row[0] for row in self.opened.select("SELECT task_id FROM outbox"))
        self.told |= {each for each, task in self.expected.items() if task.status.is_final}
        assert told == Counter(self.told)
        assert {row[0] for row in self.opened.select("SELECT task_id FROM usage_ledger")} == (
            self.billed
        )

    def check_list(self, account: AccountId, region: str) -> None:
        wanted = TaskFilter(
            account=account,
            region=region,
            submitted_from=after(0),
            submitted_before=after(self.now + 1),
            now=after(self.now),
        )
        page = self.run(self.opened.tasks.list_page(wanted, 1, 1000))
        shown = sorted(
            (
                task_id
                for task_id, expected in self.expected.items()
                if (expected.account, expected.region) == (account, region)
                and (expected.expires is None or expected.expires > self.now)
            ),
            reverse=True,
        )
        assert [task.id for task in page.tasks] == shown
        assert page.total == len(shown)


@pytest.mark.parametrize("store_name", ["sqlite"])
def test_any_sequence_of_calls_keeps_every_promise(store_name: str):
    machine = type("Machine", (TaskMachine,), {"store_name": store_name})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
