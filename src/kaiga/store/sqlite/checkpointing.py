"""Moves committed pages from the WAL into the database file, beside the writer and never in it."""

import threading
from pathlib import Path

import apsw

from kaiga.store.sqlite.connecting import UNAVAILABLE_ERRORS

_INTERVAL_SECONDS = 1.0
_WORTH_A_PASS_BYTES = 4 * 1024 * 1024
_PATIENCE_MILLISECONDS = 50  # a full pass keeps writers out while it waits for readers
_TOO_LARGE_BYTES = 64 * 1024 * 1024


class Checkpointer:
    """A thread with its own connection: passive passes, and after one a full one of a large WAL."""

    def __init__(self, connection: apsw.Connection, database: Path) -> None:
        self._connection = connection
        self._connection.set_busy_timeout(_PATIENCE_MILLISECONDS)
        self._wal = database.with_name(database.name + "-wal")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kaiga-checkpointer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop; what is left in the WAL is moved when the last connection closes."""
        self._stop.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while not self._stop.wait(_INTERVAL_SECONDS):
            size = self._wal.stat().st_size if self._wal.exists() else 0
            if size < _WORTH_A_PASS_BYTES:
                continue
            try:
                self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
                if size > _TOO_LARGE_BYTES:  # writers wait for what has come since that pass alone
                    self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            except UNAVAILABLE_ERRORS:
                continue  # a reader holds old pages, or the disk is full: the next pass tries again
