"""`kaiga backup`: everything that is kept, in one file, also from under a running server."""

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from kaiga.cli.administering import open_admin_client, require_store
from kaiga.cli.client import ApiClient
from kaiga.cli.failures import CommandFailed
from kaiga.cli.options import AsJson, Data, Key, NamedServer, read_command_settings, show_examples
from kaiga.cli.progress import ProgressShown
from kaiga.cli.tables import print_done
from kaiga.compose.commands.backup import pack, take_offline_snapshot
from kaiga.domain.errors import ObjectsUnavailable, StoreUnavailable
from kaiga.settings import Settings

OnProgress = Callable[[int, int], None]


class _Line(msgspec.Struct, frozen=True):
    """One line of the server's answer: how far it is, or where the copy lies, or why it is none."""

    copied_bytes: int = 0
    total_bytes: int = 0
    snapshot: str = ""
    objects: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    """A copy of the database, and the address of the objects that it names."""

    file: Path
    objects: str


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "backup",
        epilog=show_examples("kaiga backup kaiga.tar", "kaiga backup /backups/$(date +%F).tar"),
    )(back_up)


def back_up(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Archive to write.")],
    *,
    as_json: AsJson = False,
    key: Key = None,
    data: Data = None,
) -> None:
    """Write tasks, keys and objects into one archive, while a server runs or while none does.

    The archive holds the secrets that keys and links rest on; only its owner may read it.
    """
    settings = read_command_settings({"KAIGA_DATA": data})
    try:
        with ProgressShown() as progress:
            progress.begin_transfer("database")
            with _take_snapshot(settings, key, progress.advance_transfer) as snapshot:
                progress.begin_transfer("objects")
                manifest = pack(
                    snapshot.file,
                    snapshot.objects,
                    settings,
                    file,
                    progress.advance_transfer,
                )
    except (ObjectsUnavailable, StoreUnavailable) as error:
        raise CommandFailed(f"{file} was not written: {error.__cause__ or error}.") from error
    except OSError as error:
        raise CommandFailed(f"{file} can't be written: {error.strerror}.") from error
    said = f"{file}: {manifest.tasks} tasks, {manifest.objects} objects."
    if manifest.left_out:
        count = len(manifest.left_out)
        said += f"\n{count} objects were deleted while it was made, and are not in it."
    print_done(said, {"file": str(file)} | manifest.summary(), as_json=as_json)


@contextmanager
def _take_snapshot(
    settings: Settings, key: str | None, on_progress: OnProgress
) -> Generator[_Snapshot]:
    """Have the server that runs here make a copy; where none does, make it here."""
    with open_admin_client(NamedServer(key=key), settings) as client:
        if client is None:
            require_store(settings)
            with take_offline_snapshot(settings, on_progress) as file:
                yield _Snapshot(file=file, objects=settings.objects_address)
            return
        snapshot = _ask_for_snapshot(client, on_progress)
    try:
        yield snapshot
    finally:
        with suppress(OSError):
            snapshot.file.unlink()


def _ask_for_snapshot(client: ApiClient, on_progress: OnProgress) -> _Snapshot:
    decode = msgspec.json.Decoder(_Line).decode
    for line in map(decode, client.administer_in_lines("POST", "snapshots")):
        if line.message:
            raise CommandFailed(f"The server could not copy its database: {line.message}")
        if line.snapshot:
            return _Snapshot(file=Path(line.snapshot), objects=line.objects)
        on_progress(line.copied_bytes, line.total_bytes)
    raise CommandFailed("The server ended before it had copied its database.")
