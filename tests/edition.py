"""Which edition the servers of tests are: SQLite and a folder, or what several nodes share.

`KAIGA_TEST_EDITION=postgres` gives every server a PostgreSQL database of its own, and
`postgres+s3` a place of its own in an S3-compatible store as well. Emulators stay as they are, and
so does what a test's settings name themselves. `make test-far` runs all that it concerns.
"""

import atexit
import os
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from postgres_server import PostgresServer

if TYPE_CHECKING:
    from s3_server import S3Server

_EDITION = frozenset(filter(None, os.environ.get("KAIGA_TEST_EDITION", "").split("+")))
_KNOWN = {"postgres", "s3"}
assert _EDITION <= _KNOWN, f"KAIGA_TEST_EDITION is of {', '.join(sorted(_KNOWN))}, with + between"
IS_USUAL = not _EDITION
HAS_DAYS = "postgres" in _EDITION
"""Whether rows of expired tasks are left to the end of their day."""
HAS_SNAPSHOTS = "postgres" not in _EDITION
"""Whether Kaiga copies the database; PostgreSQL has tools of its own for that."""


def settings_of(data: Path, own: Mapping[str, str]) -> Mapping[str, str]:
    """Give what a server of this edition is told besides; the same for each start on `data`."""
    if IS_USUAL or "KAIGA_EMULATOR" in own:
        return {}
    told: dict[str, str] = {}
    if "postgres" in _EDITION and "KAIGA_STORE" not in own:
        # What a killed server ran is given back once its leases have lapsed, and not at its start.
        told |= {"KAIGA_STORE": _make_database(data), "KAIGA_LEASE_SECONDS": "2"}
    if "s3" in _EDITION and "KAIGA_OBJECTS" not in own:
        told.update(_make_place(data))
    return told


def pass_over(items: list[pytest.Item]) -> None:
    """Leave out what is about SQLite or the folder of objects alone, where these are not used."""
    reasons = {"sqlite": "postgres", "objects_folder": "s3"}
    for item in items:
        for name, edition in reasons.items():
            marker = item.get_closest_marker(name)
            if marker is not None and edition in _EDITION:
                item.add_marker(pytest.mark.skip(reason=str(marker.args[0])))


def place_shared_objects(folder: Path) -> Mapping[str, str]:
    """Give the settings of nodes that keep their objects together: a folder, or a bucket."""
    if "s3" in _EDITION:
        return _make_place(folder)
    return {"KAIGA_OBJECTS": (folder / "objects").as_uri()}


@cache
def share_postgres() -> PostgresServer:
    """Give the server of this process, started when it is asked for first."""
    server = PostgresServer.start_new()
    atexit.register(server.close)
    return server


@cache
def _share_s3() -> "S3Server":
    from s3_server import S3Server  # noqa: PLC0415  it waits by what imports this

    server = S3Server.start(Path(tempfile.mkdtemp(prefix="kaiga-s3-")))
    atexit.register(server.stop)
    return server


@cache
def _make_database(data: Path) -> str:  # noqa: ARG001  what it is remembered by
    return share_postgres().make_database()


@cache
def _make_place(data: Path) -> Mapping[str, str]:  # noqa: ARG001  what it is remembered by
    return _share_s3().make_place()
