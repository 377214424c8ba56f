"""`/kaiga/v1/webhooks`: addresses told of the ends of tasks, and the log of telling them.

A key administers the webhooks of its own account; one with the role admin may name another.
"""

from collections.abc import Mapping, Sequence
from typing import cast

import msgspec

from kaiga.domain.errors import (
    BodyMalformed,
    FieldInvalid,
    RoleTooLow,
    TemporaryKeyRefused,
)
from kaiga.domain.ids import AccountId, DeliveryId, WebhookId
from kaiga.domain.keys import Principal, Role
from kaiga.domain.webhooks import Delivery, DeliveryState
from kaiga.http.asgi import Answer, Call
from kaiga.http.bodies import BodyReader
from kaiga.http.dashscope.queries import read_number, read_query
from kaiga.http.identity import authenticate
from kaiga.http.operations.routing import Route
from kaiga.ports.outbox import DeliveryFilter
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.notices.manage_webhooks import ManageWebhooks

_PATH = "/kaiga/v1/webhooks"
_USUAL_PAGE, _LARGEST_PAGE = 20, 100

_encode = msgspec.json.Encoder().encode


class WebhookWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /kaiga/v1/webhooks`."""

    url: str


class WebhookRoutes:
    """Answers the administration of webhooks; `account` in the query names another account."""

    def __init__(
        self, *, manage_webhooks: ManageWebhooks, key_ring: KeyRing, bodies: BodyReader
    ) -> None:
        self._manage = manage_webhooks
        self._key_ring = key_ring
        self._bodies = bodies

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", _PATH, self._list),
            Route("POST", _PATH, self._add),
            Route("DELETE", f"{_PATH}/{{webhook_id}}", self._remove),
            Route("POST", f"{_PATH}/{{webhook_id}}/test", self._send_sample),
            Route("GET", f"{_PATH}/secret", self._show_task_secret),
            Route("GET", f"{_PATH}/deliveries", self._list_deliveries),
            Route("POST", f"{_PATH}/deliveries/{{delivery_id}}/redeliver", self._redeliver),
        )

    async def _list(self, call: Call) -> Answer:
        _, account = await self._identify(call)
        webhooks = await self._manage.list_of(account)
        return _answer(call, webhooks=[msgspec.to_builtins(each) for each in webhooks])

    async def _add(self, call: Call) -> Answer:
        _, account = await self._identify(call)
        with self._bodies.reserve(call) as reservation:
            body = await reservation.read(call)
        webhook, secret = await self._manage.add(account, _read_wanted(body).url)
        shown = cast("dict[str, object]", msgspec.to_builtins(webhook))
        return _answer(call, secret=secret, **shown)

    async def _remove(self, call: Call, webhook_id: str) -> Answer:
        _, account = await self._identify(call)
        await self._manage.remove(account, WebhookId(webhook_id))
        return _answer(call)

    async def _send_sample(self, call: Call, webhook_id: str) -> Answer:
        principal, account = await self._identify(call)
        delivery_id = await self._manage.send_sample(principal, account, WebhookId(webhook_id))
        return _answer(call, delivery_id=delivery_id)

    async def _show_task_secret(self, call: Call) -> Answer:
        _, account = await self._identify(call)
        return _answer(call, secret=self._manage.get_task_secret(account))

    async def _list_deliveries(self, call: Call) -> Answer:
        _, account = await self._identify(call)
        asked = read_query(call)
        limit = min(_LARGEST_PAGE, read_number("limit", asked.get("limit"), _USUAL_PAGE))
        found = await self._manage.list_deliveries(_make_filter(account, asked), limit)
        return _answer(call, deliveries=[show_delivery(each) for each in found])

    async def _redeliver(self, call: Call, delivery_id: str) -> Answer:
        _, account = await self._identify(call)
        await self._manage.redeliver(account, DeliveryId(delivery_id))
        return _answer(call)

    async def _identify(self, call: Call) -> tuple[Principal, AccountId]:
        """Give who calls, and whose webhooks the call is about.

        Raises:
            TemporaryKeyRefused: a webhook would outlive the key by far.
            RoleTooLow: another account is named, and the key's role is not admin.
        """
        principal = await authenticate(call, self._key_ring)
        if principal.is_temporary:
            raise TemporaryKeyRefused("Access denied. A temporary key can't administer webhooks.")
        account = AccountId(read_query(call).get("account", principal.account))
        if account != principal.account and principal.role is not Role.ADMIN:
            raise RoleTooLow
        return principal, account


def show_delivery(delivery: Delivery) -> Mapping[str, object]:
    """Make the public form of a delivery, flat; absent times and statuses are null."""
    notice, progress = delivery.notice, delivery.progress
    return {
        "id": delivery.id,
        "account": notice.account,
        "task_id": notice.task_id,
        "task_status": notice.status.value,
        "url": delivery.url,
        "is_of_task": delivery.is_of_task,
        "ended_at": notice.ended_at,
        **cast("dict[str, object]", msgspec.to_builtins(progress)),
    }


def _answer(call: Call, **members: object) -> Answer:
    return Answer(body=_encode({"request_id": call.request_id, **members}))


def _make_filter(account: AccountId, asked: Mapping[str, str]) -> DeliveryFilter:
    before = asked.get("before")
    return DeliveryFilter(
        account=account,
        state=_read_state(asked.get("state")),
        task_id=asked.get("task_id"),
        url=asked.get("url"),
        before=None if before is None else DeliveryId(before),
    )


def _read_state(text: str | None) -> DeliveryState | None:
    if text is None:
        return None
    try:
        return DeliveryState(text.upper())
    except ValueError:
        raise FieldInvalid(f"state must be one of {', '.join(DeliveryState)}.") from None


def _read_wanted(body: bytes) -> WebhookWanted:
    try:
        return msgspec.json.decode(body, type=WebhookWanted)
    except msgspec.ValidationError as error:
        raise FieldInvalid(f"{error}.") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BodyMalformed from error
