"""Copies of the database file, by SQLite's online backup, and what can be read from one."""

import asyncio
import contextlib
import functools
import os
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import apsw

from kaiga.domain.errors import RestoreRefused, StoreUnavailable
from kaiga.domain.ids import ObjectKey
from kaiga.ports.snapshots import SnapshotProgress
from kaiga.store.sqlite.connecting import UNAVAILABLE_ERRORS, Place, open_connection
from kaiga.store.sqlite.migrating import APPLICATION_ID, EMULATOR_ID, list_migrations
from kaiga.store.sqlite.task_rows import encode_keys

_STEP_PAGES = 128
_BETWEEN_STEPS_SECONDS = 0.002
"""Half a megabyte and a pause: commits of others find the disk and the processor free."""

_NAMED = """
    SELECT value FROM json_each(?) WHERE
        EXISTS (SELECT 1 FROM results WHERE object_key = value)
        OR EXISTS (SELECT 1 FROM inputs WHERE object_key = value)
        OR EXISTS (SELECT 1 FROM tasks WHERE request_object = value)
        OR EXISTS (SELECT 1 FROM uploads WHERE object_key = value)
"""
_ALL_NAMED = """
    SELECT object_key FROM results WHERE object_key IS NOT NULL
    UNION SELECT object_key FROM inputs
    UNION SELECT request_object FROM tasks WHERE request_object IS NOT NULL
    UNION SELECT object_key FROM uploads
"""
_BYTES_NAMED = """
    SELECT (SELECT total(size_bytes) FROM results) + (SELECT total(size_bytes) FROM inputs)
        + (SELECT total(size_bytes) FROM uploads)
"""


class SqliteSnapshots:
    """Implements the port `Snapshots`; its promises are told there."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def take(self, target: Path) -> AsyncGenerator[SnapshotProgress]:
        """See the port."""
        loop = asyncio.get_running_loop()
        is_whole = False
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kaiga-snapshot")
        copying = _Copying(self._place, target)
        try:
            await loop.run_in_executor(thread, copying.begin)
            while not is_whole:
                is_whole = await loop.run_in_executor(thread, copying.step)
                yield copying.tell_progress()
                await asyncio.sleep(_BETWEEN_STEPS_SECONDS)
        except (*UNAVAILABLE_ERRORS, OSError) as error:
            raise StoreUnavailable from error
        finally:
            end = functools.partial(copying.end, is_whole=is_whole)
            await asyncio.shield(loop.run_in_executor(thread, end))
            thread.shutdown(wait=False)


class _Copying:
    """One copy under way; everything runs on one thread."""

    def __init__(self, source: Place, target: Path) -> None:
        self._source_place = source
        self._target_path = target
        self._open = contextlib.ExitStack()
        self._backup: apsw.Backup | None = None
        self._page_bytes = 0

    def begin(self) -> None:
        """Hold the present for as long as the copy takes: else each commit would start it anew."""
        self._target_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self._target_path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        source = open_connection(self._source_place, read_only=True)
        self._open.callback(source.close)
        self._page_bytes = int(str(source.pragma("page_size")))
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        target = apsw.Connection(str(self._target_path))
        self._open.callback(target.close)
        target.execute("PRAGMA synchronous = OFF")  # a copy that a power cut breaks is thrown away
        self._backup = target.backup("main", source, "main")
        self._open.callback(self._backup.finish)

    def step(self) -> bool:
        """Copy some pages; tells whether those were the last."""
        if self._backup is None:
            raise RuntimeError("a copy that was not begun")
        return self._backup.step(_STEP_PAGES)

    def tell_progress(self) -> SnapshotProgress:
        """Tell how far the last step came."""
        if self._backup is None:
            raise RuntimeError("a copy that was not begun")
        pages, left = self._backup.page_count, self._backup.remaining
        return SnapshotProgress(
            copied_bytes=(pages - left) * self._page_bytes, total_bytes=pages * self._page_bytes
        )

    def end(self, *, is_whole: bool) -> None:
        """Close everything; what is not whole is removed."""
        with contextlib.suppress(*UNAVAILABLE_ERRORS):
            self._open.close()
        if not is_whole:
            with contextlib.suppress(OSError):
                self._target_path.unlink()


class SnapshotFile:
    """A copy, opened for reading; nothing is written beside it."""

    def __init__(self, path: Path) -> None:
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        self._connection = apsw.Connection(f"file:{quote(str(path))}?immutable=1", flags=flags)
        self.close = self._connection.close

    def find_named(self, keys: Sequence[ObjectKey]) -> frozenset[ObjectKey]:
        """Give those of `keys` that a row names."""
        rows = self._connection.execute(_NAMED, (encode_keys(keys),))
        return frozenset(ObjectKey(str(row[0])) for row in rows)

    def list_named(self) -> frozenset[ObjectKey]:
        """Give the keys of all objects that rows name."""
        return frozenset(ObjectKey(str(row[0])) for row in self._connection.execute(_ALL_NAMED))

    def measure_objects(self) -> int:
        """Give how many bytes the objects have in all, as far as rows say so."""
        return self._read_number(_BYTES_NAMED)

    def count_tasks(self) -> int:
        """Give how many tasks there are."""
        return self._read_number("SELECT count(*) FROM tasks")

    def check_origin(self) -> None:
        """See that this is a database of ours that this code can open.

        Raises:
            RestoreRefused: it is not.
        """
        try:
            application = int(str(self._connection.pragma("application_id")))
            schema = int(str(self._connection.pragma("user_version")))
        except UNAVAILABLE_ERRORS as error:
            raise RestoreRefused("What should be a database of Kaiga is none.") from error
        if application not in {APPLICATION_ID, EMULATOR_ID}:
            raise RestoreRefused("What should be a database of Kaiga is another program's.")
        newest = len(list_migrations())
        if schema > newest:
            raise RestoreRefused(
                f"The database has schema {schema}, this Kaiga knows up to {newest}. "
                "Restore it with the newer Kaiga that wrote it."
            )

    def find_damage(self) -> str | None:
        """Have SQLite look at every page; gives its first complaint, None where all is well."""
        try:
            row = self._connection.execute("PRAGMA integrity_check(1)").fetchone()
        except UNAVAILABLE_ERRORS as error:
            return str(error)
        found = "nothing was looked at" if row is None else str(row[0])
        return None if found == "ok" else found

    def _read_number(self, query: str) -> int:
        row = self._connection.execute(query).fetchone()
        return int(float(str(row[0]))) if row else 0
