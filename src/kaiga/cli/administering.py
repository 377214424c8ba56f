"""How commands administer: through the server of a data folder, or in its store where none runs."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager

from kaiga.cli.client import ApiClient
from kaiga.cli.failures import CommandFailed
from kaiga.cli.options import NamedServer
from kaiga.cli.reaching import find_running, make_local_server, reach_server
from kaiga.compose.local_key import read_local_key
from kaiga.domain.keys import Role
from kaiga.settings import Settings


@contextmanager
def open_admin_client(named: NamedServer, settings: Settings) -> Generator[ApiClient | None]:
    """Give a client of the server that is named or runs here; None where the store is free.

    Raises:
        CommandFailed: there is a server, and no key is known for it.
    """
    running = find_running(settings.data)
    if named.url is not None:
        server = reach_server(named, settings)
    elif running is not None:
        key = named.key or _find_admin_key(settings)
        if key is None:
            raise CommandFailed(
                f"No key with the role admin is known for the Kaiga on {settings.data}. "
                "Give one with --key, or stop that Kaiga and try again."
            )
        server = make_local_server(running.url, key, settings)
    else:
        print(f"No Kaiga runs on {settings.data}; its store is opened here.", file=sys.stderr)
        yield None
        return
    with ApiClient(server) as client:
        yield client


def require_store(settings: Settings) -> None:
    """See that there is a store to open.

    Raises:
        CommandFailed: the data folder has none yet.
    """
    if not settings.has_store:
        raise CommandFailed(
            f"There is nothing in {settings.data} yet. "
            "Make a first key with 'kaiga keys create', or start with 'kaiga serve'."
        )


def _find_admin_key(settings: Settings) -> str | None:
    configured = settings.api_key if settings.api_key_role == Role.ADMIN else None
    return read_local_key(settings.data) or configured or os.environ.get("DASHSCOPE_API_KEY")
