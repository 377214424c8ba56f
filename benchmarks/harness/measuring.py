"""The parts of a run: what each starts, loads and notes."""

import contextlib
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from rich.progress import Progress

from harness.celery_peer import celery_peer
from harness.claims import ClaimCosts, ClaimsFailed, measure_claims
from harness.contestants import Contestant, UnexpectedAnswer, seed
from harness.drains import Drain, PeerToDrain, drain_kaiga, drain_peer
from harness.kaiga_server import (
    NULL_SETTINGS,
    KaigaServer,
    kaiga_server,
    make_command,
    make_null_command,
)
from harness.latencies import Latency, measure_beginnings, measure_seeing
from harness.load import LoadFailed
from harness.peers import PeerSetup, QueueNotDrained
from harness.processes import ServerNotReady
from harness.procrastinate_peer import procrastinate_peer
from harness.rounds import Entry, OldTasks, Round, list_kinds, run_round
from harness.scale import Scale
from harness.start import StartMeasurement, measure_start
from harness.stores import FillingFailed, StoredTasks, Stores

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
FAILURES = (
    ClaimsFailed,
    FillingFailed,
    LoadFailed,
    QueueNotDrained,
    ServerNotReady,
    UnexpectedAnswer,
)


class Part(StrEnum):
    """What can be measured by itself."""

    CLAIMS = "claims"
    STARTS = "starts"
    RATES = "rates"
    PAINTING = "painting"
    LATENCIES = "latencies"
    DRAINS = "drains"


@dataclass(frozen=True, slots=True)
class Findings:
    """What a run has found so far; `rounds` holds each server's by its name, in order."""

    claims: list[ClaimCosts] = field(default_factory=list[ClaimCosts])
    starts: list[StartMeasurement] = field(default_factory=list[StartMeasurement])
    rounds: dict[str, list[Round]] = field(default_factory=dict[str, list[Round]])
    latencies: list[Latency] = field(default_factory=list[Latency])
    drains: list[Drain] = field(default_factory=list[Drain])
    not_measured: list[str] = field(default_factory=list[str])


def name_kaiga(stored: int) -> str:
    """Name the Kaiga whose store had that many tasks at the beginning."""
    return f"{KAIGA}, {stored:,} stored"


class Bench:
    """One run; `python` is Kaiga's own, `with_peers` are the names of those that can be started."""

    def __init__(
        self, scale: Scale, python: str, with_peers: frozenset[str], progress: Progress
    ) -> None:
        self.findings = Findings()
        self._scale = scale
        self._python = python
        self._with_peers = with_peers
        self._progress = progress

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

    def _measure_claims(self) -> None:
        with self._step("claims", 1) as advance, self._forgiving("claims"):
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
        with self._step("starts", self._scale.starts * len(sizes)) as advance:
            for stored in sizes:
                with self._forgiving(f"starts with {stored:,} stored"):
                    data = stores.get(stored).data if stored else None
                    for _ in range(self._scale.starts):
                        start = measure_start(self._python, stored=stored, data=data)
                        self.findings.starts.append(start)
                        advance()

    def _measure_rates(self, stores: Stores, folder: Path) -> None:
        """Run all servers at once and load them in turns; the others are idle meanwhile."""
        with contextlib.ExitStack() as stack, self._forgiving("rates"):
            entries = [
                self._open_stored(stack, stores.get(stored), folder)
                for stored in self._scale.stored
            ]
            for setup, peer in self._list_peers():
                server = stack.enter_context(peer)
                allowed = ANY_GOOD if setup.worker else WAITING
                entries.append(_make_entry(server, allowed, folder))
            self._run_rounds(entries, self._scale.plan.rounds)

    def _open_stored(self, stack: contextlib.ExitStack, stored: StoredTasks, folder: Path) -> Entry:
        server = stack.enter_context(
            kaiga_server(
                name_kaiga(stored.count),
                workers=0,
                command=make_command(self._python),
                data=stored.data,
            )
        )
        return _make_entry(server, WAITING, folder, _find_old_tasks(stored, server))

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
        with self._forgiving("painting"), painting as server:
            entry = _make_entry(server, ANY_GOOD, folder)
            self._run_rounds([entry], self._scale.painting_rounds)
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
        with self._step("latencies", 2 * len(servers)) as advance:
            for each in servers:
                with self._forgiving("latencies"), each as server:
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
        with self._step("drains", turns * len(drains)) as advance, self._forgiving("drains"):
            for _ in range(turns):
                for drain in drains:
                    self.findings.drains.append(drain())
                    advance()

    def _run_rounds(self, entries: Sequence[Entry], rounds: int) -> None:
        plan = self._scale.plan
        with self._step("tasks to ask for", len(entries)) as advance:
            for entry in entries:
                seed(entry.contestant, plan.seeded_tasks, entry.task_ids)
                advance()
        loads = sum(len(list_kinds(entry)) for entry in entries)
        with self._step("rounds of load", rounds * loads) as advance:
            for turn in range(rounds):
                # Forth and back: no server is always the one after a long rest.
                in_turn = entries if turn % 2 == 0 else entries[::-1]
                for name, one_round in run_round(in_turn, plan, advance).items():
                    self.findings.rounds.setdefault(name, []).append(one_round)

    @contextlib.contextmanager
    def _step(self, what: str, total: int) -> Generator[Callable[[], None]]:
        task = self._progress.add_task(what, total=total)
        yield lambda: self._progress.advance(task)

    @contextlib.contextmanager
    def _forgiving(self, what: str) -> Generator[None]:
        """Note a failed part and go on with the next, so that one run tells all it can."""
        try:
            yield
        except FAILURES as failure:
            self.findings.not_measured.append(f"{what}: {failure}")


def _make_entry(
    server: Contestant,
    allowed: frozenset[str],
    folder: Path,
    old_tasks: OldTasks | None = None,
) -> Entry:
    return Entry(
        contestant=server,
        task_ids=folder / f"{server.name}.ids",
        allowed_statuses=allowed,
        old_tasks=old_tasks,
    )


def _find_old_tasks(stored: StoredTasks, server: KaigaServer) -> OldTasks | None:
    """Give the old tasks of a store, where they are more than a server remembers."""
    with stored.task_ids.open() as file:
        count = sum(1 for _ in file)
    if count < MORE_THAN_REMEMBERED:
        return None
    return OldTasks(task_ids=stored.task_ids, server=server)
