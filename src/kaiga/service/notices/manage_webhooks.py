"""Addresses that are told of the ends of tasks, and the log of telling them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from kaiga.domain.errors import DeliveryUnknown, FieldInvalid, WebhookUnknown
from kaiga.domain.ids import AccountId, DeliveryId, TaskId, WebhookId, draw_request_id, is_account
from kaiga.domain.keys import Principal
from kaiga.domain.notices import Notice, derive_task_secret, draw_webhook_secret
from kaiga.domain.tasks import TaskStatus
from kaiga.domain.webhooks import Delivery, Webhook, read_webhook_url
from kaiga.ports.clock import Calendar
from kaiga.ports.outbox import DeliveryFilter, Outbox
from kaiga.ports.webhook_store import WebhookStore

_SAMPLE_OPERATION = "aigc:text2image:image-synthesis"
_SAMPLE_MODEL = "wan2.5-t2i-preview"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageWebhooks:
    """The use cases around webhooks; all of them raise `StoreUnavailable`."""

    store: WebhookStore
    outbox: Outbox
    calendar: Calendar
    pepper: bytes
    own_region: str

    async def add(self, account: AccountId, url: str) -> tuple[Webhook, str]:
        """Have an address told of every end of the account's tasks; gives its secret, this once.

        Raises:
            FieldInvalid: it can't be an address, or the account has as many as it may.
            WebhookExists: the account has it already.
        """
        if not is_account(account):
            raise FieldInvalid(
                "account must be 1 to 64 letters, digits, - and _, "
                "beginning with a letter or digit."
            )
        try:
            address = read_webhook_url(url.strip())
        except ValueError as error:
            raise FieldInvalid(
                f"url must be an address such as https://example.com/told: {error}."
            ) from None
        secret = draw_webhook_secret()
        now = self.calendar.real_now()
        return await self.store.add_webhook(account, address, secret, now), secret

    async def list_of(self, account: AccountId) -> Sequence[Webhook]:
        """Give the addresses of an account, oldest first."""
        return await self.store.list_webhooks(account)

    async def remove(self, account: AccountId, webhook_id: WebhookId) -> None:
        """Tell an address nothing more.

        Raises:
            WebhookUnknown: the account has none of that id.
        """
        if not await self.store.remove_webhook(account, webhook_id):
            raise WebhookUnknown

    async def send_sample(
        self, principal: Principal, account: AccountId, webhook_id: WebhookId
    ) -> DeliveryId:
        """Send a sample to an address: the event of a task that does not exist.

        It goes the way of every notice, and the log shows what came of it.

        Raises:
            WebhookUnknown: the account has none of that id.
        """
        webhook = await self.store.find_webhook(account, webhook_id)
        if webhook is None:
            raise WebhookUnknown
        now = self.calendar.real_now()
        sample = Notice(
            task_id=TaskId(str(uuid4())),
            status=TaskStatus.SUCCEEDED,
            account=account,
            key_id=principal.key_id,
            request_id=draw_request_id(),
            region=self.own_region,
            operation=_SAMPLE_OPERATION,
            model=_SAMPLE_MODEL,
            started_at=now,
            ended_at=now,
        )
        return await self.outbox.add(webhook.url, sample)

    def get_task_secret(self, account: AccountId) -> str:
        """Give the secret that signs what goes to addresses which single tasks name."""
        return derive_task_secret(self.pepper, account)

    async def list_deliveries(self, wanted: DeliveryFilter, limit: int) -> Sequence[Delivery]:
        """Give up to `limit` deliveries, newest first."""
        return await self.outbox.list_deliveries(wanted, limit)

    async def redeliver(self, account: AccountId, delivery_id: DeliveryId) -> None:
        """Send a notice again, with as many tries as a new one.

        Raises:
            DeliveryUnknown: the account has none of that id.
        """
        if not await self.outbox.redeliver(account, delivery_id):
            raise DeliveryUnknown
