"""Moves committed pages from the WAL into the database file, beside the writer and never in it.

The WAL begins anew at its start once all of it is moved and nobody reads it. A busy writer always
has something in it that is not moved yet, so it has to be kept out for that moment. Passes that
keep nobody out come first, each over what was written during the one before, until so little is
left that the moment is short. The file keeps its size then: to write over blocks that it has is
synced sooner than to append new ones.
"""

import threading

import apsw

from kaiga.store.sqlite.connecting import UNAVAILABLE_ERRORS

_INTERVAL_SECONDS = 0.25
_INTERVAL_IN_TROUBLE_SECONDS = 1.0
_WORTH_A_PASS_BYTES = 4 * 1024 * 1024
_TOO_LARGE_BYTES = 48 * 1024 * 1024
_LITTLE_BYTES = 1024 * 1024
"""As much is moved in some milliseconds."""
_MOST_PASSES = 4
"""One after the other; on a disk that is slower than the writer, they would never end."""
_PATIENCE_MILLISECONDS = 50
"""How long writers may be kept out to wait for readers of old pages."""
_FRAME_HEADER_BYTES = 24
"""Source: https://sqlite.org/fileformat2.html#the_write_ahead_log."""


class Checkpointer:
    """A thread with its own connection that looks after the WAL until `close`."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._connection.set_busy_timeout(_PATIENCE_MILLISECONDS)
        self._frame_bytes = int(str(connection.pragma("page_size"))) + _FRAME_HEADER_BYTES
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kaiga-checkpointer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop; what is left in the WAL is moved when the last connection closes."""
        self._stop.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        pause = _INTERVAL_SECONDS
        while not self._stop.wait(pause):
            try:
                self._look()
                pause = _INTERVAL_SECONDS
            except UNAVAILABLE_ERRORS:  # a reader holds old pages, or the disk is full
                pause = _INTERVAL_IN_TROUBLE_SECONDS

    def _look(self) -> None:
        log_bytes, unmoved_bytes = self._measure(apsw.SQLITE_CHECKPOINT_NOOP)
        if unmoved_bytes < _WORTH_A_PASS_BYTES:
            return
        for _ in range(_MOST_PASSES):
            self._measure(apsw.SQLITE_CHECKPOINT_PASSIVE)  # tells nothing of what came meanwhile
            log_bytes, unmoved_bytes = self._measure(apsw.SQLITE_CHECKPOINT_NOOP)
            if log_bytes < _TOO_LARGE_BYTES or unmoved_bytes < _LITTLE_BYTES:
                break
        if log_bytes >= _TOO_LARGE_BYTES:
            self._measure(apsw.SQLITE_CHECKPOINT_RESTART)

    def _measure(self, mode: int) -> tuple[int, int]:
        """Have SQLite go over the WAL; gives its bytes, and those that are not moved."""
        frames, moved = self._connection.wal_checkpoint(mode=mode)
        return frames * self._frame_bytes, (frames - moved) * self._frame_bytes
