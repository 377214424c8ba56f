"""Shows a finished run to people, and keeps it for programs."""

from collections.abc import Mapping, Sequence

import msgspec
from rich.console import Console
from rich.table import Table

from harness.load import Kind, Outcome
from harness.machine import Machine
from harness.rounds import Plan, Round
from harness.start import StartMeasurement
from harness.verdicts import (
    MEBIBYTE,
    Spread,
    Verdict,
    get_outcome,
    get_rates,
    make_ratio,
    make_share_of_hello,
    make_spread,
)


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one run found.

    `rounds` holds the rounds of each server by its name, in the order they were made;
    `compared` names Kaiga's own entry in it, `other_peers` those that count for no target.
    """

    is_quick: bool
    machine: Machine
    plan: Plan
    starts: list[StartMeasurement]
    rounds: dict[str, list[Round]]
    compared: str
    other_peers: list[str]
    not_measured: list[str]
    problems: list[str]
    verdicts: list[Verdict]


def print_run(run: Run, console: Console) -> None:
    """Print tables, then a line per target."""
    _print_machine(run.machine, console)
    if run.starts:
        console.print(_make_start_table(run.starts))
    if run.rounds:
        console.print(_make_rate_table(run.rounds, run.plan))
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


def _print_machine(machine: Machine, console: Console) -> None:
    console.print(f"{machine.cores} cores, {machine.system}, data on {machine.data_file_system}")
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    console.print(versions, style="dim", soft_wrap=True)


def _make_start_table(starts: Sequence[StartMeasurement]) -> Table:
    table = Table(title=f"{len(starts)} starts of kaiga serve")
    table.add_column("")
    for heading in ("min", "median", "max"):
        table.add_column(heading, justify="right")
    ready = make_spread([start.ready_seconds for start in starts])
    table.add_row("ready after, s", *_show_spread(ready, 2))
    pss = [start.pss_bytes / MEBIBYTE for start in starts if start.pss_bytes is not None]
    rss = [start.rss_bytes / MEBIBYTE for start in starts if start.rss_bytes is not None]
    if pss and rss:
        table.add_row("idle PSS, MiB", *_show_spread(make_spread(pss), 1))
        table.add_row("idle RSS, MiB", *_show_spread(make_spread(rss), 1))
    return table


def _make_rate_table(rounds: Mapping[str, Sequence[Round]], plan: Plan) -> Table:
    length = f"{plan.measured_seconds} s after {plan.warm_up_seconds} s of warm-up"
    table = Table(title=f"Answers per second, {plan.connections} connections, {length}")
    table.add_column("server", no_wrap=True)
    table.add_column("load")
    for heading in ("min", "median", "max", "of hello", "CPU us", "p50 ms", "p99 ms"):
        table.add_column(heading, justify="right")
    for name, of_server in rounds.items():
        for kind in Kind:
            outcomes = [get_outcome(one_round, kind) for one_round in of_server]
            p50 = make_spread([outcome.p50_milliseconds for outcome in outcomes])
            p99 = make_spread([outcome.p99_milliseconds for outcome in outcomes])
            table.add_row(
                name if kind is Kind.HELLO else "",
                kind.value,
                *_show_spread(make_spread(get_rates(of_server, kind)), 0),
                f"{make_share_of_hello(of_server, kind):.0%}",
                _show_cpu(outcomes),
                f"{p50.median:.1f}",
                f"{p99.median:.1f}",
                end_section=kind is Kind.POLL,
            )
    return table


def _print_painted(rounds: Mapping[str, Sequence[Round]], console: Console) -> None:
    for name, of_server in rounds.items():
        painted = sum(one_round.painted for one_round in of_server)
        if painted:
            console.print(f"{name}: {painted} tasks ended well during its rounds")


def _print_other_ratios(run: Run, console: Console) -> None:
    """Print the ratio to every peer, those included that count for no target."""
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


def _show_spread(spread: Spread, digits: int) -> tuple[str, str, str]:
    low, median, high = spread.low, spread.median, spread.high
    return f"{low:,.{digits}f}", f"{median:,.{digits}f}", f"{high:,.{digits}f}"


def _show_cpu(outcomes: Sequence[Outcome]) -> str:
    """Show the median processor time per answer, in microseconds."""
    times = [outcome.cpu_microseconds for outcome in outcomes]
    known = [time for time in times if time is not None]
    return f"{make_spread(known).median:,.0f}" if known else "-"


def _show_met(verdict: Verdict) -> str:
    match verdict.is_met:
        case None:
            return "[yellow]not measured[/]"
        case True:
            return "[green]met[/]         "
        case False:
            return "[red]not met[/]     "
