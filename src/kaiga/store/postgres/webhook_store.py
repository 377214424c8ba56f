"""The webhook store over PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from kaiga.domain.errors import KaigaError, WebhookExists
from kaiga.domain.ids import AccountId, WebhookId
from kaiga.domain.webhooks import MOST_WEBHOOKS, Webhook
from kaiga.store.postgres.connecting import Connection
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.group_commit import Write
from kaiga.store.rows import to_milliseconds
from kaiga.store.webhook_rows import (
    WEBHOOK_COLUMNS,
    WebhookAdded,
    make_too_many_webhooks,
    read_row_id,
    webhook_from_row,
)

_LOCKED_ACCOUNTS = 0x4B57
"""The first half of the keys of advisory locks on the addresses of an account."""

_OF_ACCOUNT = f"SELECT {WEBHOOK_COLUMNS} FROM webhooks WHERE account = $1 ORDER BY id"  # noqa: S608  constants
_FIND = f"SELECT {WEBHOOK_COLUMNS} FROM webhooks WHERE id = $1 AND account = $2"  # noqa: S608  constants
_LOCK = f"SELECT pg_advisory_xact_lock({_LOCKED_ACCOUNTS}, hashtext($1))"
_COUNT = "SELECT count(*) FROM webhooks WHERE account = $1"
_INSERT = f"""
    INSERT INTO webhooks (account, url, secret, created_ms) VALUES ($1, $2, $3, $4)
    ON CONFLICT (account, url) DO NOTHING RETURNING {WEBHOOK_COLUMNS}
"""  # noqa: S608  constants
_DELETE = "DELETE FROM webhooks WHERE id = $1 AND account = $2 RETURNING id"


class PostgresWebhookStore:
    """Implements the port `WebhookStore`; its promises are told there."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._writer = database.writer
        self._reader = database.reader

    async def add_webhook(
        self, account: AccountId, url: str, secret: str, now: datetime
    ) -> Webhook:
        """See the port."""
        added = WebhookAdded(account=account, url=url, secret=secret, now=now)
        return await self._writer.write(_add, added)

    async def list_webhooks(self, account: AccountId) -> Sequence[Webhook]:
        """See the port."""
        return [webhook_from_row(row) for row in await self._reader.fetch(_OF_ACCOUNT, account)]

    async def find_webhook(self, account: AccountId, webhook_id: WebhookId) -> Webhook | None:
        """See the port."""
        rows = await self._reader.fetch(_FIND, read_row_id(webhook_id), account)
        return webhook_from_row(rows[0]) if rows else None

    async def remove_webhook(self, account: AccountId, webhook_id: WebhookId) -> bool:
        """See the port."""
        return await self._writer.write(_remove, (read_row_id(webhook_id), account))


async def _add(write: Write, added: Sequence[WebhookAdded]) -> Sequence[Webhook | KaigaError]:
    for account in sorted({each.account for each in added}):
        await write.connection.execute(_LOCK, account)
    return [await _add_one(write.connection, each) for each in added]


async def _add_one(connection: Connection, added: WebhookAdded) -> Webhook | KaigaError:
    if await connection.fetchval(_COUNT, added.account) >= MOST_WEBHOOKS:
        return make_too_many_webhooks()
    values = (added.account, added.url, added.secret, to_milliseconds(added.now))
    inserted = await connection.fetchrow(_INSERT, *values)
    return WebhookExists() if inserted is None else webhook_from_row(inserted)


async def _remove(write: Write, wanted: Sequence[tuple[int, AccountId]]) -> Sequence[bool]:
    return [await write.connection.fetchval(_DELETE, *which) is not None for which in wanted]
