"""`kaiga migrate`: moves a server of one machine to PostgreSQL, and its objects to a bucket."""

from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

import typer

from kaiga.cli.failures import CommandFailed
from kaiga.cli.options import AsJson, read_command_settings, show_examples
from kaiga.cli.progress import ProgressShown
from kaiga.cli.tables import print_done
from kaiga.compose.commands.migrating import ObjectsMove, migrate
from kaiga.domain.errors import ObjectsUnavailable, StoreUnavailable

_SCHEMES = ("postgresql", "postgres")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "migrate",
        epilog=show_examples(
            "kaiga migrate --from sqlite:///srv/kaiga/kaiga.db --to postgresql://db/kaiga",
            "kaiga migrate --from ... --to ... --objects-from file:///srv/kaiga/objects "
            "--objects-to s3://bucket/kaiga",
        ),
    )(move)


def move(
    *,
    source: Annotated[
        str, typer.Option("--from", metavar="URL", help="What is left: sqlite:///FILE.")
    ],
    target: Annotated[
        str, typer.Option("--to", metavar="URL", help="An empty database: postgresql://...")
    ],
    objects_from: Annotated[
        str | None, typer.Option(metavar="URL", help="Objects that are left: file:///FOLDER.")
    ] = None,
    objects_to: Annotated[
        str | None, typer.Option(metavar="URL", help="Where they go: s3://BUCKET/PREFIX.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Move all that a stopped server has, and compare both sides; started again, it goes on."""
    database = _read_source(source)
    _check_target(target)
    if (objects_from is None) != (objects_to is None):
        raise CommandFailed("--objects-from and --objects-to are given together, or neither is.")
    objects = None
    if objects_from is not None and objects_to is not None:
        objects = ObjectsMove(
            left=objects_from, wanted=objects_to, settings=read_command_settings({})
        )
    try:
        with ProgressShown() as progress:
            done = migrate(database, target, objects, progress.count)
    except (StoreUnavailable, ObjectsUnavailable) as error:
        raise CommandFailed(
            f"Not all was moved: {error.__cause__ or error}. The same command goes on."
        ) from error
    rows = done.rows.rows
    told = {"rows": dict(rows), "objects": done.objects, "was_done": done.rows.was_done}
    said = f"{sum(rows.values())} rows, {rows['tasks']} of them tasks, are alike on both sides."
    if done.rows.was_done:
        said = "All rows had been moved before; nothing was changed."
    if done.objects is not None:
        said += f"\n{done.objects} objects are alike on both sides."
    print_done(said, told, as_json=as_json)


def _read_source(url: str) -> Path:
    parts = urlsplit(url)
    if parts.scheme != "sqlite" or not parts.path:
        raise CommandFailed(f"--from {url} is not understood. Allowed: sqlite:///absolute/file.")
    return Path("/" + unquote(parts.path).lstrip("/"))


def _check_target(url: str) -> None:
    if urlsplit(url).scheme not in _SCHEMES:
        raise CommandFailed("--to is not understood. Allowed: postgresql://host/database.")
