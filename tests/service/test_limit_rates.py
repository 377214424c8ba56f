"""Submissions and queries that come faster than they may are turned away, and count for nothing."""

from typing import Any

import msgspec
import pytest

from domain.samples import MODEL, OTHER_MODEL, OTHER_PRINCIPAL, PRINCIPAL
from fakes import MemoryObjects, SetCalendar, SetLeaseClock
from kaiga.domain.errors import ModelUnknown, QueueFull, RateExceeded, SynchronousCallRefused
from kaiga.domain.ids import KeyId
from kaiga.domain.limits import LimitBook, LimitRule
from kaiga.ports.task_store import QueueDepth
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.limits.limit_rates import LimitRates
from kaiga.service.submitting.submit_task import Extras, SubmitTask
from kaiga.store.sqlite import SqliteTaskStore
from service.building import build_submit_task
from service.submitting import make_submission
from service.troubled_store import TroubledStore

OTHER_KEY = msgspec.structs.replace(PRINCIPAL, key_id=KeyId("1000009"))


@pytest.fixture
def clock() -> SetLeaseClock:
    return SetLeaseClock(1000.0)


@pytest.fixture
def book() -> LimitBook:
    return LimitBook()


@pytest.fixture
def rates(book: LimitBook, clock: SetLeaseClock) -> LimitRates:
    return LimitRates(book=book, clock=clock)


def limit(book: LimitBook, **said: Any) -> None:
    book.replace([LimitRule(**said)])


def wait_of(call: Any, *arguments: Any) -> int:
    """Have a call turned away; gives the seconds it was told to wait."""
    with pytest.raises(RateExceeded) as refused:
        call(*arguments)
    return refused.value.retry_after_seconds


class TestSubmissions:
    def test_where_nothing_is_set_any_number_passes(self, rates: LimitRates):
        for _ in range(10_000):
            rates.admit_submission(PRINCIPAL, MODEL)

    def test_so_many_a_minute_pass_and_then_one_when_it_was_told(
        self, rates: LimitRates, book: LimitBook, clock: SetLeaseClock
    ):
        limit(book, submissions_per_minute=3)
        for _ in range(3):
            rates.admit_submission(PRINCIPAL, MODEL)

        wait = wait_of(rates.admit_submission, PRINCIPAL, MODEL)

        assert wait == 20
        clock.at += wait
        rates.admit_submission(PRINCIPAL, MODEL)

    def test_they_count_by_account_and_model_for_all_keys_together(
        self, rates: LimitRates, book: LimitBook
    ):
        limit(book, submissions_per_second=1)
        rates.admit_submission(PRINCIPAL, MODEL)

        rates.admit_submission(PRINCIPAL, OTHER_MODEL)
        rates.admit_submission(OTHER_PRINCIPAL, MODEL)
        assert wait_of(rates.admit_submission, OTHER_KEY, MODEL) == 1

    def test_a_second_and_a_minute_hold_together(
        self, rates: LimitRates, book: LimitBook, clock: SetLeaseClock
    ):
        limit(book, submissions_per_second=1, submissions_per_minute=2)
        rates.admit_submission(PRINCIPAL, MODEL)
        assert wait_of(rates.admit_submission, PRINCIPAL, MODEL) == 1
        clock.at += 1
        rates.admit_submission(PRINCIPAL, MODEL)

        assert wait_of(rates.admit_submission, PRINCIPAL, MODEL) == 29

    def test_a_key_s_own_limit_counts_all_models_and_no_other_key(
        self, rates: LimitRates, book: LimitBook
    ):
        limit(book, key_id=PRINCIPAL.key_id, submissions_per_minute=1)
        rates.admit_submission(PRINCIPAL, MODEL)

        assert wait_of(rates.admit_submission, PRINCIPAL, OTHER_MODEL) == 60
        rates.admit_submission(OTHER_KEY, MODEL)

    def test_a_change_holds_from_the_next_call_on(self, rates: LimitRates, book: LimitBook):
        limit(book, submissions_per_minute=1)
        rates.admit_submission(PRINCIPAL, MODEL)
        wait_of(rates.admit_submission, PRINCIPAL, MODEL)

        book.replace([])

        rates.admit_submission(PRINCIPAL, MODEL)


class TestQueries:
    def test_they_count_by_account_for_all_keys_together(
        self, rates: LimitRates, book: LimitBook, clock: SetLeaseClock
    ):
        limit(book, queries_per_second=2)
        rates.admit_query(PRINCIPAL)
        rates.admit_query(OTHER_KEY)

        assert wait_of(rates.admit_query, PRINCIPAL) == 1
        rates.admit_query(OTHER_PRINCIPAL)
        clock.at += 0.5
        rates.admit_query(PRINCIPAL)

    def test_a_key_s_own_limit_holds_beside_the_account_s(self, rates: LimitRates, book: LimitBook):
        limit(book, key_id=PRINCIPAL.key_id, queries_per_second=1)
        rates.admit_query(PRINCIPAL)

        wait_of(rates.admit_query, PRINCIPAL)
        rates.admit_query(OTHER_KEY)

    def test_submissions_and_queries_are_counted_apart(self, rates: LimitRates, book: LimitBook):
        limit(book, submissions_per_second=1, queries_per_second=1)

        rates.admit_submission(PRINCIPAL, MODEL)
        rates.admit_query(PRINCIPAL)

    def test_a_key_and_an_account_of_the_same_name_are_two(
        self, rates: LimitRates, book: LimitBook
    ):
        namesake = msgspec.structs.replace(OTHER_PRINCIPAL, key_id=KeyId(PRINCIPAL.account))
        book.replace(
            [
                LimitRule(queries_per_second=1),
                LimitRule(key_id=namesake.key_id, queries_per_second=1),
            ]
        )
        rates.admit_query(PRINCIPAL)

        rates.admit_query(namesake)


class TestSubmitTask:
    @pytest.fixture
    def tasks(self, store: TroubledStore, book: LimitBook) -> SqliteTaskStore:
        return SqliteTaskStore(store.database, book)

    @pytest.fixture
    def submit(
        self,
        tasks: SqliteTaskStore,
        rates: LimitRates,
        objects: MemoryObjects,
        calendar: SetCalendar,
    ) -> SubmitTask:
        return build_submit_task(tasks, HotTasks(tasks), objects, calendar, rates=rates)

    async def test_a_call_that_is_turned_away_makes_nothing(
        self, tasks: SqliteTaskStore, submit: SubmitTask, objects: MemoryObjects, book: LimitBook
    ):
        limit(book, submissions_per_minute=1)
        await submit(make_submission())

        with pytest.raises(RateExceeded):
            await submit(make_submission(raw_body=b"x" * 100_000))

        assert await tasks.measure_queue() == QueueDepth(pending=1, running=0)
        assert objects.contents == {}

    async def test_an_alias_counts_as_its_model(self, submit: SubmitTask, book: LimitBook):
        limit(book, model=MODEL, submissions_per_minute=1)
        await submit(make_submission())

        with pytest.raises(RateExceeded):
            await submit(make_submission(model=f"{MODEL}-2026-01-01"))

    async def test_a_repeat_counts_once(self, submit: SubmitTask, book: LimitBook):
        limit(book, submissions_per_minute=1)
        call = msgspec.structs.replace(make_submission(), extras=Extras(idempotency_key="once"))
        first = await submit(call)

        assert [(await submit(call)).id for _ in range(3)] == [first.id] * 3

    async def test_a_call_of_the_wrong_kind_does_not_count(
        self, submit: SubmitTask, book: LimitBook
    ):
        limit(book, submissions_per_minute=1)
        with pytest.raises(SynchronousCallRefused):
            await submit(make_submission(is_async=False))
        with pytest.raises(ModelUnknown):
            await submit(make_submission(model="wan0.0-none"))

        await submit(make_submission())

    async def test_only_so_many_may_wait_and_a_repeat_of_one_is_still_answered(
        self, tasks: SqliteTaskStore, submit: SubmitTask, book: LimitBook
    ):
        limit(book, queued_tasks=2)
        call = msgspec.structs.replace(make_submission(), extras=Extras(idempotency_key="once"))
        first = await submit(call)
        await submit(make_submission())

        with pytest.raises(QueueFull):
            await submit(make_submission())

        assert (await submit(call)).id == first.id
        await submit(make_submission(principal=OTHER_PRINCIPAL))
        assert await tasks.measure_queue() == QueueDepth(pending=3, running=0)

    async def test_a_queue_that_was_too_long_for_a_new_limit_takes_none_until_it_is_shorter(
        self, submit: SubmitTask, book: LimitBook
    ):
        for _ in range(3):
            await submit(make_submission())

        limit(book, queued_tasks=3)
        with pytest.raises(QueueFull):
            await submit(make_submission())
        limit(book, queued_tasks=4)
        await submit(make_submission())
        with pytest.raises(QueueFull):
            await submit(make_submission())
