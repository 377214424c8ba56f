"""`kaiga serve`."""

import os
import shlex
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from kaiga import __version__
from kaiga.cli.options import Data, read_command_settings, show_examples
from kaiga.cli.postman import make_postman_collection, make_postman_environment
from kaiga.compose.local_key import FILE_NAME
from kaiga.compose.serving import serve
from kaiga.http.operations.postman import PostmanFiles
from kaiga.settings import Settings

_STDIN = 0


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "serve",
        epilog=show_examples(
            "kaiga serve",
            "kaiga serve --port 9000 --data pictures",
            "KAIGA_HOST=0.0.0.0 kaiga serve --workers 2",
            "kaiga serve --emulator --memory --port 0",
        ),
    )(serve_here)


def serve_here(
    host: Annotated[
        str | None, typer.Option("--host", metavar="ADDRESS", help="In place of KAIGA_HOST.")
    ] = None,
    port: Annotated[
        str | None,
        typer.Option("--port", metavar="NUMBER", help="In place of KAIGA_PORT; 0 takes any."),
    ] = None,
    data: Data = None,
    workers: Annotated[
        str | None,
        typer.Option("--workers", metavar="COUNT", help="In place of KAIGA_WORKERS."),
    ] = None,
    *,
    emulator: Annotated[
        bool,
        typer.Option("--emulator", help="Let every key in, and be controlled by tests."),
    ] = False,
    memory: Annotated[
        bool,
        typer.Option("--memory", help="Keep everything in memory; needs --emulator."),
    ] = False,
    seed: Annotated[
        str | None,
        typer.Option("--seed", metavar="FILE", help="In place of KAIGA_EMULATOR_SEED."),
    ] = None,
    until_stdin_ends: Annotated[bool, typer.Option("--until-stdin-ends", hidden=True)] = False,
) -> None:
    """Serve the API until Ctrl-C or SIGTERM.

    Every setting can be given as an environment variable or in kaiga.toml; the options here
    win over both. A first start makes an API key, shows it once and keeps it in the data folder.
    """
    settings = read_command_settings(
        {
            "KAIGA_HOST": host,
            "KAIGA_PORT": port,
            "KAIGA_DATA": data,
            "KAIGA_WORKERS": workers,
            "KAIGA_EMULATOR": "true" if emulator else None,
            "KAIGA_EMULATOR_MEMORY": "true" if memory else None,
            "KAIGA_EMULATOR_SEED": seed,
        }
    )
    if until_stdin_ends:
        threading.Thread(target=_stop_at_end_of_stdin, daemon=True).start()
    told_of_folder = () if settings.emulator_memory else _tell_of_folder(settings, data)
    serve(
        settings,
        lambda url, new_key: _tell(url, new_key, told_of_folder),
        postman=PostmanFiles(
            make_collection=lambda url: make_postman_collection(base_url=url),
            make_environment=lambda url: make_postman_environment(base_url=url),
        ),
    )


def _tell_of_folder(settings: Settings, data: Path | None) -> Sequence[str]:
    env_command = "kaiga env" if data is None else f"kaiga env --data {shlex.quote(str(data))}"
    return (
        f"The key is shown this once; a copy lies in {settings.data / FILE_NAME}.",
        f'For clients in this shell: eval "$({env_command})"',
    )


def _tell(url: str, new_key: str | None, told_of_folder: Sequence[str]) -> None:
    lines = [
        f"Kaiga {__version__} serves at {url}",
        f"Base URL: {url}/api/v1",
        f"Console:  {url}/console",
    ]
    if new_key is not None:
        lines += [f"API key:  {new_key}", *told_of_folder]
    print("\n".join(lines), flush=True)


def _stop_at_end_of_stdin() -> None:
    """Stop once whoever started us is gone, however it ended: the pipe from it closes then."""
    while os.read(_STDIN, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
