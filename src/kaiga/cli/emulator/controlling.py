"""What the commands that control an emulator share: their options, and the way to it."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import typer

from kaiga.cli.client import ApiClient, CallRefused
from kaiga.cli.failures import CommandFailed
from kaiga.cli.options import NamedServer, read_command_settings
from kaiga.cli.reaching import reach_server
from kaiga.testing.control_calls import ControlCalls
from kaiga.testing.tables import TableInvalid, read_table

Account = Annotated[
    str | None,
    typer.Option("--account", metavar="ID", help="Another account, for a key with the role admin."),
]
Everybody = Annotated[
    bool, typer.Option("--all", help="Every account, for a key with the role admin.")
]
_NO_ROUTE = "Request path not found."


@contextmanager
def open_control(
    url: str | None,
    key: str | None,
    data: Path | None,
    account: str | None = None,
    *,
    everybody: bool = False,
) -> Generator[ControlCalls]:
    """Give control over the emulator that is named or runs on the data folder.

    Raises:
        CommandFailed: none is known, or it refuses a call.
    """
    settings = read_command_settings({"KAIGA_DATA": data})
    with ApiClient(reach_server(NamedServer(url=url, key=key), settings)) as client:
        yield ControlCalls(_Sender(client), account=account, everybody=everybody)


def read_named_table(name: str) -> dict[str, Any]:
    """Read a file that an argument names.

    Raises:
        CommandFailed: it can't be.
    """
    try:
        return read_table(Path(name))
    except TableInvalid as error:
        raise CommandFailed(str(error)) from error


@dataclass(frozen=True, slots=True)
class _Sender:
    """Sends what `ControlCalls` asks, and tells a Kaiga that is no emulator from one that is."""

    client: ApiClient

    def __call__(self, method: str, path: str, body: Mapping[str, object] | None) -> bytes:
        try:
            return self.client.administer(method, path, body)
        except CallRefused as refusal:
            if refusal.status == HTTPStatus.NOT_FOUND and _NO_ROUTE in str(refusal):
                raise CommandFailed(
                    f"The Kaiga at {self.client.server.root_url} is no emulator. "
                    "Start one with 'kaiga serve --emulator'."
                ) from refusal
            raise
