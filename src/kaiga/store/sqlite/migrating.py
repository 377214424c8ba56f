"""Brings a database file to the schema of this code, one numbered file after the other."""

import contextlib
from importlib import resources
from pathlib import Path

import apsw

from kaiga.domain.errors import StartRefused
from kaiga.store.sqlite.connecting import open_connection

APPLICATION_ID = 0x4B414947  # "KAIG": tells our files from other people's databases
EMULATOR_ID = 0x4B454D55  # "KEMU": an emulator's, which let keys in and left files undrawn

_OTHERS = {
    APPLICATION_ID: "a Kaiga that is no emulator: give the emulator --memory, or another folder "
    "(KAIGA_DATA)",
    EMULATOR_ID: "an emulator: open it with KAIGA_EMULATOR=true, or use another folder "
    "(KAIGA_DATA)",
}
"""Whose a file is that is not of the kind wanted, by its application id."""


def migrate(connection: apsw.Connection, application_id: int = APPLICATION_ID) -> None:
    """Apply the migrations that the file lacks, each in a transaction of its own.

    Raises:
        StartRefused: the file is newer than this code.
    """
    version = _read_number(connection, "user_version")
    migrations = list_migrations()
    if version > len(migrations):
        raise StartRefused(
            f"The database has schema {version}, this Kaiga knows up to {len(migrations)}. "
            "Start the newer Kaiga that wrote it, or use another folder (KAIGA_DATA)."
        )
    for number, script in enumerate(migrations[version:], start=version + 1):
        with connection:
            connection.execute(script)
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute(f"PRAGMA application_id = {application_id}")


def check_ownership(path: Path, application_id: int = APPLICATION_ID) -> None:
    """See that a database file is of our kind, or empty, without writing a byte of it.

    Raises:
        StartRefused: it is another program's, or an emulator's where this is none, or the other
            way round.
    """
    if not path.exists() or path.stat().st_size == 0:
        return
    with contextlib.closing(open_connection(path, read_only=True)) as connection:
        found = _read_number(connection, "application_id")
        if found == application_id or (found == 0 and not _has_tables(connection)):
            return
        owner = _OTHERS.get(found, "another program")
        raise StartRefused(f"The database {path} belongs to {owner}; it is untouched.")


def list_migrations() -> list[str]:
    """Give the scripts in order; script n of the list brings a file to schema n."""
    folder = resources.files(__package__) / "migrations"
    files = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    return [(folder / name).read_text("utf-8") for name in files]


def _read_number(connection: apsw.Connection, pragma: str) -> int:
    return int(str(connection.pragma(pragma)))


def _has_tables(connection: apsw.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone() is not None
