"""Runs the recorder and the replay, each until Ctrl-C, on this machine's own address alone."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import uvicorn

from kaiga.compose.listening import BACKLOG, AnnouncingServer, listen, stop_on_signals
from kaiga.http.asgi import Application
from kaiga.http.protocol import KaigaHttpProtocol
from kaiga.recording.folder import RecordingFolder, read_recordings
from kaiga.recording.recorder import Recorder, Tell
from kaiga.recording.replay import Replay
from kaiga.recording.upstream import Upstream
from kaiga.telemetry import configure_logging

_HOST = "127.0.0.1"
_GRACE_SECONDS = 5

OnReady = Callable[[str], None]
"""Called with the address once calls are taken."""


def record(
    folder: Path,
    *,
    upstream_url: str,
    port: int,
    timeout_seconds: float,
    on_ready: OnReady,
    on_recorded: Tell,
) -> None:
    """Pass calls on to a server and record them, until told to stop.

    Raises:
        StartRefused: the port or the folder can't be had.
    """

    @asynccontextmanager
    async def open_recorder() -> AsyncGenerator[Application]:
        recordings = RecordingFolder(folder)
        try:
            async with Upstream(upstream_url, timeout_seconds) as upstream:
                yield Recorder(upstream=upstream, folder=recordings, tell=on_recorded)
        finally:
            recordings.close()

    _run(open_recorder(), port, on_ready)


def replay(folder: Path, *, port: int, on_ready: OnReady) -> None:
    """Answer from a folder's recordings, until told to stop.

    Raises:
        StartRefused: the port can't be had, or the folder holds no recordings.
    """
    application = Replay(read_recordings(folder))

    @asynccontextmanager
    async def open_replay() -> AsyncGenerator[Application]:
        yield application

    _run(open_replay(), port, on_ready)


def _run(opening: AbstractAsyncContextManager[Application], port: int, on_ready: OnReady) -> None:
    configure_logging("warning", as_json=False)
    with listen(_HOST, port) as listening:
        loop_factory = uvicorn.Config(app="", loop="uvloop").get_loop_factory()

        async def serve() -> None:
            async with opening as application:
                url = f"http://{_HOST}:{listening.getsockname()[1]}"
                server = AnnouncingServer(
                    _make_config(application), lambda: on_ready(url), lambda: None
                )
                stop_on_signals(server)
                await server.serve(sockets=[listening])

        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(serve())


def _make_config(application: Application) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=KaigaHttpProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        date_header=True,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
