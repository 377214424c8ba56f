"""The courier: prompt, patient, and held up by no single receiver."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from domain.samples import ACCOUNT
from fakes import SetCalendar
from kaiga.domain.webhooks import DeliveryState, Reply
from kaiga.store.sqlite import SqliteOutbox
from kaiga.worker.courier import Courier
from service.told import PlannedSender, build_deliver, end_task, read_log
from service.troubled_store import TroubledStore

_PATIENCE_SECONDS = 30.0


class AtWork:
    """A courier that runs over a store of its own."""

    def __init__(self, folder: Path) -> None:
        self.store = TroubledStore(folder)
        self.outbox = SqliteOutbox(self.store.database)
        self.sender = PlannedSender(Reply(status=204))
        calendar = SetCalendar()
        deliver = build_deliver(self.outbox, self.sender, calendar)
        self.courier = Courier(outbox=self.outbox, deliver=deliver, calendar=calendar)
        self.store.tasks.on_announced(self.courier.look)
        self._running = asyncio.create_task(self.courier.run())

    async def stop(self) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def count(self, state: DeliveryState) -> int:
        return sum(each.progress.state is state for each in await read_log(self.outbox))


@pytest.fixture
async def at_work(tmp_path: Path) -> AsyncIterator[AtWork]:
    made = AtWork(tmp_path)
    yield made
    await made.stop()
    made.store.database.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110  nothing tells of what a sender was given
            await asyncio.sleep(0.01)


async def test_an_end_is_told(at_work: AtWork):
    await end_task(at_work.store, webhook="https://own.example/")

    await until(lambda: at_work.sender.urls() == ["https://own.example/"])


async def test_a_receiver_that_does_not_answer_holds_up_no_other(at_work: AtWork):
    at_work.sender.gates["https://slow.example/"] = asyncio.Event()
    for number in range(40):
        await end_task(at_work.store, number, webhook=f"https://slow.example/{number}")
    await end_task(at_work.store, 40, webhook="https://quick.example/")

    await until(lambda: "https://quick.example/" in at_work.sender.urls())

    slow = [url for url in at_work.sender.urls() if "slow" in url]
    assert len(slow) <= 4
    assert await at_work.count(DeliveryState.DELIVERED) <= 1


async def test_more_notices_than_are_sent_at_once_all_arrive_once(at_work: AtWork):
    gate = at_work.sender.gates["https://"] = asyncio.Event()
    urls = [f"https://{number % 50}.example/{number}" for number in range(100)]
    for number, url in enumerate(urls):
        await end_task(at_work.store, number, webhook=url)
    await until(lambda: len(at_work.sender.sent) == 16)  # as many as one account may have

    gate.set()
    await until(lambda: len(at_work.sender.sent) >= len(urls))

    assert sorted(at_work.sender.urls()) == sorted(urls)


async def test_what_is_being_sent_at_a_stop_is_sent_after_the_next_start(at_work: AtWork):
    at_work.sender.gates["https://slow.example/"] = asyncio.Event()
    await end_task(at_work.store, webhook="https://slow.example/")
    await until(lambda: len(at_work.sender.sent) == 1)

    await at_work.stop()

    assert await at_work.count(DeliveryState.WAITING) == 1
    [due] = await at_work.outbox.claim_due(SetCalendar().at, 9)
    assert due.delivery.notice.account == ACCOUNT
