"""One try of one notice: what is sent, and what follows from the answer."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from domain.samples import ACCOUNT, OTHER_ACCOUNT, SECRET, START, WEBHOOK, make_failed
from fakes import SetCalendar
from kaiga.domain.errors import StoreUnavailable
from kaiga.domain.notices import derive_task_secret, make_event, name_event
from kaiga.domain.webhooks import Delivery, DeliveryState, Progress, Reply
from kaiga.store.sqlite import SqliteOutbox, SqliteWebhookStore
from service.told import FIRST_WAIT, PEPPER, ZONE, PlannedSender, build_deliver, end_task, read_log
from service.troubled_store import TroubledStore

OWN = "https://own.example/ends"
BAD = Reply(status=500, answer="no")
HOUR = timedelta(hours=1)


class TroubledOutbox(SqliteOutbox):
    """An outbox whose next records are refused."""

    refusals = 0

    async def record(self, delivery: Delivery, progress: Progress, *, disables: bool) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StoreUnavailable
        await super().record(delivery, progress, disables=disables)


@dataclass(kw_only=True)
class Telling:
    """One account with one address, and what tells it."""

    store: TroubledStore
    calendar: SetCalendar
    outbox: TroubledOutbox
    webhooks: SqliteWebhookStore

    async def try_once(self, *replies: Reply | Exception) -> PlannedSender:
        """Try everything that is due."""
        sender = PlannedSender(*replies)
        deliver = build_deliver(self.outbox, sender, self.calendar)
        for due in await self.outbox.claim_due(self.calendar.real_now(), 9):
            await deliver(due)
            self.outbox.release(due.delivery.id)
        return sender

    async def progress(self) -> Progress:
        [delivery] = await read_log(self.outbox)
        return delivery.progress

    async def is_disabled(self) -> bool:
        [webhook] = await self.webhooks.list_webhooks(ACCOUNT)
        return webhook.disabled_at is not None


@pytest.fixture
async def telling(store: TroubledStore, calendar: SetCalendar) -> Telling:
    webhooks = SqliteWebhookStore(store.database)
    await webhooks.add_webhook(ACCOUNT, WEBHOOK, SECRET, START)
    outbox = TroubledOutbox(store.database)
    return Telling(store=store, calendar=calendar, outbox=outbox, webhooks=webhooks)


async def test_what_is_sent_is_the_event_under_the_address_s_own_signature(telling: Telling):
    await end_task(telling.store)

    sender = await telling.try_once()

    [(url, headers, body)] = sender.sent
    [delivery] = await read_log(telling.outbox)
    assert url == WEBHOOK
    assert body == make_event(delivery.notice, ZONE)
    assert headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert headers["webhook-id"] == name_event(delivery.notice.task_id)
    assert headers["webhook-timestamp"] == str(int(START.timestamp()))
    signature = Verifier(SECRET).sign(headers["webhook-id"], START, body.decode())
    assert headers["webhook-signature"] == signature


async def test_an_address_of_the_task_is_signed_with_the_account_s_task_secret(telling: Telling):
    await telling.store.tasks.add(make_failed(account=OTHER_ACCOUNT, webhook=OWN))
    telling.calendar.at = telling.calendar.at.now(telling.calendar.at.tzinfo)

    sender = await telling.try_once()

    [(_, headers, body)] = sender.sent
    Verifier(derive_task_secret(PEPPER, OTHER_ACCOUNT)).verify(body, dict(headers))
    with pytest.raises(WebhookVerificationError):
        Verifier(derive_task_secret(PEPPER, ACCOUNT)).verify(body, dict(headers))


async def test_an_address_that_is_the_account_s_as_well_is_signed_with_its_own_secret(
    telling: Telling,
):
    await end_task(telling.store, webhook=WEBHOOK)

    [(_, headers, body)] = (await telling.try_once()).sent

    assert headers["webhook-signature"] == Verifier(SECRET).sign(
        headers["webhook-id"], START, body.decode()
    )


async def test_a_2xx_ends_it(telling: Telling):
    await end_task(telling.store)

    await telling.try_once(Reply(status=202, answer="thanks"))

    assert await telling.progress() == Progress(
        state=DeliveryState.DELIVERED,
        tries=1,
        first_tried_at=START,
        last_tried_at=START,
        done_at=START,
        answer_status=202,
        answer="thanks",
    )
    assert (await telling.try_once()).sent == []


@pytest.mark.parametrize(
    "reply", [BAD, Reply(status=302), Reply(status=404), Reply(trouble="the host says nothing")]
)
async def test_anything_else_is_tried_again_after_a_wait(telling: Telling, reply: Reply):
    await end_task(telling.store)

    await telling.try_once(reply)

    progress = await telling.progress()
    assert (progress.state, progress.tries) == (DeliveryState.WAITING, 1)
    assert (progress.answer_status, progress.trouble) == (reply.status, reply.trouble)
    assert progress.next_try_at is not None
    assert FIRST_WAIT * 0.8 <= progress.next_try_at - START <= FIRST_WAIT * 1.2
    assert (await telling.try_once()).sent == []


async def test_each_try_sends_the_same_event_under_a_fresh_stamp(telling: Telling):
    await end_task(telling.store)
    first = await telling.try_once(BAD)
    telling.calendar.advance(HOUR)

    second = await telling.try_once()

    [(_, old, old_body)], [(_, new, new_body)] = first.sent, second.sent
    assert (old["webhook-id"], old_body) == (new["webhook-id"], new_body)
    assert int(new["webhook-timestamp"]) - int(old["webhook-timestamp"]) == 3600
    assert (await telling.progress()).state is DeliveryState.DELIVERED


async def test_after_a_day_of_tries_it_is_given_up_and_the_log_says_why(telling: Telling):
    await end_task(telling.store)
    tries = 0
    while (await telling.progress()).state is DeliveryState.WAITING:
        tries += len((await telling.try_once(BAD)).sent)
        telling.calendar.advance(timedelta(seconds=1) + HOUR * 1.2)

    progress = await telling.progress()
    assert progress.state is DeliveryState.GIVEN_UP
    assert (progress.tries, progress.answer_status, progress.answer) == (tries, 500, "no")
    assert progress.done_at is not None
    assert timedelta(hours=22) < progress.done_at - START < timedelta(hours=25)


async def test_a_notice_of_days_ago_is_tried_once_at_least(telling: Telling):
    await end_task(telling.store)
    telling.calendar.advance(timedelta(days=9))

    await telling.try_once()

    assert (await telling.progress()).state is DeliveryState.DELIVERED


async def test_410_takes_an_address_of_the_account_out_of_use(telling: Telling):
    await end_task(telling.store)

    await telling.try_once(Reply(status=410))

    assert (await telling.progress()).state is DeliveryState.GIVEN_UP
    assert await telling.is_disabled()


async def test_410_of_an_address_that_the_task_named_disables_nothing(telling: Telling):
    await end_task(telling.store, webhook=WEBHOOK)

    await telling.try_once(Reply(status=410))

    assert (await telling.progress()).state is DeliveryState.GIVEN_UP
    assert not await telling.is_disabled()


async def test_what_waits_for_an_address_that_was_removed_is_given_up_unsent(telling: Telling):
    await end_task(telling.store)
    [webhook] = await telling.webhooks.list_webhooks(ACCOUNT)
    await telling.webhooks.remove_webhook(ACCOUNT, webhook.id)

    sender = await telling.try_once()

    progress = await telling.progress()
    assert sender.sent == []
    assert (progress.state, progress.tries) == (DeliveryState.GIVEN_UP, 0)
    assert "no webhook of the account any more" in progress.trouble


async def test_a_bug_in_sending_counts_as_a_try_that_failed_and_tells_nothing(telling: Telling):
    await end_task(telling.store)

    await telling.try_once(RuntimeError("secret detail"))

    progress = await telling.progress()
    assert (progress.state, progress.tries) == (DeliveryState.WAITING, 1)
    assert "secret" not in progress.trouble


async def test_a_store_that_does_not_answer_makes_no_second_send(telling: Telling):
    await end_task(telling.store)
    telling.outbox.refusals = 1

    sender = await telling.try_once()

    assert len(sender.sent) == 1
    assert (await telling.progress()).state is DeliveryState.DELIVERED
