"""Measures Kaiga's start, memory and rates beside the service a user would otherwise build.

Everything runs on 127.0.0.1, in temporary folders, and ends with the run, on Ctrl-C too.
Ends with 0 if every target was measured and met, 1 if one was missed or a measurement was not
valid, 2 if something could not be measured. How to read the numbers: docs/benchmarks.md.
"""

import argparse
import contextlib
import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

try:
    from harness.peer_server import PeerSetup, QueueNotDrained, peer_server
except ModuleNotFoundError as missing:
    sys.exit(f"{missing.name} is not installed; `make bench` installs what the benchmark needs")
from harness.contestants import Contestant, UnexpectedAnswer, seed
from harness.kaiga_server import find_command, kaiga_server
from harness.load import Kind, LoadFailed
from harness.machine import Machine, describe_machine
from harness.processes import ServerNotReady
from harness.report import Run, encode_run, print_run
from harness.rounds import Entry, Plan, Round, run_round
from harness.start import StartMeasurement, measure_starts
from harness.verdicts import Verdict, judge_rates, judge_starts

FULL = Plan(rounds=5, warm_up_seconds=2, measured_seconds=6, connections=64, seeded_tasks=4096)
QUICK = Plan(rounds=1, warm_up_seconds=0, measured_seconds=1, connections=64, seeded_tasks=64)
FULL_STARTS, QUICK_STARTS = 7, 1
PAINTING_ROUNDS = 3
PAINTING_WORKERS = 1
TABLE_WIDTH = 100

KAIGA = "Kaiga, no workers"
KAIGA_PAINTING = f"Kaiga, {PAINTING_WORKERS} worker painting"
COUNTED_PEERS = (
    PeerSetup(name="peer, worker stopped", processes=1, worker=False),
    PeerSetup(name="peer, worker running", processes=1, worker=True),
)
OTHER_PEERS = (PeerSetup(name="peer, 2 API processes", processes=2, worker=False),)
"""Shown without a target: Kaiga's API is one process, and here the peer's is two."""

WAITING = frozenset({"PENDING"})
ANY_GOOD = frozenset({"PENDING", "RUNNING", "SUCCEEDED"})
FAILURES = (LoadFailed, QueueNotDrained, ServerNotReady, UnexpectedAnswer)


class Bench:
    """One run: what it has found so far, and the steps that add to it."""

    def __init__(
        self, plan: Plan, starts: int, kaiga: Sequence[str], folder: Path, progress: Progress
    ) -> None:
        self.starts: list[StartMeasurement] = []
        self.rounds: dict[str, list[Round]] = {}
        self.not_measured: list[str] = []
        self._plan = plan
        self._start_count = starts
        self._kaiga = kaiga
        self._folder = folder
        self._progress = progress

    def measure_starts(self) -> None:
        """Start Kaiga several times."""
        with self._step("starts", self._start_count) as advance, self._forgiving("starts"):
            self.starts = measure_starts(self._start_count, command=self._kaiga, on_step=advance)

    def measure_rates(self, setups: Sequence[PeerSetup]) -> None:
        """Run all servers at once and load them in turns; the others are idle meanwhile."""
        with contextlib.ExitStack() as stack, self._forgiving("rates"):
            ours = kaiga_server(KAIGA, workers=0, command=self._kaiga)
            entries = [self._make_entry(stack.enter_context(ours), WAITING)]
            for setup in setups:
                allowed = ANY_GOOD if setup.worker else WAITING
                entries.append(self._make_entry(stack.enter_context(peer_server(setup)), allowed))
            self._run_rounds(entries, self._plan.rounds)

    def measure_painting(self) -> None:
        """Load Kaiga once more while its workers paint what the load asks for."""
        painting = kaiga_server(KAIGA_PAINTING, workers=PAINTING_WORKERS, command=self._kaiga)
        with self._forgiving("painting"), painting as server:
            entries = [self._make_entry(server, ANY_GOOD)]
            self._run_rounds(entries, min(PAINTING_ROUNDS, self._plan.rounds))
            if not server.count_painted():
                self.not_measured.append("painting: the workers painted nothing meanwhile")

    def _make_entry(self, contestant: Contestant, allowed: frozenset[str]) -> Entry:
        task_ids = self._folder / f"{contestant.name}.ids"
        return Entry(contestant=contestant, task_ids=task_ids, allowed_statuses=allowed)

    def _run_rounds(self, entries: Sequence[Entry], rounds: int) -> None:
        with self._step("tasks to ask for", len(entries)) as advance:
            for entry in entries:
                seed(entry.contestant, self._plan.seeded_tasks, entry.task_ids)
                advance()
        with self._step("rounds of load", rounds * len(entries) * len(Kind)) as advance:
            for turn in range(rounds):
                # Forth and back: no server is always the one after a long rest.
                in_turn = entries if turn % 2 == 0 else entries[::-1]
                for name, one_round in run_round(in_turn, self._plan, advance).items():
                    self.rounds.setdefault(name, []).append(one_round)

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
            self.not_measured.append(f"{what}: {failure}")


def main() -> int:
    """Run the whole benchmark and give the exit code."""
    arguments = _parse_arguments()
    console = Console()
    console.width = max(console.width, TABLE_WIDTH)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    machine = describe_machine()
    try:
        run = _measure(arguments.quick, shlex.split(arguments.kaiga), machine)
    except KeyboardInterrupt:
        console.print("stopped; every server has ended")
        return 130
    print_run(run, console)
    if arguments.json:
        arguments.json.write_bytes(encode_run(run))
    return _choose_exit_code(run)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure Kaiga beside FastAPI, Celery and Redis.")
    parser.add_argument("--quick", action="store_true", help="a smoke test of about half a minute")
    parser.add_argument(
        "--kaiga",
        default=shlex.join(find_command()),
        metavar="COMMAND",
        help="what runs Kaiga (the checkout's own by default)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything found")
    return parser.parse_args()


def _measure(is_quick: bool, kaiga: Sequence[str], machine: Machine) -> Run:
    plan = QUICK if is_quick else FULL
    has_wrk, has_redis = (shutil.which(name) is not None for name in ("wrk", "redis-server"))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        tempfile.TemporaryDirectory(prefix="kaiga-bench-") as folder,
        Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress,
    ):
        starts = QUICK_STARTS if is_quick else FULL_STARTS
        bench = Bench(plan, starts, kaiga, Path(folder), progress)
        bench.measure_starts()
        if has_wrk:
            others = () if is_quick else OTHER_PEERS
            bench.measure_rates((*COUNTED_PEERS, *others) if has_redis else ())
            bench.measure_painting()
    return Run(
        is_quick=is_quick,
        machine=machine,
        plan=plan,
        starts=bench.starts,
        rounds=bench.rounds,
        compared=KAIGA,
        other_peers=[setup.name for setup in OTHER_PEERS],
        not_measured=[*_find_missing(has_wrk, has_redis, machine), *bench.not_measured],
        problems=[text for of in bench.rounds.values() for one in of for text in one.problems],
        verdicts=_judge(bench),
    )


def _find_missing(has_wrk: bool, has_redis: bool, machine: Machine) -> list[str]:
    missing: list[str] = []
    if not has_wrk:
        missing.append("creates and polls, because wrk is not installed (Debian package wrk)")
    if not has_redis:
        missing.append("the peer, because redis-server is not installed (Debian package redis)")
    if not machine.keeps_data:
        missing.append("durability: the temporary folder is in memory; set TMPDIR to a disk's")
    return missing


def _judge(bench: Bench) -> list[Verdict]:
    ours = bench.rounds.get(KAIGA, [])
    counted = {setup.name: bench.rounds.get(setup.name, []) for setup in COUNTED_PEERS}
    peers = {name: rounds for name, rounds in counted.items() if len(rounds) == len(ours)}
    return [*judge_starts(bench.starts), *judge_rates(ours, peers)]


def _choose_exit_code(run: Run) -> int:
    met = [verdict.is_met for verdict in run.verdicts]
    if run.not_measured or None in met:
        return 2
    if run.problems or (False in met and not run.is_quick):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
