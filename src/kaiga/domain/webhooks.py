"""Addresses that are told of the ends of tasks, and what becomes of telling them."""

from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

import msgspec

from kaiga.domain.ids import AccountId, DeliveryId, WebhookId
from kaiga.domain.media_formats import MediaKind
from kaiga.domain.media_inputs import Junk, RemoteUrl, read_media_reference
from kaiga.domain.notices import Notice

LONGEST_WEBHOOK_URL = 2048
"""In characters: it is kept with every task that names it."""
MOST_WEBHOOKS = 20
"""Of one account: every end of its tasks writes as many rows."""

_SUCCESSES = range(200, 300)
_GONE = 410


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """An address of an account, told of every end of its tasks; never with its secret.

    `disabled_at` is set once the address has answered that it is gone.
    """

    id: WebhookId
    account: AccountId
    url: str
    created_at: datetime
    disabled_at: datetime | None = None


class DeliveryState(StrEnum):
    """How a delivery stands; only one that waits is tried."""

    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    GIVEN_UP = "GIVEN_UP"


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a delivery is, and what its last try brought.

    `answer_status` and `answer` are the receiver's, the latter cut; `trouble` says why there was
    no answer, or why none is asked for any more.
    """

    state: DeliveryState = DeliveryState.WAITING
    tries: int = 0
    next_try_at: datetime | None = None
    first_tried_at: datetime | None = None
    last_tried_at: datetime | None = None
    done_at: datetime | None = None
    answer_status: int | None = None
    answer: str = ""
    trouble: str = ""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One notice for one address; `is_of_task` tells that the task itself named the address."""

    id: DeliveryId
    url: str
    is_of_task: bool
    notice: Notice
    progress: Progress


class DueDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery to be tried now, with the secret of its address where the account has that one.

    An address that is disabled counts as one that the account does not have.
    """

    delivery: Delivery
    secret: str | None


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What one try brought: a status and the beginning of an answer, or why there is none."""

    status: int | None = None
    answer: str = ""
    trouble: str = ""

    @property
    def is_success(self) -> bool:
        """Tell whether the receiver has taken the notice."""
        return self.status in _SUCCESSES

    @property
    def is_gone(self) -> bool:
        """Tell whether the receiver wants no notice ever again."""
        return self.status == _GONE


def read_webhook_url(text: str) -> str:
    """Read an address: the forms are those of media, and so is what happens to raw characters.

    Whether it may be asked is judged when it is, by the address that its host then has.

    Raises:
        ValueError: it can't be one; the message is a clause that says why.
    """
    if len(text) > LONGEST_WEBHOOK_URL:
        raise ValueError(f"it has more than {LONGEST_WEBHOOK_URL} characters")
    if not text.lower().startswith(("http://", "https://")):
        raise ValueError("it is no http:// or https:// address")
    reference = read_media_reference(text, MediaKind.IMAGE)
    match reference:
        case RemoteUrl():
            return reference.url.partition("#")[0]
        case Junk():
            raise ValueError(reference.trouble.detail)
        case _:
            raise ValueError("it is no address that can be asked")


def origin_of(url: str) -> str:
    """Give scheme, host and port of an address: what answers slowly is slow as a whole."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
