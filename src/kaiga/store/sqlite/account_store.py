"""The account store over SQLite."""

from collections.abc import Sequence

import apsw
import msgspec

from kaiga.domain.ids import AccountId, ObjectKey, TaskId
from kaiga.domain.tasks import NewTask
from kaiga.ports.account_store import ForgottenThings, KnownKey, RecordedTask
from kaiga.store.rows import ReadRow, from_milliseconds, make_row, to_milliseconds
from kaiga.store.sqlite.connecting import Value
from kaiga.store.sqlite.database import SqliteDatabase
from kaiga.store.sqlite.finishing import insert_results, insert_usage
from kaiga.store.sqlite.task_rows import insert_inputs, insert_tasks, read_attempts, read_tasks

_PAGE = "WHERE account = ?1 AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3"
_KEY_COLUMNS = "account, prefix, hash, role, region, created_ms, last_used_ms"
_REQUESTS = f"SELECT id, request FROM tasks {_PAGE}"  # noqa: S608  constants
_KEYS = f"""
    SELECT {_KEY_COLUMNS} FROM api_keys
    WHERE revoked_ms IS NULL AND (?1 IS NULL OR account = ?1) ORDER BY account, id LIMIT ?2
"""  # noqa: S608  constants
_IS_THERE = "SELECT 1 FROM tasks WHERE id = ?"
_INSERT_ATTEMPT = """
    INSERT INTO attempts (task_id, attempt, worker, engine, claimed_ms, ended_ms)
    VALUES (?, ?, '', ?, ?, ?)
"""
_FORGET_UPLOADS = """
    DELETE FROM uploads WHERE (account, key) IN
        (SELECT account, key FROM uploads WHERE account = ? LIMIT ?)
    RETURNING object_key
"""
_FORGET = tuple(
    f"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE account = ? LIMIT ?)"  # noqa: S608  constants
    for table, key in (
        ("webhooks", "id"),
        ("outbox", "id"),
        ("submissions", "account, workspace, key"),
        ("usage_ledger", "task_id"),
    )
)
_REMOVE = (
    "DELETE FROM api_keys WHERE account = ?",
    "DELETE FROM workspaces WHERE account = ?",
    "DELETE FROM accounts WHERE id = ?",
)
_COUNT = "SELECT count(*) FROM accounts WHERE substr(id, 1, length(?1)) = ?1"
# The plus keeps SQLite from walking all tasks of the account: few run, and they have an index.
_IDLE = """
    SELECT account FROM api_keys
    WHERE substr(account, 1, length(?1)) = ?1
        AND NOT EXISTS (SELECT 1 FROM tasks WHERE account = api_keys.account
            AND status = 'PENDING')
        AND NOT EXISTS (SELECT 1 FROM tasks WHERE +account = api_keys.account
            AND status = 'RUNNING')
    GROUP BY account ORDER BY max(coalesce(last_used_ms, created_ms)) LIMIT ?2
"""
_BYTES = """
    SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM
        pragma_freelist_count), (SELECT page_size FROM pragma_page_size)
"""


class SqliteAccountStore:
    """Implements the port `AccountStore`; its promises are told there."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._writer = database.writer
        self._lists = database.lists

    async def list_tasks(
        self, account: AccountId, before: TaskId | None, limit: int
    ) -> Sequence[RecordedTask]:
        """See the port."""
        page = (account, before, limit)

        def read(connection: apsw.Connection) -> Sequence[RecordedTask]:
            requests = {row[0]: row[1] for row in connection.execute(_REQUESTS, page)}
            return [
                RecordedTask(
                    task=task,
                    request=_bytes_or_none(requests[task.id]),
                    attempts=read_attempts(connection, task.id),
                )
                for task in read_tasks(connection, _PAGE, page).values()
            ]

        return await self._lists.read(read)

    async def list_keys(self, account: AccountId | None, limit: int) -> Sequence[KnownKey]:
        """See the port."""

        def read(connection: apsw.Connection) -> Sequence[KnownKey]:
            rows = connection.execute(_KEYS, (account, limit))
            return [_known_key_from_row(row) for row in rows]

        return await self._lists.read(read)

    async def add_ended(self, new: NewTask) -> bool:
        """See the port."""
        return await self._writer.write(_add_ended, new)

    async def forget_some(self, account: AccountId, limit: int) -> ForgottenThings:
        """See the port."""
        return await self._writer.write(_forget_some, (account, limit))

    async def remove(self, account: AccountId) -> None:
        """See the port."""
        await self._writer.write(_remove, account)

    async def list_accounts(self) -> Sequence[AccountId]:
        """See the port."""

        def read(connection: apsw.Connection) -> Sequence[AccountId]:
            rows = connection.execute("SELECT id FROM accounts ORDER BY id")
            return [AccountId(str(row[0])) for row in rows]

        return await self._lists.read(read)

    async def count_accounts(self, prefix: str) -> int:
        """See the port."""
        return await self._lists.read(lambda connection: _read_number(connection, _COUNT, prefix))

    async def find_idle(self, prefix: str, limit: int) -> Sequence[AccountId]:
        """See the port."""

        def read(connection: apsw.Connection) -> Sequence[AccountId]:
            return [AccountId(str(row[0])) for row in connection.execute(_IDLE, (prefix, limit))]

        return await self._lists.read(read)

    async def measure_bytes(self) -> int:
        """See the port."""

        def read(connection: apsw.Connection) -> int:
            row = connection.execute(_BYTES).fetchone()
            pages, page_bytes = (int(str(value)) for value in row or (0, 0))
            return pages * page_bytes

        return await self._lists.read(read)


def _add_ended(connection: apsw.Connection, new: Sequence[NewTask]) -> Sequence[bool]:
    return [_add_one_ended(connection, each) for each in new]


def _add_one_ended(connection: apsw.Connection, new: NewTask) -> bool:
    task = new.task
    if connection.execute(_IS_THERE, (task.id,)).fetchone() is not None:
        return False
    insert_tasks(connection, [make_row(new)])
    insert_inputs(connection, [new])
    insert_results(connection, [(task.id, task.results)])
    if task.attempt:
        times = (to_milliseconds(task.scheduled_at), to_milliseconds(task.ended_at))
        connection.execute(_INSERT_ATTEMPT, (task.id, task.attempt, task.engine, *times))
    if task.usage is not None:
        insert_usage(connection, [task.id])
    return True


def _forget_some(
    connection: apsw.Connection, wanted: Sequence[tuple[AccountId, int]]
) -> Sequence[ForgottenThings]:
    return [_forget_some_of(connection, each) for each in wanted]


def _forget_some_of(connection: apsw.Connection, wanted: tuple[AccountId, int]) -> ForgottenThings:
    objects = [ObjectKey(str(row[0])) for row in connection.execute(_FORGET_UPLOADS, wanted)]
    rows = len(objects)
    for statement in _FORGET:
        connection.execute(statement, wanted)
        rows += connection.changes()
    return ForgottenThings(rows=rows, objects=objects)


def _remove(connection: apsw.Connection, accounts: Sequence[AccountId]) -> Sequence[None]:
    for statement in _REMOVE:
        connection.executemany(statement, [(account,) for account in accounts])
    return [None] * len(accounts)


def _read_number(connection: apsw.Connection, query: str, *bindings: Value) -> int:
    row = connection.execute(query, bindings).fetchone()
    return int(str(row[0])) if row else 0


def _known_key_from_row(row: ReadRow) -> KnownKey:
    """Read a row of `_KEY_COLUMNS`."""
    return msgspec.convert(
        {
            "account": row[0],
            "prefix": row[1],
            "hash": row[2],
            "role": row[3],
            "region": row[4],
            "created_at": from_milliseconds(row[5]),
            "last_used_at": from_milliseconds(row[6]),
        },
        KnownKey,
    )


def _bytes_or_none(value: object) -> bytes | None:
    """Read a request as its column has it."""
    return value if isinstance(value, bytes) else None
