"""The read threads: what becomes of a read that the disk fails."""

from pathlib import Path

import apsw
import pytest

from kaiga.domain.errors import StoreUnavailable
from kaiga.store.sqlite.connecting import open_connection
from kaiga.store.sqlite.reading import ReadThread


def break_off(connection: apsw.Connection) -> None:
    """What an I/O error does: the transaction is over before the error is told."""
    connection.execute("ROLLBACK")
    raise apsw.IOError


async def test_a_read_that_the_disk_fails_is_told_as_an_outage_and_the_next_one_works(
    tmp_path: Path,
):
    reads = ReadThread(open_connection(tmp_path / "kaiga.db"), "reads")
    try:
        with pytest.raises(StoreUnavailable):
            await reads.read(break_off)

        assert await reads.read(lambda connection: connection.pragma("user_version")) == 0
    finally:
        reads.close()
