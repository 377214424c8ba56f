"""What can be measured, under which names, and what a run has found of it so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from harness.claims import ClaimCosts, NodeClaims
from harness.contestants import Contestant, TaskClient
from harness.drains import Drain
from harness.latencies import Latency
from harness.peers import PeerSetup
from harness.rounds import Entry, OldTasks, Round, TellsLookups
from harness.start import StartMeasurement
from harness.stores import StoredTasks

KAIGA = "Kaiga"
CELERY = "Celery"
PROCRASTINATE = "procrastinate"
PAINTING_WORKERS = 1
KAIGA_PAINTING = f"{KAIGA}, {PAINTING_WORKERS} worker painting"
COUNTED_PEERS = (
    PeerSetup(name=f"{CELERY}, worker stopped"),
    PeerSetup(name=f"{CELERY}, worker running", worker=True),
)
TWO_PROCESSES = PeerSetup(name=f"{CELERY}, 2 API processes", processes=2)
"""Shown without a target: Kaiga's API is one process, and here the peer's is two."""
DURABLE_PEER = PeerSetup(name=f"{PROCRASTINATE}, workers stopped")
"""Shown without a target: its creates are as durable as Kaiga's."""
OTHER_PEERS = (TWO_PROCESSES.name, DURABLE_PEER.name)

WAITING = frozenset({"PENDING"})
ANY_GOOD = frozenset({"PENDING", "RUNNING", "SUCCEEDED"})
MORE_THAN_REMEMBERED = 20_000
"""With fewer ids than this, a server would remember the old tasks that it is asked for."""


class Part(StrEnum):
    """What can be measured by itself."""

    CLAIMS = "claims"
    STARTS = "starts"
    RATES = "rates"
    PAINTING = "painting"
    LATENCIES = "latencies"
    DRAINS = "drains"
    NODES = "nodes"


@dataclass(frozen=True, slots=True)
class Findings:
    """What a run has found so far; rounds are each server's by its name, in order.

    `node_rounds` are those of nodes on PostgreSQL and of the peers beside them, in the same rounds.
    """

    claims: list[ClaimCosts] = field(default_factory=list[ClaimCosts])
    starts: list[StartMeasurement] = field(default_factory=list[StartMeasurement])
    rounds: dict[str, list[Round]] = field(default_factory=dict[str, list[Round]])
    latencies: list[Latency] = field(default_factory=list[Latency])
    drains: list[Drain] = field(default_factory=list[Drain])
    node_rounds: dict[str, list[Round]] = field(default_factory=dict[str, list[Round]])
    node_claims: list[NodeClaims] = field(default_factory=list[NodeClaims])
    not_measured: list[str] = field(default_factory=list[str])


def name_kaiga(stored: int) -> str:
    """Name the Kaiga whose store had that many tasks at the beginning."""
    return f"{KAIGA}, {stored:,} stored"


def name_nodes(nodes: int, stored: int) -> str:
    """Name so many API nodes on a PostgreSQL that had that many tasks at the beginning."""
    return f"{KAIGA}, {nodes} node{'s' * (nodes > 1)}, {stored:,} stored"


def make_entry(
    server: Contestant,
    allowed: frozenset[str],
    folder: Path,
    old_tasks: OldTasks | None = None,
    nodes: Sequence[TaskClient] = (),
) -> Entry:
    """Have a server take part in rounds, with files of its own in `folder`."""
    return Entry(
        contestant=server,
        nodes=[
            (client, folder / f"{server.name}, {number}.ids")
            for number, client in enumerate(nodes or [server.client])
        ],
        allowed_statuses=allowed,
        old_tasks=old_tasks,
    )


def find_old_tasks(stored: StoredTasks, server: TellsLookups) -> OldTasks | None:
    """Give the old tasks of a store, where they are more than a server remembers."""
    with stored.task_ids.open() as file:
        count = sum(1 for _ in file)
    if count < MORE_THAN_REMEMBERED:
        return None
    return OldTasks(task_ids=stored.task_ids, server=server)
