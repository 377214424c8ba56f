"""Findings as tables for people."""

import statistics
from collections.abc import Mapping, Sequence

from rich.table import Table

from harness.claims import ClaimCosts, NodeClaims
from harness.drains import Drain
from harness.latencies import Latency
from harness.load import Kind, Outcome
from harness.rounds import Plan, Round
from harness.start import StartMeasurement
from harness.verdicts import (
    MEBIBYTE,
    Spread,
    get_rates,
    list_outcomes,
    make_share_of_hello,
    make_spread,
)


def make_start_table(starts: Sequence[StartMeasurement]) -> Table:
    """Tell of ready times and memory by the number of stored tasks."""
    table = _make_table("Starts of kaiga serve", "stored", "", "min", "median", "max")
    for stored in sorted({start.stored for start in starts}):
        here = [start for start in starts if start.stored == stored]
        ready = make_spread([start.ready_seconds for start in here])
        table.add_row(f"{stored:,}", "ready after, s", *_show_spread(ready, 2))
        for name, sizes in (
            ("idle PSS, MiB", [start.pss_bytes for start in here]),
            ("idle RSS, MiB", [start.rss_bytes for start in here]),
        ):
            known = [size / MEBIBYTE for size in sizes if size is not None]
            if known:
                table.add_row("", name, *_show_spread(make_spread(known), 1))
    return table


def make_rate_table(rounds: Mapping[str, Sequence[Round]], plan: Plan, where: str = "") -> Table:
    """Tell of rates, processor time and latencies by server and load."""
    length = f"{plan.measured_seconds} s after {plan.warm_up_seconds} s of warm-up"
    table = _make_table(
        f"Answers per second{where}, {plan.connections} connections, {length}",
        "server",
        "load",
        *("min", "median", "max", "of hello", "CPU us", "p50 ms", "p99 ms"),
    )
    for name, of_server in rounds.items():
        for kind in Kind:
            outcomes = list_outcomes(of_server, kind)
            if outcomes:
                shown = name if kind is Kind.HELLO else ""
                table.add_row(shown, kind.value, *_show_outcomes(of_server, kind, outcomes))
        table.add_section()
    return table


def make_latency_table(latencies: Sequence[Latency]) -> Table:
    """Tell of delays by server."""
    table = _make_table("Delays, ms", "server", "", "p50", "p90", "p99", "max", "polls per task")
    for each in latencies:
        percentiles = [f"{each.percentile(percent):.2f}" for percent in (50, 90, 99)]
        asked = f"{each.asked:.1f}" if each.asked else "-"
        table.add_row(each.name, each.what, *percentiles, f"{max(each.milliseconds):.2f}", asked)
    return table


def make_drain_table(drains: Sequence[Drain]) -> Table:
    """Tell how many tasks that are nothing to do were worked off in a second."""
    table = _make_table(
        "Waiting null tasks worked off per second", "server", "min", "median", "max"
    )
    for name in dict.fromkeys(drain.name for drain in drains):
        rates = [drain.rate for drain in drains if drain.name == name]
        table.add_row(name, *_show_spread(make_spread(rates), 0))
    return table


def make_claim_table(costs: Sequence[ClaimCosts]) -> Table:
    """Tell what claims took by how many tasks wait."""
    headings = ("first, ms", "p50 us", "p99 us", "p50 us, no sync", "p99 us, no sync")
    table = _make_table("Claims of the store alone, one by one", "queue", "waiting", *headings)
    for each in costs:
        percentiles = [
            f"{statistics.quantiles(times, n=100, method='inclusive')[percent - 1]:,.0f}"
            for times in (each.durable, each.unsynced)
            for percent in (50, 99)
        ]
        first = f"{statistics.median(each.first) / 1000:.2f}"
        table.add_row(each.name, f"{each.waiting:,}", first, *percentiles)
    return table


def make_node_claim_table(claims: Sequence[NodeClaims]) -> Table:
    """Tell how many tasks a second were claimed from PostgreSQL."""
    headings = ("min", "median", "max")
    table = _make_table("Tasks claimed a second from PostgreSQL", "queue", "stored", *headings)
    for each in claims:
        name = f"{each.claimers} at once for {each.slots} each"
        table.add_row(name, f"{each.stored:,}", *_show_spread(make_spread(each.rates), 0))
    return table


def _make_table(title: str, *headings: str) -> Table:
    """Make an empty table; what has a number in it stands at the right."""
    table = Table(title=title)
    for heading in headings:
        is_name = heading in {"", "server", "load", "queue"}
        table.add_column(heading, justify="left" if is_name else "right", no_wrap=is_name)
    return table


def _show_outcomes(
    rounds: Sequence[Round], kind: Kind, outcomes: Sequence[Outcome]
) -> Sequence[str]:
    p50 = statistics.median(outcome.p50_milliseconds for outcome in outcomes)
    p99 = statistics.median(outcome.p99_milliseconds for outcome in outcomes)
    return (
        *_show_spread(make_spread(get_rates(rounds, kind)), 0),
        f"{make_share_of_hello(rounds, kind).median:.0%}",
        _show_cpu(outcomes),
        f"{p50:.1f}",
        f"{p99:.1f}",
    )


def _show_spread(spread: Spread, digits: int) -> tuple[str, str, str]:
    low, median, high = spread.low, spread.median, spread.high
    return f"{low:,.{digits}f}", f"{median:,.{digits}f}", f"{high:,.{digits}f}"


def _show_cpu(outcomes: Sequence[Outcome]) -> str:
    """Show the median processor time per answer, in microseconds."""
    times = [outcome.cpu_microseconds for outcome in outcomes]
    known = [time for time in times if time is not None]
    return f"{make_spread(known).median:,.0f}" if known else "-"
