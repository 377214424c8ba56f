"""The part of a run with PostgreSQL below several nodes: rates, claims, delays and drains."""

import contextlib
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from harness.celery_peer import celery_peer
from harness.claims import measure_node_claims
from harness.drains import drain_peer
from harness.findings import (
    ANY_GOOD,
    COUNTED_PEERS,
    WAITING,
    Findings,
    find_old_tasks,
    make_entry,
    name_nodes,
)
from harness.kaiga_nodes import KaigaNodes, kaiga_nodes
from harness.kaiga_server import NULL_SETTINGS, make_command, make_null_command
from harness.latencies import measure_beginnings, measure_seeing
from harness.postgres import Postgres, postgres
from harness.processes import make_clean_environment
from harness.rounds import Entry
from harness.scale import Scale
from harness.steps import Steps
from harness.stores import StoredTasks, fill_postgres

NODES = 2
ENGINES = 2
WITH_WORKER = f"Kaiga, {NODES} nodes and a worker"


def measure_nodes(
    scale: Scale, python: str, steps: Steps, findings: Findings, *, with_celery: bool
) -> None:
    """Measure everything that has PostgreSQL below it, on one server with several databases."""
    with contextlib.ExitStack() as stack, steps.forgiving("nodes"):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kaiga-bench-")))
        server = stack.enter_context(postgres(make_clean_environment(LC_ALL="C.UTF-8")))
        bench = _NodesBench(scale, python, steps, findings, server, folder)
        stores = bench.fill()
        with steps.forgiving("claims of nodes"):
            bench.measure_claims(stores)
        with steps.forgiving("rates of nodes"):
            bench.measure_rates(stores, with_celery=with_celery)
        with steps.forgiving("nodes with a worker"):
            bench.measure_latencies()
            bench.measure_drains()


@dataclass(frozen=True, slots=True)
class _Filled:
    """A database and what was put into it."""

    database: str
    url: str
    stored: StoredTasks


class _NodesBench:
    def __init__(
        self,
        scale: Scale,
        python: str,
        steps: Steps,
        findings: Findings,
        server: Postgres,
        folder: Path,
    ) -> None:
        self._scale = scale
        self._python = python
        self._steps = steps
        self._findings = findings
        self._server = server
        self._folder = folder
        self._numbers = count(1)

    def fill(self) -> Sequence[_Filled]:
        """Make a database for each number of stored tasks."""
        filled: list[_Filled] = []
        with self._steps.step("tasks in PostgreSQL", len(self._scale.node_stored)) as advance:
            for stored in self._scale.node_stored:
                database, url = self._make_database()
                tasks = fill_postgres(self._python, url, stored, self._folder)
                filled.append(_Filled(database, url, tasks))
                advance()
        return filled

    def measure_rates(self, stores: Sequence[_Filled], *, with_celery: bool) -> None:
        """Load one node and two of each database in turn, and the peer in the same rounds."""
        with contextlib.ExitStack() as stack:
            entries = [entry for filled in stores for entry in self._open_entries(stack, filled)]
            for setup in COUNTED_PEERS if with_celery else ():
                peer = stack.enter_context(celery_peer(setup))
                allowed = ANY_GOOD if setup.worker else WAITING
                entries.append(make_entry(peer, allowed, self._folder))
            plan = self._scale.plan
            self._steps.run_rounds(entries, plan, plan.rounds, self._findings.node_rounds)

    def measure_claims(self, stores: Sequence[_Filled]) -> None:
        """Claim from each database before a node serves it and more tasks come to wait."""
        with self._steps.step("claims from PostgreSQL", 1) as advance:
            databases = [(filled.stored.count, filled.url) for filled in stores]
            turns = self._scale.node_claim_turns
            self._findings.node_claims.extend(
                measure_node_claims(self._python, databases, turns=turns)
            )
            advance()

    def measure_latencies(self) -> None:
        """Ask a node for tasks that are nothing to do, and see when things happen at a worker."""
        with self._steps.step("delays with a worker", 2) as advance, self._open_null() as nodes:
            nodes.start_workers()
            pace = self._scale.begun_per_second
            self._findings.latencies.append(
                measure_beginnings(nodes, tasks=self._scale.begun_tasks, per_second=pace)
            )
            advance()
            self._findings.latencies.append(measure_seeing(nodes, tasks=self._scale.seen_tasks))
            advance()

    def measure_drains(self) -> None:
        """Have a worker work off what waits, each time in a new database."""
        turns = self._scale.drain_turns
        with self._steps.step("drains by a worker", turns) as advance:
            for _ in range(turns):
                self._findings.drains.append(
                    drain_peer(self._open_null(), self._scale.drained_tasks)
                )
                advance()

    def _open_entries(self, stack: contextlib.ExitStack, filled: _Filled) -> Sequence[Entry]:
        stored = filled.stored
        both = stack.enter_context(
            kaiga_nodes(
                name_nodes(NODES, stored.count),
                nodes=NODES,
                command=make_command(self._python),
                postgres=self._server,
                database=filled.database,
            )
        )
        one = both.take_first(name_nodes(1, stored.count))
        return [
            make_entry(each, WAITING, self._folder, find_old_tasks(stored, each), each.clients)
            for each in (one, both)
        ]

    def _open_null(self) -> AbstractContextManager[KaigaNodes]:
        database, _ = self._make_database()
        return kaiga_nodes(
            WITH_WORKER,
            nodes=NODES,
            engines=ENGINES,
            command=make_null_command(self._python),
            postgres=self._server,
            database=database,
            further_settings=NULL_SETTINGS,
        )

    def _make_database(self) -> tuple[str, str]:
        """Make an empty database; gives its name and its address."""
        name = f"bench_{next(self._numbers)}"
        return name, self._server.make_database(name)
