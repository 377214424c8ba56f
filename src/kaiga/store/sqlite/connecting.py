"""Opens connections with the settings that the store's promises rest on."""

from pathlib import Path
from typing import TypeAlias

import apsw

Value: TypeAlias = "apsw.SQLiteValue"
"""What a column holds."""

BUSY_TIMEOUT_MILLISECONDS = 5000
_CACHE_KIBIBYTES = 8192

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


def open_connection(path: Path, *, read_only: bool = False) -> apsw.Connection:
    """Open the database file; commits are on disk when they return (synchronous FULL in WAL).

    Checkpoints are left to a connection of their own, so that no commit pays for one.
    """
    flags = (
        apsw.SQLITE_OPEN_READONLY
        if read_only
        else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    )
    connection = apsw.Connection(str(path), flags=flags)
    connection.set_busy_timeout(BUSY_TIMEOUT_MILLISECONDS)
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection
