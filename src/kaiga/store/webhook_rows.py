"""Rows of webhooks to values: the one place that knows the order of their columns."""

import re
from datetime import datetime

import msgspec

from kaiga.domain.errors import FieldInvalid
from kaiga.domain.ids import AccountId, WebhookId
from kaiga.domain.webhooks import MOST_WEBHOOKS, Webhook
from kaiga.store.rows import ReadRow, from_milliseconds

WEBHOOK_COLUMNS = "id, account, url, created_ms, disabled_ms"
_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


class WebhookAdded(msgspec.Struct, frozen=True, kw_only=True):
    """An address that is to be told."""

    account: AccountId
    url: str
    secret: str
    now: datetime


def read_row_id(text: str) -> int:
    """Read the id of a row as it is shown; 0, which no row has, for any other text."""
    return int(text) if _ID.fullmatch(text) else 0


def make_too_many_webhooks() -> FieldInvalid:
    """Make the refusal of one more address."""
    return FieldInvalid(f"An account can have at most {MOST_WEBHOOKS} webhooks. Remove one first.")


def webhook_from_row(row: ReadRow) -> Webhook:
    """Read a row of `WEBHOOK_COLUMNS`."""
    created_at = from_milliseconds(row[3])
    if created_at is None:
        raise ValueError("a webhook row without the time of its making")
    return Webhook(
        id=WebhookId(str(row[0])),
        account=AccountId(str(row[1])),
        url=str(row[2]),
        created_at=created_at,
        disabled_at=from_milliseconds(row[4]),
    )
