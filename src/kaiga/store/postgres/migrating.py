"""Brings a database to the schema of this code, one numbered file after the other.

Nodes of the version before go on while a newer one migrates: a migration only adds what they need
not know, and what it makes superfluous is removed by a later version's. Each gives up quickly where
it can't have a lock, so that nobody queues behind it, and is tried again.
"""

from importlib import resources

import asyncpg

from kaiga.domain.errors import StartRefused
from kaiga.store.postgres.connecting import Connection

_LOCK = 0x4B414947  # "KAIG", as the application id of SQLite's files
_VERSIONS = """
    CREATE TABLE IF NOT EXISTS schema_versions (
        number integer PRIMARY KEY,
        applied_at timestamptz NOT NULL DEFAULT now()
    )
"""
_LOCK_WAIT = "SET LOCAL lock_timeout TO '2s'"
_TRIES = 10


async def migrate(connection: Connection) -> None:
    """Apply the migrations that the database lacks, each in a transaction of its own.

    Nodes that start at once take turns.

    Raises:
        StartRefused: the database is newer than this code, or somebody holds a table for long.
        one of UNAVAILABLE_ERRORS: it does not answer.
    """
    await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
    try:
        await connection.execute(_VERSIONS)
        version = await _read_version(connection)
        migrations = list_migrations()
        if version > len(migrations):
            raise StartRefused(
                f"The database has schema {version}, this Kaiga knows up to {len(migrations)}. "
                "Start the newer Kaiga that wrote it, or use another database (KAIGA_STORE)."
            )
        for number, script in enumerate(migrations[version:], start=version + 1):
            await _apply(connection, number, script)
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1)", _LOCK)


async def find_version(connection: Connection) -> int:
    """Give the number of the database's schema, without making one; 0 where there is none.

    Raises:
        one of UNAVAILABLE_ERRORS: it does not answer.
    """
    if await connection.fetchval("SELECT to_regclass('schema_versions')") is None:
        return 0
    return await _read_version(connection)


def list_migrations() -> list[str]:
    """Give the scripts in order; script n of the list brings a database to schema n."""
    folder = resources.files(__package__) / "migrations"
    files = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    return [(folder / name).read_text("utf-8") for name in files]


async def _read_version(connection: Connection) -> int:
    return int(await connection.fetchval("SELECT coalesce(max(number), 0) FROM schema_versions"))


async def _apply(connection: Connection, number: int, script: str) -> None:
    for _ in range(_TRIES):
        try:
            async with connection.transaction():
                await connection.execute(_LOCK_WAIT)
                await connection.execute(script)
                await connection.execute("INSERT INTO schema_versions (number) VALUES ($1)", number)
        except asyncpg.LockNotAvailableError:
            continue
        return
    raise StartRefused(
        f"Schema {number} can't be applied: something holds the tables for long. Try again later."
    )
