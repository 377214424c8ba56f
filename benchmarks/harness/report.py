"""Shows a finished run to people, and keeps it for programs."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from rich.console import Console
from rich.table import Table

from harness.claims import ClaimCosts, NodeClaims
from harness.drains import Drain
from harness.latencies import Latency
from harness.load import Kind
from harness.machine import Machine
from harness.rounds import Round
from harness.scale import Scale
from harness.start import StartMeasurement
from harness.tables import (
    make_claim_table,
    make_drain_table,
    make_latency_table,
    make_node_claim_table,
    make_rate_table,
    make_start_table,
)
from harness.verdicts import Verdict, make_ratio


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one run found.

    `rounds` holds the rounds of each server by its name, in the order they were made;
    `compared` names Kaiga's own entry in it, `other_peers` those that count for no target.
    `node_rounds` are those of nodes on PostgreSQL and of the peers beside them.
    """

    is_quick: bool
    machine: Machine
    scale: Scale
    claims: list[ClaimCosts]
    starts: list[StartMeasurement]
    rounds: dict[str, list[Round]]
    latencies: list[Latency]
    drains: list[Drain]
    node_rounds: dict[str, list[Round]]
    node_claims: list[NodeClaims]
    compared: str
    other_peers: list[str]
    not_measured: list[str]
    problems: list[str]
    verdicts: list[Verdict]


def print_run(run: Run, console: Console) -> None:
    """Print tables, then a line per target."""
    _print_machine(run.machine, console)
    for table in _make_tables(run):
        if table.row_count:
            console.print(table)
    _print_painted(run.rounds, console)
    _print_other_ratios(run, console)
    for text in run.not_measured:
        console.print(f"[yellow]not measured:[/] {text}")
    for text in run.problems:
        console.print(f"[red]invalid:[/] {text}")
    for verdict in run.verdicts:
        console.print(f"{_show_met(verdict)}  {verdict.target}: {verdict.found}", soft_wrap=True)
    if run.is_quick:
        console.print("A quick run is a smoke test: too short to judge anything by.")


def encode_run(run: Run) -> bytes:
    """Give the run as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(run), indent=2) + b"\n"


def decode_run(content: bytes) -> Run:
    """Read a run that `encode_run` has written.

    Raises:
        msgspec.DecodeError: it is none.
    """
    return msgspec.json.decode(content, type=Run)


def _make_tables(run: Run) -> Iterator[Table]:
    """Make every table; those of what was not measured have no rows."""
    plan = run.scale.plan
    yield make_claim_table(run.claims)
    yield make_start_table(run.starts)
    yield make_rate_table(run.rounds, plan)
    yield make_rate_table(run.node_rounds, plan, " on PostgreSQL, each node's")
    yield make_node_claim_table(run.node_claims)
    yield make_latency_table(run.latencies)
    yield make_drain_table(run.drains)


def _print_machine(machine: Machine, console: Console) -> None:
    console.print(f"{machine.cores} cores, {machine.system}, data on {machine.data_file_system}")
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    console.print(versions, style="dim", soft_wrap=True)


def _print_painted(rounds: Mapping[str, Sequence[Round]], console: Console) -> None:
    for name, of_server in rounds.items():
        painted = sum(one_round.painted for one_round in of_server)
        if painted:
            console.print(f"{name}: {painted} tasks ended well during its rounds")


def _print_other_ratios(run: Run, console: Console) -> None:
    """Print the ratio to every peer that counts for no target."""
    ours = run.rounds.get(run.compared, [])
    for name in run.other_peers:
        theirs = run.rounds.get(name, [])
        if not ours or not theirs:
            continue
        ratios = [
            f"{kind.value}s {make_ratio(ours, theirs, kind).median:.1f} times"
            for kind in (Kind.CREATE, Kind.POLL)
        ]
        console.print(f"beside the targets: {', '.join(ratios)} those of {name}", soft_wrap=True)


def _show_met(verdict: Verdict) -> str:
    match verdict.is_met:
        case None:
            return "[yellow]not measured[/]"
        case True:
            return "[green]met[/]         "
        case False:
            return "[red]not met[/]     "
