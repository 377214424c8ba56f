"""The webhook store over SQLite."""

from collections.abc import Sequence
from datetime import datetime

import apsw

from kaiga.domain.errors import KaigaError, WebhookExists
from kaiga.domain.ids import AccountId, WebhookId
from kaiga.domain.webhooks import MOST_WEBHOOKS, Webhook
from kaiga.store.rows import to_milliseconds
from kaiga.store.sqlite.database import SqliteDatabase
from kaiga.store.webhook_rows import (
    WEBHOOK_COLUMNS,
    WebhookAdded,
    make_too_many_webhooks,
    read_row_id,
    webhook_from_row,
)

_OF_ACCOUNT = f"SELECT {WEBHOOK_COLUMNS} FROM webhooks WHERE account = ? ORDER BY id"  # noqa: S608  constants
_FIND = f"SELECT {WEBHOOK_COLUMNS} FROM webhooks WHERE id = ? AND account = ?"  # noqa: S608  constants
_COUNT = "SELECT count(*) FROM webhooks WHERE account = ?"
_INSERT = f"""
    INSERT INTO webhooks (account, url, secret, created_ms) VALUES (?, ?, ?, ?)
    ON CONFLICT (account, url) DO NOTHING RETURNING {WEBHOOK_COLUMNS}
"""  # noqa: S608  constants
_DELETE = "DELETE FROM webhooks WHERE id = ? AND account = ?"


class SqliteWebhookStore:
    """Implements the port `WebhookStore`; its promises are told there."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._writer = database.writer
        self._reads = database.lookups

    async def add_webhook(
        self, account: AccountId, url: str, secret: str, now: datetime
    ) -> Webhook:
        """See the port."""
        added = WebhookAdded(account=account, url=url, secret=secret, now=now)
        return await self._writer.write(_add, added)

    async def list_webhooks(self, account: AccountId) -> Sequence[Webhook]:
        """See the port."""

        def read(connection: apsw.Connection) -> Sequence[Webhook]:
            return [webhook_from_row(row) for row in connection.execute(_OF_ACCOUNT, (account,))]

        return await self._reads.read(read)

    async def find_webhook(self, account: AccountId, webhook_id: WebhookId) -> Webhook | None:
        """See the port."""
        number = read_row_id(webhook_id)

        def read(connection: apsw.Connection) -> Webhook | None:
            row = connection.execute(_FIND, (number, account)).fetchone()
            return None if row is None else webhook_from_row(row)

        return await self._reads.read(read)

    async def remove_webhook(self, account: AccountId, webhook_id: WebhookId) -> bool:
        """See the port."""
        return await self._writer.write(_remove, (read_row_id(webhook_id), account))


def _add(
    connection: apsw.Connection, added: Sequence[WebhookAdded]
) -> Sequence[Webhook | KaigaError]:
    return [_add_one(connection, each) for each in added]


def _add_one(connection: apsw.Connection, added: WebhookAdded) -> Webhook | KaigaError:
    row = connection.execute(_COUNT, (added.account,)).fetchone()
    if row is not None and int(str(row[0])) >= MOST_WEBHOOKS:
        return make_too_many_webhooks()
    values = (added.account, added.url, added.secret, to_milliseconds(added.now))
    inserted = connection.execute(_INSERT, values).fetchone()
    return WebhookExists() if inserted is None else webhook_from_row(inserted)


def _remove(connection: apsw.Connection, wanted: Sequence[tuple[int, AccountId]]) -> Sequence[bool]:
    return [_remove_one(connection, each) for each in wanted]


def _remove_one(connection: apsw.Connection, which: tuple[int, AccountId]) -> bool:
    connection.execute(_DELETE, which)
    return connection.changes() == 1
