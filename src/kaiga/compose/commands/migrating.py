"""Moves a server of one machine to where many nodes can use what it has: its rows and objects."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from pathlib import Path

import msgspec

from kaiga.compose.objects import open_objects_of
from kaiga.domain.errors import MoveRefused
from kaiga.ports.object_store import ObjectEntry, ObjectStore
from kaiga.settings import Settings
from kaiga.store.moving import Moved, move_rows, open_source
from kaiga.store.postgres.connecting import PostgresPlace

OnProgress = Callable[[str, int, int], None]
"""Told what is done, how much of it, and of how much."""

_PART_BYTES = 8 * 1024 * 1024


class MigrationDone(msgspec.Struct, frozen=True, kw_only=True):
    """What is at the new place."""

    rows: Moved
    objects: int | None
    """How many objects, None where they were to stay where they are."""


class ObjectsMove(msgspec.Struct, frozen=True, kw_only=True):
    """The addresses of the object stores that are left and moved to.

    The settings tell how a bucket is reached.
    """

    left: str
    wanted: str
    settings: Settings


def migrate(
    database: Path, target: str, objects: ObjectsMove | None, on_progress: OnProgress
) -> MigrationDone:
    """Have all rows, and all objects where that is wanted, at the new place, or go on with that.

    Objects come first: no row is at a new place that names what is not there.

    Raises:
        MoveRefused: there is nothing to move, or something else at the new place, or the two
            differ in the end.
        StartRefused: a server runs on the database, or one side is of a newer version.
        StoreUnavailable, ObjectsUnavailable: one side does not answer.
    """

    async def move() -> MigrationDone:
        count = None
        if objects is not None:
            left = open_objects_of(objects.settings, objects.left)
            wanted = open_objects_of(objects.settings, objects.wanted)
            count = await _move_objects(left, wanted, on_progress)
        rows = await move_rows(source, PostgresPlace(target, target), on_progress)
        return MigrationDone(rows=rows, objects=count)

    with open_source(database) as source:
        return asyncio.run(move())


async def _move_objects(left: ObjectStore, wanted: ObjectStore, on_progress: OnProgress) -> int:
    """Copy what is missing and compare all: both sides are read whole."""
    entries = [entry async for entry in _list_all(left)]
    there = {entry.key: entry.size_bytes async for entry in _list_all(wanted)}
    for done, entry in enumerate(entries, start=1):
        if there.get(entry.key) != entry.size_bytes:
            await _copy(left, wanted, entry)
        if await _digest(left, entry) != await _digest(wanted, entry):
            raise MoveRefused(f"The object {entry.key} differs on the two sides.")
        on_progress("objects", done, len(entries))
    return len(entries)


async def _list_all(objects: ObjectStore) -> AsyncIterator[ObjectEntry]:
    async for page in objects.list_entries():
        for entry in page:
            yield entry


async def _copy(left: ObjectStore, wanted: ObjectStore, entry: ObjectEntry) -> None:
    with tempfile.NamedTemporaryFile() as file:
        async for part in _read_parts(left, entry):
            file.write(part)
        file.flush()
        await wanted.put_file(entry.key, Path(file.name))


async def _digest(objects: ObjectStore, entry: ObjectEntry) -> bytes:
    digest = sha256()
    async for part in _read_parts(objects, entry):
        digest.update(part)
    return digest.digest()


async def _read_parts(objects: ObjectStore, entry: ObjectEntry) -> AsyncIterator[bytes]:
    for start in range(0, entry.size_bytes, _PART_BYTES):
        length = min(_PART_BYTES, entry.size_bytes - start)
        yield await objects.read_range(entry.key, start, length)
