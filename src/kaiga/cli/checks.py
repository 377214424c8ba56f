"""What `kaiga doctor` looks at: each check looks and changes nothing that is kept."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kaiga.cli.client import ApiClient, CallRefused
from kaiga.cli.failures import CommandFailed
from kaiga.cli.reaching import RunningServer, find_local_key, find_running, make_local_server
from kaiga.compose.offline import find_sqlite_version, inspect_store, paint_sample
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
        return _fail("Python", version, "Kaiga needs Python 3.11 or newer.")
    return _ok("Python", version)


def check_sqlite() -> Finding:
    """Is the SQLite in use free of the race that can lose commits."""
    version = find_sqlite_version()
    if tuple(int(part) for part in version.split(".")) < _LEAST_SQLITE:
        return _fail("SQLite", version, "Update the package apsw: 3.51.3 or newer is needed.")
    return _ok("SQLite", version)


def check_folder(settings: Settings) -> Finding:
    """Can the data folder be written, or be made."""
    folder = settings.data
    existing = _nearest_existing(folder)
    hint = "Choose another folder with KAIGA_DATA, or give this user the right to write there."
    if not existing.is_dir():
        return _fail("Data folder", f"{existing} is not a folder", hint)
    if existing != folder:
        if os.access(existing, os.W_OK | os.X_OK):
            return _ok("Data folder", f"{folder} (will be made)")
        return _fail("Data folder", f"{folder} can't be made", hint)
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"kaiga")
    except OSError as error:
        return _fail("Data folder", f"{folder} can't be written: {error.strerror}", hint)
    return _ok("Data folder", str(folder))


def check_space(settings: Settings) -> Finding:
    """Is there room for results."""
    try:
        free_bytes = shutil.disk_usage(_nearest_existing(settings.data)).free
    except OSError as error:
        return _warn("Free space", f"not known: {error.strerror}", "")
    shown = f"{free_bytes / 1024**3:.1f} GiB"
    if free_bytes < _LITTLE_SPACE_BYTES:
        return _warn("Free space", shown, "Make room, or shorten KAIGA_RETENTION_HOURS.")
    return _ok("Free space", shown)


def check_store(settings: Settings) -> Finding:
    """Is the database one that this code can open, or held by a server."""
    try:
        store = inspect_store(settings)
    except StartRefused as error:
        return _fail("Database", str(error), "Restore it from a backup, or use another folder.")
    if store is None:
        return _ok("Database", "none yet; the first start makes it")
    if store.holder is not None:
        return _ok("Database", f"in use by process {store.holder}")
    found = f"schema {store.schema} of {store.newest_schema}"
    if store.schema is not None and store.schema > store.newest_schema:
        hint = "A newer Kaiga wrote it: start that one, or use another folder (KAIGA_DATA)."
        return _fail("Database", found, hint)
    return _ok("Database", found)


def check_server(settings: Settings) -> Sequence[Finding]:
    """Does the server of this data folder answer, work, and accept the key that lies here."""
    running = find_running(settings.data)
    if running is None:
        hint = "Start it with 'kaiga serve'."
        return (_warn("Server", "none runs on this folder", hint),)
    found = f"{running.url}, process {running.process_id}"
    key = find_local_key(settings) or os.environ.get("DASHSCOPE_API_KEY")
    server = make_local_server(running.url, key or "none", settings)
    with ApiClient(server) as client:
        try:
            is_ready = client.is_ready()
        except CommandFailed as failure:
            return (_fail("Server", str(failure), "See its log."),)
        if not is_ready:
            return (_fail("Server", f"{found}: not ready", "See its log."),)
        return (_ok("Server", found), _check_key(client, running, key))


def check_engine() -> Finding:
    """Does the sketch engine paint."""
    started = time.monotonic()
    hint = "Install Kaiga anew; its package resvg may not fit this machine."
    try:
        picture = paint_sample(_SAMPLE_SIDE_PIXELS, _SAMPLE_SIDE_PIXELS, _SAMPLE_SECONDS)
    except EngineCrashed as error:
        return _fail("Sketch engine", str(error.__cause__ or error), hint)
    except TimeoutError:
        return _fail("Sketch engine", f"no picture in {_SAMPLE_SECONDS:g} s", hint)
    side = _SAMPLE_SIDE_PIXELS.to_bytes(4)
    if picture[:4] != b"\x89PNG" or picture[_PNG_SIZE_AT : _PNG_SIZE_AT + 8] != side + side:
        return _fail("Sketch engine", "what it painted is not the picture ordered", hint)
    seconds = time.monotonic() - started
    return _ok("Sketch engine", f"painted 768x768 in {seconds:.1f} s, its start included")


def check_clock(settings: Settings) -> Finding:
    """Is the clock credible, and the one by which files of the data folder are dated."""
    now = time.time()
    hint = "Set the clock; links and keys expire by it."
    if time.gmtime(now).tm_year < _OLDEST_CREDIBLE_YEAR:
        return _fail("Clock", time.strftime("%Y-%m-%d", time.gmtime(now)), hint)
    shown = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now))
    try:
        with tempfile.NamedTemporaryFile(dir=_nearest_existing(settings.data)) as file:
            skew_seconds = abs(Path(file.name).stat().st_mtime - time.time())
    except OSError:
        return _ok("Clock", shown)
    if skew_seconds > _TOLERATED_SKEW_SECONDS:
        return _warn("Clock", f"{shown}, {skew_seconds:.0f} s off the data folder's disk", hint)
    return _ok("Clock", shown)


def _check_key(client: ApiClient, running: RunningServer, key: str | None) -> Finding:
    if key is None:
        hint = "Make one with 'kaiga keys create' while no server runs, or set DASHSCOPE_API_KEY."
        return _warn("Key", "none is known here", hint)
    try:
        client.list_tasks({"page_size": 1})
    except CallRefused as refusal:
        hint = "Set DASHSCOPE_API_KEY to a key of this Kaiga, or make one with 'kaiga keys create'."
        return _fail("Key", str(refusal), hint)
    except CommandFailed as failure:
        return _fail("Key", str(failure), f"See the log of process {running.process_id}.")
    return _ok("Key", f"{key[:7]}... is accepted")


def _nearest_existing(path: Path) -> Path:
    return next(parent for parent in (path, *path.parents) if parent.exists())


def _ok(check: str, found: str) -> Finding:
    return Finding(check=check, verdict=Verdict.OK, found=found)


def _warn(check: str, found: str, hint: str) -> Finding:
    return Finding(check=check, verdict=Verdict.WARN, found=found, hint=hint)


def _fail(check: str, found: str, hint: str) -> Finding:
    return Finding(check=check, verdict=Verdict.FAIL, found=found, hint=hint)
