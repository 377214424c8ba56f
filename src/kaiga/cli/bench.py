"""`kaiga bench`: engine."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kaiga.cli.completing import complete_models
from kaiga.cli.failures import CommandFailed
from kaiga.cli.options import AsJson, Data, read_command_settings, show_examples
from kaiga.cli.tables import print_json, print_table
from kaiga.compose.commands.benching import BenchOrder, Measured, bench_engine, show_timings
from kaiga.domain.errors import EngineUnfit
from kaiga.worker.measuring_batches import BatchFailed

_HEADINGS = ("Jobs", "Seconds", "From", "To", "Jobs/s", "Gain", "")


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Measure what engines can do here.", rich_markup_mode=None)
    group.callback()(_choose)
    group.command(
        "engine",
        epilog=show_examples(
            "kaiga bench engine local --model wan2.2-t2i-flash",
            "kaiga bench engine local --sizes 1,2,4 --rounds 5 --json",
        ),
    )(measure_engine)
    app.add_typer(group, name="bench")


def _choose() -> None:
    """Keep the group a group, of one command as well."""


def measure_engine(
    engine: Annotated[
        str | None,
        typer.Argument(metavar="[ENGINE]", help="Engine of kaiga.toml; unset, the only one."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="NAME",
            help="Model to measure; unset, the only one of the engine.",
            autocompletion=complete_models,
        ),
    ] = None,
    sizes: Annotated[
        str, typer.Option("--sizes", metavar="NUMBERS", help="Jobs in a batch, with commas.")
    ] = "1,2,4,8",
    rounds: Annotated[
        int, typer.Option("--rounds", metavar="NUMBER", min=1, help="Batches of each size.")
    ] = 3,
    *,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Measure whether an engine is quicker with several jobs at once.

    No server may run on the data folder. What is found is kept there, and the next server makes
    as many jobs together as were worth it.
    """
    order = BenchOrder(engine=engine, model=model, sizes=_read_sizes(sizes), rounds=rounds)
    settings = read_command_settings({"KAIGA_DATA": data})
    try:
        with _show_progress() as on_batch:
            measured = bench_engine(settings, order, on_batch)
    except EngineUnfit as error:
        raise CommandFailed(f"Nothing was measured: {error}.", code=error.code) from error
    except BatchFailed as error:
        raise CommandFailed(f"The engine refused what was to be measured: {error}") from error
    if as_json:
        print_json(show_timings(measured))
    else:
        _print(measured)


def _read_sizes(text: str) -> tuple[int, ...]:
    try:
        sizes = tuple(int(part) for part in text.split(","))
    except ValueError:
        sizes = ()
    if not sizes or min(sizes) < 1:
        raise typer.BadParameter("--sizes takes numbers above 0 with commas, such as 1,2,4.")
    return sizes


@contextmanager
def _show_progress() -> Generator[Callable[[int, int], None]]:
    """Show on standard error how many batches are done, where somebody watches."""
    console = Console(file=sys.stderr)
    columns = (TextColumn("measuring"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with progress:
        bar = progress.add_task("", total=None)
        yield lambda done, whole: progress.update(bar, completed=done, total=whole)


def _print(measured: Measured) -> None:
    profile = measured.profile
    shape = profile.shape
    print(
        f"{profile.engine}, {shape.model}, {shape.width_pixels}*{shape.height_pixels}, "
        f"{shape.frames} frames, on {measured.device}"
    )
    rows = [
        (
            str(size),
            *(f"{each:.3f}" for each in (timing.median, timing.shortest, timing.longest)),
            f"{size / timing.median:.2f}",
            f"{profile.gain(size):.2f}",
            "chosen" if size == profile.best_size else "",
        )
        for size, timing in measured.timings.items()
    ]
    print_table(_HEADINGS, rows)
    if measured.left_out:
        left_out = ", ".join(map(str, measured.left_out))
        print(f"Left out, more than the engine makes together: {left_out}.")
    if profile.best_size == 1:
        print("Batches win nothing here: jobs are made one task at a time.")
    else:
        print(f"Up to {profile.best_size} jobs of this shape are made together from now on.")
    print(f"Kept in {measured.file}.")
