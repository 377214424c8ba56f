"""The SQLite file that is left: held alone, and read in the order of its keys."""

import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from itertools import islice
from pathlib import Path

import apsw

from kaiga.domain.errors import MoveRefused, StoreUnavailable
from kaiga.domain.ids import TaskId, bounds_of_day, made_at
from kaiga.store.moving.tables import MovedTable, make_moved_row
from kaiga.store.rows import Row
from kaiga.store.sqlite.connecting import open_connection
from kaiga.store.sqlite.file_lock import FileLock
from kaiga.store.sqlite.migrating import check_ownership, migrate

_PAGE_ROWS = 500
_FIRST_TASK = "SELECT min(id) FROM tasks WHERE id >= ?"


class Source:
    """An open file."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def name(self) -> str:
        """Give what tells this database from others, also when its file was copied elsewhere."""
        row = self._connection.execute(
            "SELECT value FROM secrets WHERE purpose = 'key-pepper'"
        ).fetchone()
        return sha256(row[0] if row and isinstance(row[0], bytes) else b"").hexdigest()

    def list_columns(self, table: MovedTable) -> list[str]:
        """Give the names of a table's columns."""
        rows = self._connection.execute("SELECT name FROM pragma_table_info(?)", (table.name,))
        return [str(row[0]) for row in rows]

    def count(self, table: MovedTable) -> int:
        """Count the rows of a table."""
        row = self._connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()  # noqa: S608  constants
        return int(str(row[0])) if row else 0

    def read_pages(
        self, table: MovedTable, columns: Sequence[str], after: str | None = None
    ) -> Iterator[list[Row]]:
        """Give the rows, as they are to be, that come after the one with the key `after`."""
        bindings = json.loads(after) if after else ()
        key = ", ".join(table.key)
        later = f"WHERE ({key}) > ({', '.join('?' * len(table.key))})" if after else ""
        rows = self._connection.execute(
            f"SELECT {', '.join(columns)} FROM {table.name} {later} ORDER BY {key}",  # noqa: S608  constants
            bindings,
        )
        while page := [make_moved_row(columns, row) for row in islice(rows, _PAGE_ROWS)]:
            yield page

    def list_days(self) -> Sequence[date]:
        """Give the days (in UTC) in which tasks were submitted, the first one first."""
        days: list[date] = []
        bound = ""
        while (row := self._connection.execute(_FIRST_TASK, (bound,)).fetchone()) and row[0]:
            days.append(made_at(TaskId(str(row[0]))).date())
            bound = bounds_of_day(days[-1])[1]
        return days

    def find_last_number(self, table: MovedTable) -> int:
        """Give the largest number that a table ever gave to a row."""
        row = self._connection.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)
        ).fetchone()
        return int(str(row[0])) if row else 0


@contextmanager
def open_source(path: Path) -> Generator[Source]:
    """Hold a file while it is read; one of an older version gets the schema of this one.

    Raises:
        MoveRefused: there is no such file.
        StartRefused: a server runs on it, or it is none of ours.
        StoreUnavailable: it can't be read.
    """
    if not path.is_file():
        raise MoveRefused(f"There is no database {path}.")
    lock = FileLock.beside(path)
    lock.acquire()
    try:
        check_ownership(path)
        connection = open_connection(path)
        try:
            migrate(connection)
            yield Source(connection)
        finally:
            connection.close()
    except apsw.Error as error:
        raise StoreUnavailable from error
    finally:
        lock.release()
