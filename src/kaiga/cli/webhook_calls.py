"""The routes of webhooks as commands call them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

import msgspec

from kaiga.cli.client import ApiClient
from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.domain.webhooks import DeliveryState, Webhook


class MadeWebhook(Webhook, frozen=True, kw_only=True):
    """A new webhook with its secret, which is not to be had again."""

    secret: str


class DeliveryShown(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery as the log shows it."""

    id: str
    account: str
    task_id: str
    task_status: str
    url: str
    is_of_task: bool
    ended_at: datetime
    state: DeliveryState
    tries: int
    next_try_at: datetime | None
    first_tried_at: datetime | None
    last_tried_at: datetime | None
    done_at: datetime | None
    answer_status: int | None
    answer: str
    trouble: str


class _WebhookList(msgspec.Struct, frozen=True):
    webhooks: tuple[Webhook, ...]


class _DeliveryList(msgspec.Struct, frozen=True):
    deliveries: tuple[DeliveryShown, ...]


class _Secret(msgspec.Struct, frozen=True):
    secret: str


class _Sample(msgspec.Struct, frozen=True):
    delivery_id: str


class WebhookCalls:
    """Calls about the webhooks of one account; None stands for the key's own."""

    def __init__(self, client: ApiClient, account: str | None) -> None:
        self._client = client
        self._account = account

    def list_all(self) -> Sequence[Webhook]:
        """Give the addresses, oldest first."""
        return msgspec.json.decode(self._call("GET", ""), type=_WebhookList).webhooks

    def add(self, address: str) -> MadeWebhook:
        """Add an address."""
        body = self._call("POST", "", body={"url": address})
        return msgspec.json.decode(body, type=MadeWebhook)

    def remove(self, webhook_id: str) -> None:
        """Remove an address."""
        self._call("DELETE", f"/{_in_path(webhook_id)}")

    def send_sample(self, webhook_id: str) -> str:
        """Have a sample sent; gives the id of its delivery."""
        body = self._call("POST", f"/{_in_path(webhook_id)}/test")
        return msgspec.json.decode(body, type=_Sample).delivery_id

    def get_task_secret(self) -> str:
        """Give the secret for addresses that tasks name."""
        return msgspec.json.decode(self._call("GET", "/secret"), type=_Secret).secret

    def list_deliveries(self, wanted: Mapping[str, object]) -> Sequence[DeliveryShown]:
        """Give the deliveries that match, newest first."""
        body = self._call("GET", "/deliveries", wanted)
        return msgspec.json.decode(body, type=_DeliveryList).deliveries

    def redeliver(self, delivery_id: str) -> None:
        """Have a notice sent again."""
        self._call("POST", f"/deliveries/{_in_path(delivery_id)}/redeliver")

    def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> bytes:
        asked = {"account": self._account, **(query or {})}
        text = urlencode({name: value for name, value in asked.items() if value is not None})
        return self._client.administer(method, f"webhooks{path}?{text}", body)


def _in_path(given: str) -> str:
    if not given.isalnum():
        raise CommandFailed(f"{given!r} is not an id.", exit_status=ExitStatus.USAGE)
    return given
