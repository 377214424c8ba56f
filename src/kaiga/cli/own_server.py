"""Starts a Kaiga for the length of one command, where none runs."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from kaiga.cli.failures import CommandFailed
from kaiga.cli.reaching import Server, find_local_key, find_running, make_local_server
from kaiga.compose.commands.offline import open_offline_keys
from kaiga.domain.errors import KaigaError
from kaiga.domain.ids import KeyId
from kaiga.domain.keys import Role
from kaiga.settings import Settings

_START_SECONDS = 60.0
_STOP_MARGIN_SECONDS = 10.0
_LOOK_SECONDS = 0.02
_KEY_LIFETIME = timedelta(days=1)
"""Far above any command's time: only a killed command leaves its key to expire."""


@contextmanager
def run_own_server(
    settings: Settings, environment: Mapping[str, str] = os.environ, folder: Path | None = None
) -> Generator[Server]:
    """Serve these settings' data folder on a free port of 127.0.0.1, with at least one worker.

    The child ends with the block, and also when this process is killed. `folder` is its working
    folder; unset, this process's.

    Raises:
        CommandFailed: it did not start; the message is its own.
        StartRefused: the data folder can't be used.
    """
    with _a_key(settings) as key, tempfile.TemporaryFile("w+") as log:
        child = _start(settings, environment, folder, log)
        try:
            url = _wait_until_ready(child, settings, log)
            yield make_local_server(url, key or find_local_key(settings), settings)
        finally:
            _stop(child, settings.grace_seconds + _STOP_MARGIN_SECONDS)


def _start(
    settings: Settings, environment: Mapping[str, str], folder: Path | None, log: IO[str]
) -> subprocess.Popen[bytes]:
    workers = str(max(1, settings.workers))
    command = [sys.executable, "-m", "kaiga", "serve", "--until-stdin-ends"]
    options = ["--host", "127.0.0.1", "--port", "0", "--workers", workers]
    return subprocess.Popen(  # noqa: S603  this very program
        [*command, *options, "--data", str(settings.data)],
        # Links have to lead to this child, and it must outlive a Ctrl-C that is meant for us.
        env={**environment, "KAIGA_PUBLIC_URL": ""},
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def _wait_until_ready(child: subprocess.Popen[bytes], settings: Settings, log: IO[str]) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        running = find_running(settings.data)
        if running is not None and running.process_id == child.pid:
            return running.url
        if child.poll() is not None:
            raise CommandFailed(_last_words(log))
        time.sleep(_LOOK_SECONDS)
    raise CommandFailed(f"Kaiga did not start within {_START_SECONDS:g} seconds.")


def _last_words(log: IO[str]) -> str:
    log.seek(0)
    lines = [line.strip() for line in log if line.strip()] or ["it said nothing"]
    return f"Kaiga did not start: {lines[-1].removeprefix('kaiga: ')}"


def _stop(child: subprocess.Popen[bytes], patience_seconds: float) -> None:
    with suppress(BrokenPipeError):
        if child.stdin is not None:
            child.stdin.close()
    try:
        child.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


@contextmanager
def _a_key(settings: Settings) -> Generator[str | None]:
    """See that some key is known; None where the start itself will make one.

    Keys are kept as hashes, so where there are some and none lies in the folder, this call gets
    one of its own.
    """
    if find_local_key(settings) is not None or not settings.has_store:
        yield None
        return
    made = asyncio.run(_make_key(settings))
    if made is None:
        yield None
        return
    key_id, text = made
    try:
        yield text
    finally:
        with suppress(KaigaError):  # it expires by itself
            asyncio.run(_revoke_key(settings, key_id))


async def _make_key(settings: Settings) -> tuple[KeyId, str] | None:
    async with open_offline_keys(settings) as keys:
        if not await keys.manage_keys.list_all():
            return None
        key, text = await keys.manage_keys.create(
            name="one command", role=Role.USER, expires_at=datetime.now(UTC) + _KEY_LIFETIME
        )
        return key.id, text


async def _revoke_key(settings: Settings, key_id: KeyId) -> None:
    async with open_offline_keys(settings) as keys:
        await keys.manage_keys.revoke(key_id)
