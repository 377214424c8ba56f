"""`kaiga restore`: brings a backup back into an empty data folder."""

from pathlib import Path
from typing import Annotated

import typer

from kaiga.cli.failures import CommandFailed
from kaiga.cli.options import AsJson, Data, read_command_settings, show_examples
from kaiga.cli.progress import ProgressShown
from kaiga.cli.tables import print_done
from kaiga.compose.commands.restoring import restore
from kaiga.domain.errors import ObjectsUnavailable


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "restore",
        epilog=show_examples("kaiga restore kaiga.tar", "kaiga restore kaiga.tar --data restored"),
    )(bring_back)


def bring_back(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Archive of 'kaiga backup'.")],
    *,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Unpack a backup into an empty data folder, and check that it is whole."""
    settings = read_command_settings({"KAIGA_DATA": data})
    try:
        with ProgressShown() as progress:
            progress.begin_transfer(file.name)
            manifest = restore(file, settings, progress.advance_transfer)
    except ObjectsUnavailable as error:
        raise CommandFailed(f"The objects can't be written: {error.__cause__ or error}.") from error
    except OSError as error:
        raise CommandFailed(f"{error.filename or file}: {error.strerror}.") from error
    said = (
        f"{settings.data}: {manifest.tasks} tasks, {manifest.objects} objects.\n"
        "Start it with 'kaiga serve'; tasks that ran when the backup was made wait again."
    )
    print_done(said, {"data": str(settings.data)} | manifest.summary(), as_json=as_json)
