"""What commands may do on a data folder by themselves while no server runs on it."""

import asyncio
import fcntl
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import apsw

from kaiga.catalogue import read_catalogue
from kaiga.compose.engines.engine_child import EngineOptions, make_child_command
from kaiga.compose.folders import NODE
from kaiga.compose.local_key import LocalKey
from kaiga.compose.stores import open_stores
from kaiga.domain.errors import EngineCrashed, StartRefused
from kaiga.ports.engine import GenerationJob, ResultMade
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.keys.manage_keys import ManageKeys
from kaiga.service.limits.manage_limits import ManageLimits
from kaiga.service.links.link_keys import LinkKeys
from kaiga.settings import Settings
from kaiga.store.sqlite.connecting import open_connection
from kaiga.store.sqlite.migrating import list_migrations
from kaiga.system_clock import SystemCalendar
from kaiga.worker.child_engine_process import ChildEngineProcess

_LOCK_SUFFIX = ".lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineKeys:
    """The use cases around keys, over a store that this process holds."""

    manage_keys: ManageKeys
    link_keys: LinkKeys
    local_key: LocalKey


@asynccontextmanager
async def open_offline_keys(settings: Settings) -> AsyncGenerator[OfflineKeys]:
    """Hold the store for as long as the block lasts.

    Raises:
        StartRefused: a server holds it, or it can't be used; the message says which.
    """
    async with open_stores(settings) as stores:
        key_store, calendar = stores.keys, SystemCalendar()
        pepper = await key_store.get_pepper()
        manage_keys = ManageKeys(
            store=key_store,
            key_ring=KeyRing(key_store, calendar, pepper),
            calendar=calendar,
            pepper=pepper,
            own_region=settings.region,
        )
        link_keys = LinkKeys(key_store, calendar)
        await link_keys.load()
        yield OfflineKeys(
            manage_keys=manage_keys,
            link_keys=link_keys,
            local_key=LocalKey(settings.data, manage_keys),
        )


@asynccontextmanager
async def open_offline_limits(settings: Settings) -> AsyncGenerator[ManageLimits]:
    """Hold the store for as long as the block lasts.

    Raises:
        StartRefused: a server holds it, or it can't be used; the message says which.
        SettingInvalid: the catalogue can't be read.
    """
    catalogue = read_catalogue(settings.catalogue)
    async with open_stores(settings) as stores:
        yield ManageLimits(
            store=stores.limits, keys=stores.keys, catalogue=catalogue, book=stores.book
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFound:
    """The state of a database file; `schema` is None where it was not read, being held."""

    schema: int | None
    newest_schema: int
    holder: str | None
    """The process that holds the file, as far as it says."""


def inspect_store(settings: Settings) -> StoreFound | None:
    """Look at the database file without changing it; None where there is none yet.

    Raises:
        StartRefused: it can't be read as a database.
    """
    path = settings.database_path
    if settings.is_shared or not path.is_file():
        return None
    newest = len(list_migrations())
    holder = _find_holder(path.with_name(path.name + _LOCK_SUFFIX))
    if holder is not None:
        return StoreFound(schema=None, newest_schema=newest, holder=holder)
    try:
        connection = open_connection(path, read_only=True)
        schema = int(str(connection.pragma("user_version")))
        connection.close()
    except apsw.Error as error:
        raise StartRefused(f"{path} can't be read as a database: {error}.") from error
    return StoreFound(schema=schema, newest_schema=newest, holder=None)


def find_server(settings: Settings) -> str | None:
    """Tell which process serves on the data folder, as far as it says; None where none does."""
    beside = settings.data / NODE if settings.is_shared else settings.database_path
    return _find_holder(beside.with_name(beside.name + _LOCK_SUFFIX))


def find_sqlite_version() -> str:
    """Give the version of the SQLite in use, which comes with apsw and not with Python."""
    return apsw.sqlite_lib_version()


def paint_sample(width_pixels: int, height_pixels: int, timeout_seconds: float) -> bytes:
    """Have the sketch engine paint one picture in a process of its own, as the server does.

    Raises:
        EngineCrashed: it did not paint.
        TimeoutError: it did not end in time.
    """
    return asyncio.run(_paint_sample(width_pixels, height_pixels, timeout_seconds))


async def _paint_sample(width_pixels: int, height_pixels: int, timeout_seconds: float) -> bytes:
    job = GenerationJob(
        model="sample",
        task="text-to-image",
        prompt="a red house by a lake",
        width_pixels=width_pixels,
        height_pixels=height_pixels,
        seed=1,
    )
    process = ChildEngineProcess(make_child_command("sketch", EngineOptions()))
    try:
        async with asyncio.timeout(timeout_seconds):
            made = [event async for event in process.generate([job])]
    finally:
        await process.stop()
    pictures = [
        file.content for event in made if isinstance(event, ResultMade) for file in event.files
    ]
    if not pictures:
        raise EngineCrashed
    return pictures[0]


def _find_holder(lock: Path) -> str | None:
    """Tell who holds a lock file, by trying to share it for an instant."""
    try:
        descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return os.read(descriptor, 32).decode("ascii", "replace").strip() or "unknown"
    finally:
        with suppress(OSError):
            os.close(descriptor)
    return None
