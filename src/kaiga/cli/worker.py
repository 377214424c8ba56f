"""`kaiga worker`."""

from typing import Annotated

import typer

from kaiga import __version__
from kaiga.cli.options import Data, read_command_settings, show_examples
from kaiga.compose.lanes import Lanes
from kaiga.compose.working import work


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "worker",
        epilog=show_examples(
            "KAIGA_STORE=postgresql://kaiga@db/kaiga KAIGA_OBJECTS=s3://kaiga kaiga worker",
            "kaiga worker --workers 4 --engine sketch",
            "kaiga worker --model wan2.5-t2i-preview --model wan2.5-i2i-preview",
            "kaiga worker --ray 10.0.0.5:6379",
        ),
    )(work_here)


def work_here(
    data: Data = None,
    workers: Annotated[
        str | None,
        typer.Option("--workers", metavar="COUNT", help="In place of KAIGA_WORKERS."),
    ] = None,
    engine: Annotated[
        list[str] | None,
        typer.Option("--engine", metavar="NAME", help="Only this engine's; may be given again."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", metavar="NAME", help="Only this model's; may be given again."),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option("--ray", metavar="ADDRESS", help="In place of KAIGA_RAY_ADDRESS."),
    ] = None,
) -> None:
    """Run tasks of a service on several machines, until Ctrl-C or SIGTERM.

    It needs the service's PostgreSQL (KAIGA_STORE) and its objects (KAIGA_OBJECTS), and nothing
    else in common with it. It may come and go at any time: at its end it finishes what it can
    within KAIGA_GRACE_SECONDS and gives back the rest.
    """
    settings = read_command_settings(
        {"KAIGA_DATA": data, "KAIGA_WORKERS": workers, "KAIGA_RAY_ADDRESS": ray}
    )
    lanes = Lanes(
        engines=frozenset(engine) if engine else None, models=frozenset(model) if model else None
    )
    work(settings, _tell, lanes)


def _tell() -> None:
    print(f"Kaiga {__version__} works.", flush=True)
