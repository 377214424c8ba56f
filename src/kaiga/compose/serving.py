"""`kaiga serve`: one process, one event loop, ended by Ctrl-C or SIGTERM with grace."""

import asyncio
import contextlib
import dataclasses
import gc
import json
import os
import socket
import ssl
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import structlog
import uvicorn

from kaiga.compose.listening import BACKLOG, AnnouncingServer, listen, stop_on_signals
from kaiga.compose.server import open_server
from kaiga.domain.errors import StartRefused
from kaiga.http.asgi import Application
from kaiga.http.emulator.protocol import EmulatorHttpProtocol
from kaiga.http.operations.postman import PostmanFiles
from kaiga.http.protocol import KaigaHttpProtocol
from kaiga.http.standing import STANDING_HEADERS
from kaiga.ports.clock import Calendar
from kaiga.settings import ADDRESS_FILE, Settings
from kaiga.telemetry import configure_logging

_log = structlog.get_logger(__name__)
_PRIVATE = 0o077  # the data folder holds secrets and other people's pictures
_COLLECTOR_THRESHOLDS = (50_000, 20, 50)


def serve(
    settings: Settings,
    on_ready: Callable[[str, str | None], None],
    calendar: Calendar | None = None,
    postman: PostmanFiles | None = None,
) -> None:
    """Serve until told to stop; `on_ready` gets the address and a key made at a first start.

    For `calendar` and `postman` see `open_server`.

    Raises:
        StartRefused, SettingInvalid: it can't start here; the message says why.
    """
    os.umask(_PRIVATE)
    configure_logging(settings.log_level, as_json=settings.log_json)
    _check_certificate(settings)
    listening = listen(settings.host, settings.port)
    try:
        with _data_folder(settings) as data:
            loop_factory = uvicorn.Config(app="", loop="uvloop").get_loop_factory()
            with asyncio.Runner(loop_factory=loop_factory) as runner:
                placed = dataclasses.replace(settings, data=data)
                runner.run(_serve(placed, listening, on_ready, calendar, postman))
    finally:
        listening.close()


async def _serve(
    settings: Settings,
    listening: socket.socket,
    on_ready: Callable[[str, str | None], None],
    calendar: Calendar | None,
    postman: PostmanFiles | None,
) -> None:
    async with open_server(settings, calendar, postman) as kaiga:
        url = _url_of(settings, listening)
        address_file = settings.address_file or (
            None if settings.emulator_memory else settings.data / ADDRESS_FILE
        )

        def announce() -> None:
            _calm_garbage_collector()
            if address_file is not None:
                _write_address(address_file, url)
            on_ready(url, kaiga.new_key)

        application = _with_cors(kaiga.served, settings)
        server = AnnouncingServer(
            _make_config(settings, application), announce, kaiga.application.stop_waiting
        )
        stop_on_signals(server)
        try:
            await server.serve(sockets=[listening])
        finally:
            if address_file is not None:
                with contextlib.suppress(OSError):
                    address_file.unlink()


@contextlib.contextmanager
def _data_folder(settings: Settings) -> Generator[Path]:
    """Give the data folder; where all is kept in memory, one for files in use, gone at the end.

    Engines and ffmpeg read what tasks refer to from files, and uploads arrive as files.
    """
    if not settings.emulator_memory:
        yield settings.data
        return
    with tempfile.TemporaryDirectory(prefix="kaiga-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _make_config(settings: Settings, application: Application) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=EmulatorHttpProtocol if settings.emulator else KaigaHttpProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        date_header=True,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=max(1, round(settings.grace_seconds)),
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
    )


def _check_certificate(settings: Settings) -> None:
    """See that the certificate can be served before anything is opened or announced."""
    if settings.tls_cert is None or settings.tls_key is None:
        return
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise StartRefused(
            f"KAIGA_TLS_CERT={settings.tls_cert} and KAIGA_TLS_KEY={settings.tls_key} "
            f"can't be used: {error.strerror or error}."
        ) from error


def _with_cors(application: Application, settings: Settings) -> Application:
    if not settings.cors_origins:
        return application
    from starlette.middleware.cors import CORSMiddleware  # noqa: PLC0415  only where it is wanted

    return CORSMiddleware(
        application,
        allow_origins=settings.cors_origins,
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=[
            *("x-request-id", "x-kaiga-engine", "x-kaiga-task-id", "preference-applied"),
            *STANDING_HEADERS,
        ],
    )


def _url_of(settings: Settings, listening: socket.socket) -> str:
    scheme = "https" if settings.tls_cert else "http"
    host = settings.host if settings.host not in {"0.0.0.0", "::"} else "127.0.0.1"  # noqa: S104  shown, not bound
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}:{listening.getsockname()[1]}"


def _calm_garbage_collector() -> None:
    """Spare the collector what lives as long as the server, and have it look less often.

    Tasks held in memory are long-lived and without cycles; at Python's own thresholds every few
    hundred requests would walk through them again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTOR_THRESHOLDS)


def _write_address(file: Path, url: str) -> None:
    """Tell this machine's commands where the server is; they read whole files only."""
    unfinished = file.with_name(f"{file.name}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps({"url": url, "pid": os.getpid()}))
        unfinished.replace(file)
    except OSError as error:
        _log.warning("commands will not find this server by themselves", reason=str(error))
