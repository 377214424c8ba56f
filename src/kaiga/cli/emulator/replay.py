"""`kaiga emulator replay`: answers from recordings, without a network."""

from pathlib import Path
from typing import Annotated

import typer

from kaiga.cli.emulator.record import DEFAULT_PORT, Port
from kaiga.cli.options import show_examples
from kaiga.compose.recording import replay


def add_to(group: typer.Typer) -> None:
    """Add the command."""
    group.command(
        "replay",
        epilog=show_examples(
            "kaiga emulator replay recordings",
            "kaiga emulator replay recordings --port 0",
        ),
    )(replay_here)


def replay_here(
    folder: Annotated[Path, typer.Argument(help="Where the recordings are.")],
    port: Port = DEFAULT_PORT,
) -> None:
    """Answer calls from recordings; any key is taken. Ctrl-C ends it.

    A call that was not recorded gets 404 `RecordingMissing` and is listed at
    /kaiga/v1/emulator/missing.
    """

    def tell_ready(url: str) -> None:
        print(f"Replays {folder}\nBase URL: {url}/api/v1", flush=True)

    replay(folder, port=port, on_ready=tell_ready)
