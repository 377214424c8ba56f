"""Finds the server that a command is to ask, and the key to show there."""

import json
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from kaiga.cli.failures import CommandFailed, ExitStatus, NoServerRuns
from kaiga.cli.options import NamedServer
from kaiga.compose.local_key import read_local_key
from kaiga.settings import ADDRESS_FILE, Settings

_API_PATH = "/api/v1"
_CONNECT_SECONDS = 2.0
_DEFAULT_PORTS = {"http": 80, "https": 443}
_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  recognised, not bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server and the key to use there.

    `api_url` ends in `/api/v1`. `certificate` is the server's own chain where it is one of this
    machine that was found through its data folder: it is trusted whatever name it is for.
    """

    api_url: str
    key: str
    certificate: Path | None = None

    @property
    def root_url(self) -> str:
        """The address without the path of the API."""
        return self.api_url.removesuffix("/api/v1")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningServer:
    """A server of this machine, alive on a data folder."""

    url: str
    process_id: int


def find_running(data: Path) -> RunningServer | None:
    """Give the server that runs on a data folder; None where none does.

    A server that was killed leaves its address behind: its process must live and its port answer.
    """
    try:
        told: object = json.loads((data / ADDRESS_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    members = cast("dict[str, object]", told) if isinstance(told, dict) else {}
    url, process_id = members.get("url"), members.get("pid")
    if not isinstance(url, str) or not isinstance(process_id, int):
        return None
    if not _is_alive(process_id) or not _is_listening(url):
        return None
    return RunningServer(url=url, process_id=process_id)


def reach_server(named: NamedServer, settings: Settings) -> Server:
    """Give the server that the options name, else the environment, else the one that runs here.

    Raises:
        NoServerRuns: nothing names one, and none runs on the data folder.
        CommandFailed: it is known, and no key for it is.
    """
    running = find_running(settings.data)
    url = named.url or find_url_in_environment(settings)
    # Without an address beside it, a key in the environment may be for the vendor's own service.
    key = named.key or (url and os.environ.get("DASHSCOPE_API_KEY")) or None
    if running is not None and (
        url is None or complete_api_url(url) == complete_api_url(running.url)
    ):
        return make_local_server(running.url, key, settings)
    if url is None:
        raise NoServerRuns(
            f"No Kaiga runs on {settings.data}. Start one with 'kaiga serve', "
            "or name one with --url and --key."
        )
    if key is None:
        raise CommandFailed(f"There is no key for {url}. Give one with --key or DASHSCOPE_API_KEY.")
    return Server(api_url=complete_api_url(url), key=key)


def make_local_server(url: str, key: str | None, settings: Settings) -> Server:
    """Describe a server of this data folder, with the given key or else the folder's own.

    Raises:
        CommandFailed: no key is known.
    """
    known = key or find_local_key(settings) or os.environ.get("DASHSCOPE_API_KEY")
    if not known:
        raise CommandFailed(
            f"No key for the Kaiga on {settings.data} is known here. "
            "Give one with --key or DASHSCOPE_API_KEY."
        )
    is_https = url.startswith("https:")
    return Server(
        api_url=complete_api_url(url),
        key=known,
        certificate=settings.tls_cert if is_https else None,
    )


def find_local_key(settings: Settings) -> str | None:
    """Give the key that lies in the data folder, else the one that the settings name."""
    return read_local_key(settings.data) or settings.api_key


def find_url_in_environment(settings: Settings) -> str | None:
    """Give the address that the environment names, if it may be asked.

    `kaiga env` sets the configured address whether or not a server runs there yet; where nothing
    listens at just that address, it is as if none were named.
    """
    url = os.environ.get("DASHSCOPE_HTTP_BASE_URL")
    configured = configured_url(settings)
    if not url or configured is None or complete_api_url(url) != complete_api_url(configured):
        return url or None
    return url if _is_listening(url) else None


def configured_url(settings: Settings) -> str | None:
    """Give the address at which these settings would serve; None where the port is any."""
    if settings.port == 0:
        return None
    host = _EVERY_ADDRESS.get(settings.host, settings.host)
    scheme = "https" if settings.tls_cert else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"


def complete_api_url(url: str) -> str:
    """Give an address with the path of the API, whether or not it had it.

    Raises:
        CommandFailed: it is no address of HTTP.
    """
    written = url.strip()
    trimmed = (written if "://" in written else f"http://{written}").rstrip("/")
    if not re.match(r"https?://[^/\s]+", trimmed):
        raise CommandFailed(
            f"{url!r} is not an address such as http://127.0.0.1:8600.",
            exit_status=ExitStatus.USAGE,
        )
    return trimmed if trimmed.endswith(_API_PATH) else trimmed + _API_PATH


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _is_listening(url: str) -> bool:
    parts = urlsplit(url)
    try:
        address = (parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme, 0))
        with socket.create_connection(address, _CONNECT_SECONDS):
            return True
    except (OSError, ValueError):
        return False
