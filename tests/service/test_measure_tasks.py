"""What has ended is counted once, from the rows, whatever ended it."""

from datetime import datetime, timedelta

import pytest

from domain.samples import ACCOUNT, MODEL, REGION, RETENTION, START, always, make_lease, make_new
from fakes import SetCalendar
from kaiga.domain.errors import StoreUnavailable
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import AttemptCause, Claim, Failure, Outcome, TaskStatus
from kaiga.service.tending.measure_tasks import MeasureTasks
from noting_meter import NotingMeter
from service.troubled_store import TroubledStore

MODELS = frozenset({MODEL})
FAILED = Outcome(status=TaskStatus.FAILED, failure=Failure(code="InternalError", message="no"))


class Watched:
    """A store whose tasks are measured; seconds count from `START`."""

    def __init__(self, store: TroubledStore, began: float = 0.0) -> None:
        self.tasks = store.tasks
        self.meter = NotingMeter()
        self.measure = MeasureTasks(store.tasks, SetCalendar(at(began)), self.meter)

    async def add(self, number: int = 0) -> TaskId:
        new = make_new(number)
        await self.tasks.add(new)
        return new.task.id

    async def claim(self, second: float) -> Claim:
        [claim] = await self.tasks.claim(MODELS, make_lease(), 1, "sketch", always(at(second)))
        return claim

    async def give_back(self, claim: Claim, cause: AttemptCause, second: float) -> None:
        await self.tasks.give_back(claim, cause, at(second), at(second) + RETENTION)

    async def finish(self, claim: Claim, second: float) -> None:
        await self.tasks.finish(claim, FAILED, at(second), at(second) + RETENTION)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


@pytest.fixture
def watched(store: TroubledStore) -> Watched:
    return Watched(store)


async def test_an_end_is_counted_once_however_often_it_is_told(watched: Watched):
    await watched.add()
    claim = await watched.claim(3)
    await watched.finish(claim, 10)
    await watched.measure.settle()
    watched.measure._note([claim.task.id])

    await watched.measure.settle()

    assert watched.measure.ended == {(MODEL, "FAILED"): 1}
    assert watched.meter.notes == [
        ("wait", MODEL),
        ("attempt", MODEL, "sketch", "finished"),
        ("run", MODEL, "sketch"),
    ]
    assert (watched.meter.wait_seconds, watched.meter.run_seconds) == ([3.0], [7.0])


async def test_an_attempt_is_counted_as_waste_as_soon_as_it_is_over(watched: Watched):
    await watched.add()
    await watched.give_back(await watched.claim(1), AttemptCause.ENGINE_CRASHED, 5)
    await watched.measure.settle()
    assert watched.meter.waste_seconds == 4.0

    await watched.finish(await watched.claim(6), 8)
    await watched.measure.settle()

    assert watched.meter.waste_seconds == 4.0
    assert watched.meter.run_seconds == [2.0]
    assert watched.meter.notes.count(("wait", MODEL)) == 1
    assert ("attempt", MODEL, "sketch", "engine_crashed") in watched.meter.notes


async def test_lost_leases_and_cancels_are_counted_though_no_worker_told_of_them(watched: Watched):
    lost, canceled = await watched.add(0), await watched.add(1)
    await watched.claim(1)
    await watched.tasks.recover(float("inf"), always(at(4)), RETENTION)
    assert await watched.tasks.cancel(ACCOUNT, REGION, canceled, at(5), at(5) + RETENTION)

    await watched.measure.settle()

    assert watched.measure.ended == {(MODEL, "CANCELED"): 1}
    assert ("attempt", MODEL, "sketch", "worker_lost") in watched.meter.notes
    assert watched.meter.waste_seconds == 3.0
    assert lost != canceled


async def test_what_a_former_process_began_is_not_timed(store: TroubledStore):
    earlier = Watched(store)
    await earlier.add()
    await earlier.claim(1)
    watched = Watched(store, began=3600)

    await watched.tasks.recover(float("inf"), always(at(3601)), RETENTION)
    await watched.measure.settle()

    assert watched.meter.notes == [("attempt", MODEL, "sketch", "worker_lost")]
    assert watched.meter.waste_seconds == 0.0


async def test_what_could_not_be_read_is_counted_later(watched: Watched):
    await watched.add()
    await watched.finish(await watched.claim(1), 2)
    watched.tasks.is_down = True
    with pytest.raises(StoreUnavailable):
        await watched.measure.settle()
    watched.tasks.is_down = False

    await watched.measure.settle()

    assert watched.measure.ended == {(MODEL, "FAILED"): 1}
