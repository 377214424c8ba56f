"""One open database: its lock, its schema, and the threads that read and write it."""

import secrets
from pathlib import Path

import apsw

from kaiga.domain.errors import StartRefused
from kaiga.store.sqlite.checkpointing import Checkpointer
from kaiga.store.sqlite.connecting import (
    UNAVAILABLE_ERRORS,
    InMemory,
    Place,
    open_connection,
)
from kaiga.store.sqlite.file_lock import FileLock
from kaiga.store.sqlite.group_commit import GroupCommit
from kaiga.store.sqlite.inserting.insert_process import InsertProcess
from kaiga.store.sqlite.migrating import (
    APPLICATION_ID,
    EMULATOR_ID,
    check_ownership,
    migrate,
)
from kaiga.store.sqlite.reading import ReadThread


class SqliteDatabase:
    """Owns it from `open` to `close`; must be opened inside a running event loop."""

    def __init__(
        self, place: Place, connection: apsw.Connection, lock: FileLock | None = None
    ) -> None:
        self.place = place
        self._lock = lock
        self._connection = connection
        self.inserts = None if isinstance(place, InMemory) else InsertProcess(place)
        self.writer = GroupCommit(connection, self.inserts)
        self.lookups = ReadThread(open_connection(place, read_only=True), "kaiga-lookups")
        self.lists = ReadThread(open_connection(place, read_only=True), "kaiga-lists")
        self._checkpointer = (
            None if isinstance(place, InMemory) else Checkpointer(open_connection(place))
        )

    @classmethod
    def open_in_memory(cls) -> "SqliteDatabase":
        """Open an empty database of this process's memory, at most 1 GiB; it ends with `close`.

        Its commits and its reads wait for each other.
        """
        place = InMemory(f"kaiga-{secrets.token_hex(8)}")
        connection = open_connection(place)
        migrate(connection)
        return cls(place, connection)

    @classmethod
    def open(cls, path: Path, *, of_emulator: bool = False) -> "SqliteDatabase":
        """Open `path`, making folder, file and schema where they are missing.

        Raises:
            StartRefused: another process has it, it can't be read or written, it is newer than
                this code, or an emulator's where it is to be none, or the other way round.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StartRefused(f"{path.parent} can't be made: {error.strerror}.") from error
        lock = FileLock.beside(path)
        lock.acquire()
        application_id = EMULATOR_ID if of_emulator else APPLICATION_ID
        try:
            check_ownership(path, application_id)
            connection = open_connection(path)
            migrate(connection, application_id)
        except (*UNAVAILABLE_ERRORS, apsw.Error) as error:
            lock.release()
            raise StartRefused(f"The database {path} can't be opened: {error}.") from error
        except StartRefused:
            lock.release()
            raise
        return cls(path, connection, lock)

    def close(self) -> None:
        """Finish what waits, close every connection and let the next process in."""
        self.writer.close()
        self.lookups.close()
        self.lists.close()
        if self._checkpointer is not None:
            self._checkpointer.close()
        self._connection.close()
        if self._lock is not None:
            self._lock.release()
