"""Two API nodes and three workers on one PostgreSQL and one bucket, each a process of its own."""

import asyncio
import contextlib
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx

from chaos.verdict import RETRIES
from chaos_nodes.isolation import HERE, NETWORK, FarEnd
from postgres_server import PostgresServer
from running import OWN_MODELS, RunningKaiga, RunningWorker
from s3_server import S3Server

LEASE_SECONDS = 3.0
_API_NODES, _WORKERS = 2, 3
_SWEEP_MARGIN_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """What runs; the last worker is at the far end of a line that can be cut."""

    postgres: PostgresServer
    s3: S3Server
    place: Mapping[str, str]
    database: str
    nodes: Sequence[RunningKaiga]
    workers: Sequence[RunningKaiga]
    far_end: FarEnd
    chance: random.Random

    @property
    def key(self) -> str:
        return self.nodes[0].key

    @property
    def api_url(self) -> str:
        """One of the nodes, as a balancer chooses."""
        return self.chance.choice(self.nodes).api_url

    def wait(self, shortest_seconds: float, longest_seconds: float) -> None:
        time.sleep(self.chance.uniform(shortest_seconds, longest_seconds))

    def client(self) -> httpx.Client:
        """Give a client of one of the nodes."""
        return self.chance.choice(self.nodes).client()

    def select(self, query: str) -> list[tuple[object, ...]]:
        """See `Kept`; ids are given as text, as SQLite does."""
        return asyncio.run(_select(self.database, query))

    def list_objects(self) -> set[str]:
        """See `Kept`."""
        return set(self.s3.list_keys(self.place))

    def read_object(self, key: str) -> bytes:
        """See `Kept`."""
        return self.s3.get(self.place, key)

    def log(self) -> str:
        return "\n".join(each.log() for each in (*self.nodes, *self.workers))


@contextmanager
def open_cluster(folder: Path, chance: random.Random) -> Iterator[Cluster]:
    """Start everything; ends with all of it gone."""
    with contextlib.ExitStack() as stack:
        far_end = stack.enter_context(FarEnd())
        postgres = stack.enter_context(
            closing(PostgresServer.start_new({"listen_addresses": f"127.0.0.1,{HERE}"}, NETWORK))
        )
        s3 = S3Server.start(folder / "s3", address="0.0.0.0")  # noqa: S104  all of a namespace
        stack.callback(s3.stop)
        database, place = postgres.make_database(), s3.make_place()
        common = {**_COMMON, **place, "KAIGA_STORE": database}
        far = {
            "KAIGA_STORE": database.replace("127.0.0.1", HERE),
            "AWS_ENDPOINT_URL_S3": s3.endpoint.replace("127.0.0.1", HERE),
        }
        nodes = [
            RunningKaiga(folder / f"node-{number}", {**common, "KAIGA_WORKERS": "0"})
            for number in range(_API_NODES)
        ]
        workers = [
            RunningWorker(folder / f"worker-{number}", common) for number in range(_WORKERS - 1)
        ]
        program = (*far_end.command, sys.executable, "-m", "kaiga")
        workers.append(RunningWorker(folder / "worker-far", {**common, **far}, program))
        for each in (*nodes, *workers):
            each.start()
            stack.callback(each.stop)
        yield Cluster(
            postgres=postgres,
            s3=s3,
            place=place,
            database=database,
            nodes=nodes,
            workers=workers,
            far_end=far_end,
            chance=chance,
        )


_COMMON = {
    "KAIGA_CATALOGUE": str(OWN_MODELS),
    "KAIGA_FETCH_ALLOW": f"127.0.0.1,{HERE}",
    "KAIGA_WORKERS": "1",
    "KAIGA_RETRIES": str(RETRIES),
    "KAIGA_LEASE_SECONDS": str(LEASE_SECONDS),
    "KAIGA_SWEEP_SECONDS": "2",
    "KAIGA_SWEEP_MARGIN_SECONDS": str(_SWEEP_MARGIN_SECONDS),
    "KAIGA_HOUSEKEEPING_SECONDS": "1",
}


async def _select(database: str, query: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(database)
    try:
        rows = await connection.fetch(query)
    finally:
        await connection.close()
    return [tuple(_as_sqlite_gives(value) for value in row) for row in rows]


def _as_sqlite_gives(value: object) -> object:
    return value if value is None or isinstance(value, str | int | float | bytes) else str(value)
