"""The lease clock of nodes on one PostgreSQL, which is that database's."""

from collections.abc import AsyncIterator

import pytest

from kaiga.store.postgres.connecting import PostgresPlace
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.lease_clock import PostgresLeaseClock
from postgres_server import PostgresServer
from raw_rows import PostgresRows

HOUR_SECONDS = 3600.0


class SetServerClock:
    """Has a database tell another time than its machine's, by a function that goes before."""

    def __init__(self, url: str) -> None:
        self.url = url
        name = url.rpartition("/")[2]
        self._execute(f"ALTER DATABASE {name} SET search_path TO public, pg_catalog")
        self.set_ahead(0.0)

    def set_ahead(self, seconds: float) -> None:
        self._execute(
            "CREATE OR REPLACE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql "
            f"AS $$ SELECT pg_catalog.clock_timestamp() + interval '{seconds} seconds' $$"
        )

    def _execute(self, statement: str) -> None:
        PostgresRows(self.url).ask(lambda connection: connection.execute(statement))


@pytest.fixture
def server_clock(postgres: PostgresServer) -> SetServerClock:
    return SetServerClock(postgres.make_database())


@pytest.fixture
async def clock(server_clock: SetServerClock) -> AsyncIterator[PostgresLeaseClock]:
    url = server_clock.url
    database = await PostgresDatabase.open(PostgresPlace(url, url))
    yield PostgresLeaseClock(database.reader)
    await database.close()


async def test_a_database_s_clock_that_is_set_forward_is_followed(
    server_clock: SetServerClock, clock: PostgresLeaseClock
):
    await clock.measure()
    before = clock.now()

    server_clock.set_ahead(HOUR_SECONDS)
    await clock.measure()

    assert clock.now() - before > HOUR_SECONDS / 2  # both measurements are off by their round trip


async def test_a_database_s_clock_that_is_set_back_never_makes_it_go_backwards(
    server_clock: SetServerClock, clock: PostgresLeaseClock
):
    server_clock.set_ahead(HOUR_SECONDS)
    await clock.measure()
    before = clock.now()

    server_clock.set_ahead(0.0)
    await clock.measure()

    assert clock.now() >= before
