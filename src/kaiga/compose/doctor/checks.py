"""What `kaiga doctor` and the console look at: each check changes nothing that is kept."""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kaiga.compose.commands.offline import find_sqlite_version, inspect_store, paint_sample
from kaiga.domain.errors import EngineCrashed, StartRefused
from kaiga.settings import Settings

_LEAST_PYTHON = (3, 11)
_LEAST_SQLITE = (3, 51, 3)
"""The first release without the WAL-reset race. Source: docs/adr/0002."""
_LITTLE_SPACE_BYTES = 1024**3
_SAMPLE_SIDE_PIXELS = 768
_SAMPLE_SECONDS = 60.0
_OLDEST_CREDIBLE_YEAR = 2025
_TOLERATED_SKEW_SECONDS = 5.0
_PNG_SIZE_AT = 16
"""Where a PNG has its width and height, four bytes each. Source: the PNG specification, 11.2.2."""


class Verdict(StrEnum):
    """How a check ended."""

    OK = "OK"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found; `hint` says what to do, where there is something."""

    check: str
    verdict: Verdict
    found: str
    hint: str = ""


def check_python() -> Finding:
    """Is this Python one that Kaiga runs on."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < _LEAST_PYTHON:
        return fail("Python", version, "Kaiga needs Python 3.11 or newer.")
    return ok("Python", version)


def check_sqlite() -> Finding:
    """Is the SQLite in use free of the race that can lose commits."""
    version = find_sqlite_version()
    if tuple(int(part) for part in version.split(".")) < _LEAST_SQLITE:
        return fail("SQLite", version, "Update the package apsw: 3.51.3 or newer is needed.")
    return ok("SQLite", version)


def check_folder(settings: Settings) -> Finding:
    """Can the data folder be written, or be made."""
    folder = settings.data
    existing = _nearest_existing(folder)
    hint = "Choose another folder with KAIGA_DATA, or give this user the right to write there."
    if not existing.is_dir():
        return fail("Data folder", f"{existing} is not a folder", hint)
    if existing != folder:
        if os.access(existing, os.W_OK | os.X_OK):
            return ok("Data folder", f"{folder} (will be made)")
        return fail("Data folder", f"{folder} can't be made", hint)
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"kaiga")
    except OSError as error:
        return fail("Data folder", f"{folder} can't be written: {error.strerror}", hint)
    return ok("Data folder", str(folder))


def check_space(settings: Settings) -> Finding:
    """Is there room for results."""
    try:
        free_bytes = shutil.disk_usage(_nearest_existing(settings.data)).free
    except OSError as error:
        return warn("Free space", f"not known: {error.strerror}", "")
    shown = f"{free_bytes / 1024**3:.1f} GiB"
    if free_bytes < _LITTLE_SPACE_BYTES:
        return warn("Free space", shown, "Make room, or shorten KAIGA_RETENTION_HOURS.")
    return ok("Free space", shown)


def check_store(settings: Settings) -> Finding:
    """Is the database one that this code can open, or held by a server."""
    if settings.is_shared:
        return asyncio.run(_check_shared_store(settings))
    try:
        store = inspect_store(settings)
    except StartRefused as error:
        return fail("Database", str(error), "Restore it from a backup, or use another folder.")
    if store is None:
        return ok("Database", "none yet; the first start makes it")
    if store.holder is not None:
        return ok("Database", f"in use by process {store.holder}")
    found = f"schema {store.schema} of {store.newest_schema}"
    if store.schema is not None and store.schema > store.newest_schema:
        hint = "A newer Kaiga wrote it: start that one, or use another folder (KAIGA_DATA)."
        return fail("Database", found, hint)
    return ok("Database", found)


async def _check_shared_store(settings: Settings) -> Finding:
    """Ask the database that nodes share for its version and its schema; that makes none."""
    from kaiga.store import postgres  # noqa: PLC0415  seldom wanted

    try:
        connection = await postgres.connect(settings.store, caches_statements=False)
        try:
            schema = await postgres.find_version(connection)
        finally:
            await connection.close()
    except postgres.UNAVAILABLE_ERRORS as error:
        hint = "Look at KAIGA_STORE, and whether a PostgreSQL answers there."
        return fail("Database", f"PostgreSQL does not answer: {error or 'no answer'}", hint)
    version, newest = connection.get_server_version(), len(postgres.list_migrations())
    found = f"PostgreSQL {version.major}.{version.minor}, schema {schema} of {newest}"
    if schema > newest:
        hint = "A newer Kaiga wrote it: start that one, or use another database (KAIGA_STORE)."
        return fail("Database", found, hint)
    return ok("Database", found)


def check_engine() -> Finding:
    """Does the sketch engine paint."""
    started = time.monotonic()
    hint = "Install Kaiga anew; its package resvg may not fit this machine."
    try:
        picture = paint_sample(_SAMPLE_SIDE_PIXELS, _SAMPLE_SIDE_PIXELS, _SAMPLE_SECONDS)
    except EngineCrashed as error:
        return fail("Sketch engine", str(error.__cause__ or error), hint)
    except TimeoutError:
        return fail("Sketch engine", f"no picture in {_SAMPLE_SECONDS:g} s", hint)
    side = _SAMPLE_SIDE_PIXELS.to_bytes(4)
    if picture[:4] != b"\x89PNG" or picture[_PNG_SIZE_AT : _PNG_SIZE_AT + 8] != side + side:
        return fail("Sketch engine", "what it painted is not the picture ordered", hint)
    seconds = time.monotonic() - started
    return ok("Sketch engine", f"painted 768x768 in {seconds:.1f} s, its start included")


def check_clock(settings: Settings) -> Finding:
    """Is the clock credible, and the one by which files of the data folder are dated."""
    now = time.time()
    hint = "Set the clock; links and keys expire by it."
    if time.gmtime(now).tm_year < _OLDEST_CREDIBLE_YEAR:
        return fail("Clock", time.strftime("%Y-%m-%d", time.gmtime(now)), hint)
    shown = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now))
    try:
        with tempfile.NamedTemporaryFile(dir=_nearest_existing(settings.data)) as file:
            skew_seconds = abs(Path(file.name).stat().st_mtime - time.time())
    except OSError:
        return ok("Clock", shown)
    if skew_seconds > _TOLERATED_SKEW_SECONDS:
        return warn("Clock", f"{shown}, {skew_seconds:.0f} s off the data folder's disk", hint)
    return ok("Clock", shown)


def _nearest_existing(path: Path) -> Path:
    return next(parent for parent in (path, *path.parents) if parent.exists())


def ok(check: str, found: str) -> Finding:
    """All is well."""
    return Finding(check=check, verdict=Verdict.OK, found=found)


def warn(check: str, found: str, hint: str) -> Finding:
    """Something lacks that not everything needs."""
    return Finding(check=check, verdict=Verdict.WARN, found=found, hint=hint)


def fail(check: str, found: str, hint: str) -> Finding:
    """Kaiga can't work like this."""
    return Finding(check=check, verdict=Verdict.FAIL, found=found, hint=hint)
