"""Measures Kaiga's speed beside the services that a user would otherwise build.

Everything runs on 127.0.0.1, in temporary folders, and ends with the run, on Ctrl-C too.
Ends with 0 if every target was measured and met, 1 if one was missed or a measurement was not
valid, 2 if something could not be measured. How to read the numbers: docs/benchmarks.md.
"""

import argparse
import importlib.util
import shutil
import signal
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

try:
    from harness.measuring import Bench
except ModuleNotFoundError as missing:
    sys.exit(f"{missing.name} is not installed; `make bench` installs what the benchmark needs")
from harness.findings import CELERY, OTHER_PEERS, PROCRASTINATE, Part, name_kaiga
from harness.judging import judge
from harness.kaiga_server import find_python
from harness.machine import Machine, describe_machine
from harness.postgres import PACKAGE
from harness.report import Run, encode_run, print_run
from harness.scale import FULL, QUICK, Scale

TABLE_WIDTH = 110
NEEDS_WRK = frozenset({Part.RATES, Part.PAINTING, Part.NODES})
NEEDS_REDIS = frozenset({Part.RATES, Part.LATENCIES, Part.DRAINS, Part.NODES})


def main() -> int:
    """Run the benchmark and give the exit code."""
    arguments = _parse_arguments()
    console = Console()
    console.width = max(console.width, TABLE_WIDTH)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    machine = describe_machine()
    try:
        scale = (QUICK if arguments.quick else FULL).with_at_most(arguments.stored)
        run = _measure(scale, arguments, machine)
    except KeyboardInterrupt:
        console.print("stopped; every server has ended")
        return 130
    print_run(run, console)
    if arguments.json:
        arguments.json.write_bytes(encode_run(run))
    return _choose_exit_code(run)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure Kaiga beside what one would else build.")
    parser.add_argument("--quick", action="store_true", help="a smoke test of about a minute")
    parser.add_argument(
        "--only",
        type=_read_parts,
        default=frozenset(Part),
        metavar="PARTS",
        help=f"some of {','.join(Part)}, with commas between",
    )
    parser.add_argument(
        "--python",
        default=find_python(),
        help="the Python that Kaiga is installed for (the checkout's own by default)",
    )
    parser.add_argument(
        "--stored",
        type=int,
        default=max(FULL.stored),
        metavar="COUNT",
        help="the most tasks in any store",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything found")
    return parser.parse_args()


def _read_parts(text: str) -> frozenset[Part]:
    return frozenset(Part(name.strip()) for name in text.split(","))


def _measure(scale: Scale, arguments: argparse.Namespace, machine: Machine) -> Run:
    parts: frozenset[Part] = arguments.only
    has_wrk, has_redis = (shutil.which(name) is not None for name in ("wrk", "redis-server"))
    peers = {CELERY: has_redis, PROCRASTINATE: importlib.util.find_spec(PACKAGE) is not None}
    with_peers = frozenset(name for name, is_here in peers.items() if is_here)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        bench = Bench(scale, arguments.python, with_peers, progress)
        bench.measure(parts if has_wrk else parts - NEEDS_WRK)
    found = bench.findings
    return Run(
        is_quick=arguments.quick,
        machine=machine,
        scale=scale,
        claims=found.claims,
        starts=found.starts,
        rounds=found.rounds,
        latencies=found.latencies,
        drains=found.drains,
        node_rounds=found.node_rounds,
        node_claims=found.node_claims,
        compared=name_kaiga(scale.stored[0]),
        other_peers=list(OTHER_PEERS),
        not_measured=[*_find_missing(parts, has_wrk, has_redis, machine), *found.not_measured],
        problems=[
            text
            for of_server in (*found.rounds.values(), *found.node_rounds.values())
            for one in of_server
            for text in one.problems
        ],
        verdicts=judge(found, scale, parts, machine.cores),
    )


def _find_missing(
    parts: frozenset[Part], has_wrk: bool, has_redis: bool, machine: Machine
) -> list[str]:
    missing: list[str] = []
    if not has_wrk and parts & NEEDS_WRK:
        missing.append("creates and polls, because wrk is not installed (Debian package wrk)")
    if not has_redis and parts & NEEDS_REDIS:
        missing.append("Celery, because redis-server is not installed (Debian package redis)")
    if not machine.keeps_data:
        missing.append("durability: the temporary folder is in memory; set TMPDIR to a disk's")
    return missing


def _choose_exit_code(run: Run) -> int:
    met = [verdict.is_met for verdict in run.verdicts]
    if run.not_measured or None in met:
        return 2
    if run.problems or (False in met and not run.is_quick):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
