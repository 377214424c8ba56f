"""The parts of a run: what each starts, loads and notes."""

import contextlib
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from rich.progress import Progress

from harness.celery_peer import celery_peer
from harness.claims import measure_claims
from harness.contestants import Contestant
from harness.drains import Drain, PeerToDrain, drain_kaiga, drain_peer
from harness.findings import (
    ANY_GOOD,
    CELERY,
    COUNTED_PEERS,
    DURABLE_PEER,
    KAIGA,
    KAIGA_PAINTING,
    PAINTING_WORKERS,
    PROCRASTINATE,
    TWO_PROCESSES,
    WAITING,
    Findings,
    Part,
    find_old_tasks,
    make_entry,
    name_kaiga,
)
from harness.kaiga_server import NULL_SETTINGS, kaiga_server, make_command, make_null_command
from harness.latencies import measure_beginnings, measure_seeing
from harness.measuring_nodes import measure_nodes
from harness.peers import PeerSetup
from harness.procrastinate_peer import procrastinate_peer
from harness.rounds import Entry
from harness.scale import Scale
from harness.start import measure_start
from harness.steps import Steps
from harness.stores import StoredTasks, Stores


class Bench:
    """One run; `python` is Kaiga's own, `with_peers` are the names of those that can be started."""

    def __init__(
        self, scale: Scale, python: str, with_peers: frozenset[str], progress: Progress
    ) -> None:
        self.findings = Findings()
        self._scale = scale
        self._python = python
        self._with_peers = with_peers
        self._steps = Steps(progress, self.findings.not_measured)

    def measure(self, parts: frozenset[Part]) -> None:
        """Measure some parts, whatever becomes of the others."""
        if Part.CLAIMS in parts:
            self._measure_claims()
        with tempfile.TemporaryDirectory(prefix="kaiga-bench-") as folder:
            stores = Stores(Path(folder), self._python)
            if Part.STARTS in parts:
                self._measure_starts(stores)
            if Part.RATES in parts:
                self._measure_rates(stores, Path(folder))
            if Part.PAINTING in parts:
                self._measure_painting(Path(folder))
        if Part.LATENCIES in parts:
            self._measure_latencies()
        if Part.DRAINS in parts:
            self._measure_drains()
        if Part.NODES in parts:
            measure_nodes(
                self._scale,
                self._python,
                self._steps,
                self.findings,
                with_celery=CELERY in self._with_peers,
            )

    def _measure_claims(self) -> None:
        with self._steps.step("claims", 1) as advance, self._steps.forgiving("claims"):
            self.findings.claims.extend(
                measure_claims(
                    self._python,
                    waiting=self._scale.claim_queue,
                    claims=self._scale.claims,
                    rounds=self._scale.claim_rounds,
                )
            )
            advance()

    def _measure_starts(self, stores: Stores) -> None:
        """Start Kaiga several times on an empty folder, and on each of the filled ones."""
        sizes = (0, *self._scale.stored)
        with self._steps.step("starts", self._scale.starts * len(sizes)) as advance:
            for stored in sizes:
                with self._steps.forgiving(f"starts with {stored:,} stored"):
                    data = stores.get(stored).data if stored else None
                    for _ in range(self._scale.starts):
                        start = measure_start(self._python, stored=stored, data=data)
                        self.findings.starts.append(start)
                        advance()

    def _measure_rates(self, stores: Stores, folder: Path) -> None:
        """Run all servers at once and load them in turns; the others are idle meanwhile."""
        with contextlib.ExitStack() as stack, self._steps.forgiving("rates"):
            entries = [
                self._open_stored(stack, stores.get(stored), folder)
                for stored in self._scale.stored
            ]
            for setup, peer in self._list_peers():
                server = stack.enter_context(peer)
                allowed = ANY_GOOD if setup.worker else WAITING
                entries.append(make_entry(server, allowed, folder))
            plan = self._scale.plan
            self._steps.run_rounds(entries, plan, plan.rounds, self.findings.rounds)

    def _open_stored(self, stack: contextlib.ExitStack, stored: StoredTasks, folder: Path) -> Entry:
        server = stack.enter_context(
            kaiga_server(
                name_kaiga(stored.count),
                workers=0,
                command=make_command(self._python),
                data=stored.data,
            )
        )
        return make_entry(server, WAITING, folder, find_old_tasks(stored, server))

    def _list_peers(self) -> list[tuple[PeerSetup, AbstractContextManager[Contestant]]]:
        peers: list[tuple[PeerSetup, AbstractContextManager[Contestant]]] = []
        if CELERY in self._with_peers:
            others = (TWO_PROCESSES,) if self._scale.with_two_processes else ()
            peers += [(setup, celery_peer(setup)) for setup in (*COUNTED_PEERS, *others)]
        if PROCRASTINATE in self._with_peers:
            peers.append((DURABLE_PEER, procrastinate_peer(DURABLE_PEER)))
        return peers

    def _measure_painting(self, folder: Path) -> None:
        """Load Kaiga once more while its workers paint what the load asks for."""
        painting = kaiga_server(
            KAIGA_PAINTING, workers=PAINTING_WORKERS, command=make_command(self._python)
        )
        with self._steps.forgiving("painting"), painting as server:
            entry = make_entry(server, ANY_GOOD, folder)
            self._steps.run_rounds(
                [entry], self._scale.plan, self._scale.painting_rounds, self.findings.rounds
            )
            if not server.count_painted():
                self.findings.not_measured.append("painting: nothing was painted meanwhile")

    def _measure_latencies(self) -> None:
        """Ask Kaiga and Celery for tasks that are nothing to do, and see when things happen."""
        command = make_null_command(self._python)
        servers: list[AbstractContextManager[Contestant]] = [
            kaiga_server(KAIGA, workers=2, command=command, further_settings=NULL_SETTINGS)
        ]
        if CELERY in self._with_peers:
            servers.append(celery_peer(PeerSetup(name=CELERY, worker=True)))
        with self._steps.step("latencies", 2 * len(servers)) as advance:
            for each in servers:
                with self._steps.forgiving("latencies"), each as server:
                    begun, pace = self._scale.begun_tasks, self._scale.begun_per_second
                    self.findings.latencies.append(
                        measure_beginnings(server, tasks=begun, per_second=pace)
                    )
                    advance()
                    self.findings.latencies.append(
                        measure_seeing(server, tasks=self._scale.seen_tasks)
                    )
                    advance()

    def _measure_drains(self) -> None:
        """Have each server in turn work off what waits."""
        tasks, turns = self._scale.drained_tasks, self._scale.drain_turns
        drains: list[Callable[[], Drain]] = [lambda: drain_kaiga(KAIGA, self._python, tasks)]
        makers: list[tuple[str, Callable[[PeerSetup], AbstractContextManager[PeerToDrain]]]] = [
            (CELERY, celery_peer),
            (PROCRASTINATE, procrastinate_peer),
        ]
        for name, make in makers:
            if name in self._with_peers:
                drains.append(
                    lambda name=name, make=make: drain_peer(make(PeerSetup(name=name)), tasks)
                )
        with (
            self._steps.step("drains", turns * len(drains)) as advance,
            self._steps.forgiving("drains"),
        ):
            for _ in range(turns):
                for drain in drains:
                    self.findings.drains.append(drain())
                    advance()
