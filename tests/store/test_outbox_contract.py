"""The ports `WebhookStore` and `Outbox`: who is told of ends, whose turn it is, what is kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    OTHER_ACCOUNT,
    REGION,
    RETENTION,
    SECRET,
    START,
    WEBHOOK,
    after,
    always,
    make_failed,
    make_lease,
    make_new,
    make_success,
)
from kaiga.domain.errors import FieldInvalid, WebhookExists
from kaiga.domain.ids import AccountId, DeliveryId, WebhookId
from kaiga.domain.lifetimes import horizon_of_notices
from kaiga.domain.notices import Notice
from kaiga.domain.tasks import AttemptCause, TaskStatus
from kaiga.domain.webhooks import MOST_WEBHOOKS, DeliveryState, DueDelivery, Progress
from kaiga.ports.outbox import DeliveryFilter
from store.opened import OpenedStore

OWN = "https://own.example/ends"
LATER = after(60_000)
DELIVERED = Progress(state=DeliveryState.DELIVERED, tries=1, done_at=LATER, answer_status=204)
OF_ACCOUNT = DeliveryFilter(account=ACCOUNT)


async def end(opened: OpenedStore, number: int = 0, *, webhook: str = "") -> None:
    """Have a task end at once."""
    await opened.tasks.add(make_failed(number, webhook=webhook))


async def claim(opened: OpenedStore, slots: int = 32, now: datetime = LATER) -> list[DueDelivery]:
    return list(await opened.outbox.claim_due(now, slots))


async def claim_one(opened: OpenedStore) -> DueDelivery:
    await end(opened)
    [due] = await claim(opened)
    return due


def with_other_task(due: DueDelivery) -> Notice:
    return msgspec.structs.replace(due.delivery.notice, task_id=make_failed(9).task.id)


def addresses(opened: OpenedStore) -> list[tuple[object, ...]]:
    return sorted(opened.select("SELECT url, is_of_task FROM outbox"))


def origins(claimed: Sequence[DueDelivery]) -> list[str]:
    return sorted(each.delivery.url.split("/")[2] for each in claimed)


class TestAddresses:
    async def test_an_account_s_addresses_are_listed_oldest_first(self, opened: OpenedStore):
        added = await opened.webhooks.add_webhook(ACCOUNT, OWN, SECRET, after(1))
        await opened.webhooks.add_webhook(OTHER_ACCOUNT, OWN, SECRET, after(2))

        listed = await opened.webhooks.list_webhooks(ACCOUNT)

        assert [each.url for each in listed] == [WEBHOOK, OWN]
        assert listed[1] == added == await opened.webhooks.find_webhook(ACCOUNT, added.id)
        assert (added.created_at, added.disabled_at) == (after(1), None)

    async def test_an_address_is_there_once(self, opened: OpenedStore):
        with pytest.raises(WebhookExists):
            await opened.webhooks.add_webhook(ACCOUNT, WEBHOOK, SECRET, START)

        assert len(await opened.webhooks.list_webhooks(ACCOUNT)) == 1

    async def test_an_account_has_no_more_addresses_than_it_may(self, opened: OpenedStore):
        for number in range(1, MOST_WEBHOOKS):
            await opened.webhooks.add_webhook(ACCOUNT, f"{OWN}/{number}", SECRET, START)

        with pytest.raises(FieldInvalid, match="at most 20"):
            await opened.webhooks.add_webhook(ACCOUNT, OWN, SECRET, START)

    async def test_only_one_s_own_address_is_removed(self, opened: OpenedStore):
        [webhook] = await opened.webhooks.list_webhooks(ACCOUNT)

        for account, webhook_id in [
            (OTHER_ACCOUNT, webhook.id),
            (ACCOUNT, WebhookId("99")),
            (ACCOUNT, WebhookId("猫")),
            (ACCOUNT, WebhookId("0x1")),
        ]:
            assert not await opened.webhooks.remove_webhook(account, webhook_id)
            assert await opened.webhooks.find_webhook(account, webhook_id) is None
        assert await opened.webhooks.remove_webhook(ACCOUNT, webhook.id)
        assert await opened.webhooks.list_webhooks(ACCOUNT) == []


class TestWhoIsTold:
    async def test_an_end_of_which_nobody_is_to_be_told_writes_nothing(self, opened: OpenedStore):
        await opened.tasks.add(make_failed(account=OTHER_ACCOUNT))

        assert addresses(opened) == []

    async def test_each_address_of_the_account_and_the_task_s_own_are_told(
        self, opened: OpenedStore
    ):
        await opened.webhooks.add_webhook(ACCOUNT, f"{WEBHOOK}/too", SECRET, START)
        await opened.webhooks.add_webhook(OTHER_ACCOUNT, f"{WEBHOOK}/no", SECRET, START)

        await end(opened, webhook=OWN)

        assert addresses(opened) == [(OWN, 1), (WEBHOOK, 0), (f"{WEBHOOK}/too", 0)]

    async def test_an_address_that_is_both_is_told_once(self, opened: OpenedStore):
        await end(opened, webhook=WEBHOOK)

        assert addresses(opened) == [(WEBHOOK, 1)]

    async def test_a_task_of_an_account_without_addresses_has_its_own_told(
        self, opened: OpenedStore
    ):
        await opened.tasks.add(make_failed(20, account=OTHER_ACCOUNT, webhook=OWN))

        assert addresses(opened) == [(OWN, 1)]

    async def test_a_task_that_was_tried_several_times_tells_once(self, opened: OpenedStore):
        await opened.tasks.add(make_new(webhook=OWN))
        for cause in (AttemptCause.ENGINE_CRASHED, AttemptCause.WORKER_STOPPED, None):
            [held] = await opened.tasks.claim(
                frozenset({MODEL}), make_lease(), 1, "sketch", always(after(1))
            )
            assert addresses(opened) == []
            if cause is not None:
                await opened.tasks.give_back(held, cause, after(2), after(99))
        await opened.tasks.finish(held, make_success(held), after(3), after(99))

        assert addresses(opened) == [(OWN, 1), (WEBHOOK, 0)]

    async def test_a_notice_has_all_that_its_event_says(self, opened: OpenedStore):
        new = make_new()
        await opened.tasks.add(new)
        [held] = await opened.tasks.claim(
            frozenset({MODEL}), make_lease(), 1, "sketch", always(after(1))
        )
        await opened.tasks.finish(held, make_success(held), after(3), after(99))
        await opened.tasks.purge_expired(after(99), 10)

        [due] = await claim(opened)

        notice = due.delivery.notice
        assert (notice.task_id, notice.status) == (new.task.id, TaskStatus.SUCCEEDED)
        assert (notice.account, notice.key_id) == (ACCOUNT, "1000001")
        assert (notice.request_id, notice.region) == (new.task.request_id, REGION)
        assert (notice.operation, notice.model) == (new.task.operation, new.task.model)
        assert (notice.started_at, notice.ended_at) == (after(1), after(3))

    async def test_a_task_canceled_before_its_start_began_when_it_was_submitted(
        self, opened: OpenedStore
    ):
        new = make_new()
        await opened.tasks.add(new)
        await opened.tasks.cancel(ACCOUNT, REGION, new.task.id, after(5), after(99))

        [due] = await claim(opened)

        assert due.delivery.notice.status is TaskStatus.CANCELED
        assert (due.delivery.notice.started_at, due.delivery.notice.ended_at) == (START, after(5))

    async def test_listeners_hear_of_ends_that_somebody_is_told_of_and_of_no_others(
        self, opened: OpenedStore
    ):
        heard: list[int] = []
        opened.tasks.on_announced(lambda: heard.append(len(heard)))

        await opened.tasks.add(make_failed(0, account=OTHER_ACCOUNT))
        await opened.tasks.add(make_new(1))
        assert heard == []

        await opened.tasks.add(make_failed(2))
        await opened.tasks.cancel(ACCOUNT, REGION, make_new(1).task.id, after(5), after(99))
        assert heard == [0, 1]


class TestClaims:
    async def test_a_new_notice_is_due_with_the_secret_of_its_address(self, opened: OpenedStore):
        due = await claim_one(opened)

        assert (due.delivery.url, due.secret) == (WEBHOOK, SECRET)
        assert due.delivery.progress == Progress()

    async def test_a_claimed_delivery_is_not_claimed_again_until_it_is_released(
        self, opened: OpenedStore
    ):
        due = await claim_one(opened)
        assert await claim(opened) == []

        opened.outbox.release(due.delivery.id)

        assert await claim(opened) == [due]

    async def test_what_a_dead_process_had_claimed_is_due_again(self, opened: OpenedStore):
        due = await claim_one(opened)

        await opened.reopen()

        assert await claim(opened) == [due]

    async def test_a_delivery_is_due_from_its_next_try_on(self, opened: OpenedStore):
        due = await claim_one(opened)
        again = Progress(tries=1, next_try_at=after(90_000), first_tried_at=LATER, trouble="why")
        await opened.outbox.record(due.delivery, again, disables=False)
        opened.outbox.release(due.delivery.id)

        assert await claim(opened, now=after(89_999)) == []
        [logged] = await opened.outbox.list_deliveries(OF_ACCOUNT, 9)
        assert logged.progress == again
        [later] = await claim(opened, now=after(90_000))
        assert later.delivery.progress == msgspec.structs.replace(again, next_try_at=None)

    async def test_a_clock_set_back_by_days_stops_no_delivery(self, opened: OpenedStore):
        due = await claim_one(opened)
        await opened.outbox.record(
            due.delivery, Progress(tries=1, next_try_at=after(90_000)), disables=False
        )
        opened.outbox.release(due.delivery.id)
        days_before = START - timedelta(days=3)

        assert horizon_of_notices(days_before) < after(90_000)
        assert len(await claim(opened, now=days_before)) == 1

    async def test_what_is_done_is_not_due(self, opened: OpenedStore):
        due = await claim_one(opened)
        await opened.outbox.record(due.delivery, DELIVERED, disables=False)
        opened.outbox.release(due.delivery.id)

        assert await claim(opened) == []

    async def test_a_receiver_with_many_notices_leaves_room_for_others(self, opened: OpenedStore):
        for number in range(8):
            await end(opened, number, webhook=f"https://own.example/{number}")

        first = await claim(opened)

        assert origins(first) == ["own.example"] * 4 + ["told.example"] * 4
        assert await claim(opened) == []

    async def test_an_account_has_no_more_than_its_part_at_once(self, opened: OpenedStore):
        for number in range(20):
            await end(opened, number, webhook=f"https://{number}.example/")
        await opened.tasks.add(make_failed(20, account=OTHER_ACCOUNT, webhook=OWN))

        claimed = await claim(opened)

        accounts = [each.delivery.notice.account for each in claimed]
        assert (accounts.count(ACCOUNT), accounts.count(OTHER_ACCOUNT)) == (16, 1)

    async def test_receivers_take_turns(self, opened: OpenedStore):
        for number, host in enumerate(("a", "b", "c")):
            await end(opened, number, webhook=f"https://{host}.example/")
        [stay] = await opened.webhooks.list_webhooks(ACCOUNT)
        await opened.webhooks.remove_webhook(ACCOUNT, stay.id)

        turns: list[str] = []
        for _ in range(4):
            [due] = await claim(opened, slots=1)
            turns += origins([due])
            opened.outbox.release(due.delivery.id)

        assert turns == ["a.example", "b.example", "c.example", "told.example"]

    async def test_an_address_that_was_removed_or_disabled_has_no_secret(self, opened: OpenedStore):
        due = await claim_one(opened)
        opened.outbox.release(due.delivery.id)
        [webhook] = await opened.webhooks.list_webhooks(ACCOUNT)
        await opened.webhooks.remove_webhook(ACCOUNT, webhook.id)

        [removed] = await claim(opened)

        assert removed == DueDelivery(delivery=due.delivery, secret=None)


class TestRecords:
    async def test_a_disabled_address_is_told_of_no_further_end(self, opened: OpenedStore):
        due = await claim_one(opened)

        await opened.outbox.record(due.delivery, DELIVERED, disables=True)
        await end(opened, 1)

        [webhook] = await opened.webhooks.list_webhooks(ACCOUNT)
        assert webhook.disabled_at == LATER
        assert opened.select("SELECT count(*) FROM outbox") == [(1,)]

    async def test_a_redelivered_notice_is_due_as_if_never_tried(self, opened: OpenedStore):
        due = await claim_one(opened)
        await opened.outbox.record(due.delivery, DELIVERED, disables=False)
        opened.outbox.release(due.delivery.id)

        assert await opened.outbox.redeliver(ACCOUNT, due.delivery.id)

        [again] = await claim(opened)
        progress = again.delivery.progress
        assert (progress.state, progress.tries) == (DeliveryState.WAITING, 0)
        assert (progress.first_tried_at, progress.done_at) == (None, None)
        assert again.delivery.notice == due.delivery.notice

    @pytest.mark.parametrize(
        ("account", "delivery_id"), [(OTHER_ACCOUNT, "1"), (ACCOUNT, "99"), (ACCOUNT, "猫")]
    )
    async def test_only_one_s_own_notices_are_redelivered(
        self, opened: OpenedStore, account: AccountId, delivery_id: str
    ):
        await claim_one(opened)

        assert not await opened.outbox.redeliver(account, DeliveryId(delivery_id))

    async def test_a_notice_put_there_by_hand_is_due(self, opened: OpenedStore):
        due = await claim_one(opened)

        delivery_id = await opened.outbox.add(WEBHOOK, with_other_task(due))

        [added] = await claim(opened)
        assert (added.delivery.id, added.secret) == (delivery_id, SECRET)
        assert added.delivery.notice == with_other_task(due)

    async def test_old_deliveries_are_forgotten_a_few_at_a_time_and_waiting_ones_are_not(
        self, opened: OpenedStore
    ):
        for number in range(4):
            await end(opened, number)
        for due in (await claim(opened))[:3]:
            await opened.outbox.record(due.delivery, DELIVERED, disables=False)

        counts = [await opened.outbox.purge_deliveries(LATER + RETENTION, 2) for _ in range(3)]

        assert counts == [2, 1, 0]
        assert opened.select("SELECT state FROM outbox") == [("WAITING",)]

    async def test_a_delivery_is_kept_until_its_time(self, opened: OpenedStore):
        due = await claim_one(opened)
        await opened.outbox.record(due.delivery, DELIVERED, disables=False)

        assert await opened.outbox.purge_deliveries(after(59_999), 10) == 0
        assert await opened.outbox.purge_deliveries(LATER, 10) == 1


class TestLog:
    async def test_the_log_is_newest_first_and_goes_on_before_an_id(self, opened: OpenedStore):
        for number in range(5):
            await end(opened, number)

        newest = await opened.outbox.list_deliveries(OF_ACCOUNT, 2)
        older = await opened.outbox.list_deliveries(
            DeliveryFilter(account=ACCOUNT, before=newest[-1].id), 9
        )

        numbers = [int(each.id) for each in (*newest, *older)]
        assert numbers == sorted(numbers, reverse=True)
        assert (len(newest), len(older)) == (2, 3)

    async def test_all_conditions_of_a_filter_hold(self, opened: OpenedStore):
        await end(opened, 0, webhook=OWN)
        await end(opened, 1)
        for due in await claim(opened):
            if due.delivery.url == OWN:
                await opened.outbox.record(due.delivery, DELIVERED, disables=False)
        task_id = make_failed(0).task.id

        async def count(**wanted: object) -> int:
            asked = DeliveryFilter(**{"account": ACCOUNT, **wanted})  # type: ignore[arg-type]
            return len(await opened.outbox.list_deliveries(asked, 9))

        assert await count() == 3
        assert await count(task_id=task_id) == 2
        assert await count(url=OWN) == 1
        assert await count(state=DeliveryState.DELIVERED) == 1
        assert await count(state=DeliveryState.WAITING, task_id=task_id) == 1
        assert await count(account=OTHER_ACCOUNT) == 0
