"""`kaiga top`: the queue and the workers, live in the terminal."""

import json
import time
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.live import Live

from kaiga.cli.client import ApiClient, ServerUnreachable
from kaiga.cli.failures import CommandFailed
from kaiga.cli.options import (
    AsJson,
    Data,
    Key,
    NamedServer,
    Url,
    read_command_settings,
    show_examples,
)
from kaiga.cli.reaching import reach_server
from kaiga.cli.status_view import draw_status
from kaiga.cli.statuses import Rates, ServerStatus
from kaiga.cli.tables import WIDTH_WITHOUT_TERMINAL, print_json

_decode = msgspec.json.Decoder(ServerStatus).decode


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "top",
        epilog=show_examples("kaiga top", "kaiga top --interval 5", "kaiga top --once --json"),
    )(watch)


def watch(
    interval: Annotated[
        float,
        typer.Option("--interval", metavar="SECONDS", min=0.1, max=3600, help="Between two looks."),
    ] = 1.0,
    *,
    once: Annotated[bool, typer.Option("--once", help="Look once and end.")] = False,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Show what waits and what runs, until Ctrl-C.

    Needs a key with the role admin. Where the output is no terminal, it looks once.
    """
    settings = read_command_settings({"KAIGA_DATA": data})
    console = Console()
    with ApiClient(reach_server(NamedServer(url=url, key=key), settings)) as client:
        if as_json:
            print_json(json.loads(client.administer("GET", "status")))
        elif once or not console.is_terminal:
            _show_once(client, console)
        else:
            _show_live(client, console, interval)


def _show_once(client: ApiClient, console: Console) -> None:
    if not console.is_terminal:
        console.width = WIDTH_WITHOUT_TERMINAL
    console.print(draw_status(_look(client), client.server.root_url, None))


def _show_live(client: ApiClient, console: Console, interval_seconds: float) -> None:
    """Draw on a screen of its own, and leave the terminal as it was; Ctrl-C is the usual end."""
    rates, status, problem = Rates(), _look(client), None
    rates.add(status)
    try:
        with Live(console=console, screen=True, auto_refresh=False) as live:
            while True:
                url = client.server.root_url
                live.update(draw_status(status, url, rates.per_minute(), problem), refresh=True)
                time.sleep(interval_seconds)
                try:
                    status, problem = _look(client), None
                    rates.add(status)
                except ServerUnreachable as error:  # it may be back a moment later
                    problem = str(error)
    except KeyboardInterrupt:
        return


def _look(client: ApiClient) -> ServerStatus:
    try:
        return _decode(client.administer("GET", "status"))
    except msgspec.DecodeError as error:
        raise CommandFailed(f"The server's answer is not understood: {error}.") from error
