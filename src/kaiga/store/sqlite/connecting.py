"""Opens connections with the settings that the store's promises rest on."""

import contextlib
import time
from collections.abc import Generator
from pathlib import Path
from typing import TypeAlias

import apsw
import msgspec

Value: TypeAlias = "apsw.SQLiteValue"
"""What a column holds."""


class InMemory(msgspec.Struct, frozen=True):
    """A database of this process alone, gone with its last connection."""

    name: str


Place: TypeAlias = Path | InMemory
"""Where a database is: a file, or memory."""

BUSY_TIMEOUT_MILLISECONDS = 5000
_LOOK_AGAIN_SECONDS = 0.0002
"""In memory readers and the writer keep each other out, for microseconds mostly: SQLite's own
pauses, which grow to 100 ms, would let a reader miss its turn again and again."""
_CACHE_KIBIBYTES = 8192
_LOG_KEPT_BYTES = 64 * 1024 * 1024
"""What a WAL that begins anew keeps of the room it has had."""

# The caller or the disk is at fault, not one row: trying the rows one by one would not help.
UNAVAILABLE_ERRORS = (
    apsw.BusyError,
    apsw.CantOpenError,
    apsw.CorruptError,
    apsw.FullError,
    apsw.IOError,
    apsw.LockedError,
    apsw.NoMemError,
    apsw.NotADBError,
    apsw.PermissionsError,
    apsw.ProtocolError,
    apsw.ReadOnlyError,
)


def open_connection(place: Place, *, read_only: bool = False) -> apsw.Connection:
    """Open a database; commits to a file are on disk when they return (synchronous FULL in WAL).

    Checkpoints are left to a connection of their own, so that no commit pays for one.
    """
    flags = (
        apsw.SQLITE_OPEN_READONLY
        if read_only
        else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    )
    if isinstance(place, InMemory):
        # Connections share a database of memory where its name begins with a slash.
        uri = f"file:/{place.name}?vfs=memdb"
        connection = apsw.Connection(uri, flags=flags | apsw.SQLITE_OPEN_URI)
        connection.set_busy_handler(_wait_for_memory)
    else:
        connection = apsw.Connection(str(place), flags=flags)
        connection.set_busy_timeout(BUSY_TIMEOUT_MILLISECONDS)
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_KEPT_BYTES}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


@contextlib.contextmanager
def transaction(connection: apsw.Connection) -> Generator[None]:
    """Commit what the block writes, or undo it where it raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _wait_for_memory(times: int) -> bool:
    """Pause before a lock is asked for again; tells whether it is to be."""
    time.sleep(_LOOK_AGAIN_SECONDS)
    return times * _LOOK_AGAIN_SECONDS < BUSY_TIMEOUT_MILLISECONDS / 1000
