"""Draws a run: `python benchmarks/plot.py RUN.json docs/images/benchmarks.svg`.

The run is what `bench.py --json` has written. Bars are medians, the thin lines on them reach from
the least to the greatest measurement.
"""

import argparse
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from harness.load import Kind
from harness.report import Run, decode_run
from harness.rounds import Round
from harness.verdicts import Spread, get_rates, make_spread

WIDTH = 860
LABELS = 250
BARS = 470
ROW = 24
HEAD = 44
BAR = 15
OURS, THEIRS, INK, FAINT = "#1f6f8b", "#b9b4a7", "#222222", "#777777"
PERCENTILES = (50, 99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: what it stands for, how long it is, and whether it is Kaiga's."""

    label: str
    spread: Spread
    is_ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Bars of one kind, on one scale."""

    title: str
    digits: int
    bars: Sequence[Bar]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("picture", type=Path)
    given = parser.parse_args()
    given.picture.parent.mkdir(parents=True, exist_ok=True)
    given.picture.write_text(draw(decode_run(given.run.read_bytes())), encoding="utf-8")


def draw(run: Run) -> str:
    """Draw a run as SVG."""
    panels = [panel for panel in _list_panels(run) if panel.bars]
    height = sum(_measure_height(panel) for panel in panels) + ROW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}">',
        '<g font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    top = 0
    for panel in panels:
        parts += _draw_panel(panel, top)
        top += _measure_height(panel)
    machine = f"{run.machine.cores} cores, {run.machine.system}; load and servers on one machine"
    parts.append(_draw_text(16, height - 8, machine, FAINT))
    return "\n".join([*parts, "</g></svg>\n"])


def _list_panels(run: Run) -> Iterator[Panel]:
    yield from _list_rate_panels(run.rounds, "")
    yield from _list_rate_panels(run.node_rounds, " on PostgreSQL")
    names = dict.fromkeys(drain.name for drain in run.drains)
    yield Panel(
        title="Null tasks worked off per second, 2 workers",
        digits=0,
        bars=[
            Bar(
                label=name,
                spread=make_spread([drain.rate for drain in run.drains if drain.name == name]),
                is_ours=_is_ours(name),
            )
            for name in names
        ],
    )
    for what in dict.fromkeys(latency.what for latency in run.latencies):
        bars = [
            Bar(
                label=f"{latency.name}, p{percent}",
                spread=make_spread([latency.percentile(percent)]),
                is_ours=_is_ours(latency.name),
            )
            for latency in run.latencies
            if latency.what == what
            for percent in PERCENTILES
        ]
        yield Panel(title=f"{what.capitalize()}, milliseconds", digits=2, bars=bars)
    claims = [
        Bar(
            label=f"{costs.name} ({costs.waiting:,})",
            spread=make_spread([statistics.median(costs.unsynced)]),
            is_ours=True,
        )
        for costs in run.claims
    ]
    yield Panel(title="A claim in the store, microseconds without its sync", digits=0, bars=claims)
    node_claims = [
        Bar(
            label=f"{each.claimers} x {each.slots}, {each.stored:,} stored",
            spread=make_spread(each.rates),
            is_ours=True,
        )
        for each in run.node_claims
    ]
    yield Panel(title="Tasks claimed per second from PostgreSQL", digits=0, bars=node_claims)


def _list_rate_panels(rounds: Mapping[str, Sequence[Round]], where: str) -> Iterator[Panel]:
    for kind, title in (
        (Kind.CREATE, f"Durable creates per second{where}, 64 connections a node"),
        (Kind.POLL, f"Polls per second{where}, 64 connections a node"),
        (Kind.POLL_ELSEWHERE, f"Polls per second{where} of tasks of the other node"),
        (Kind.STORED_POLL, f"Polls per second{where} of tasks not in memory"),
    ):
        bars = [
            Bar(label=name, spread=make_spread(rates), is_ours=_is_ours(name))
            for name, of_server in rounds.items()
            if (rates := get_rates(of_server, kind))
        ]
        yield Panel(title=title, digits=0, bars=bars)


def _is_ours(name: str) -> bool:
    return name.startswith("Kaiga")


def _measure_height(panel: Panel) -> int:
    return HEAD + ROW * len(panel.bars)


def _draw_panel(panel: Panel, top: int) -> Iterator[str]:
    longest = max(bar.spread.high for bar in panel.bars)
    yield _draw_text(16, top + HEAD - 14, panel.title, INK, weight="bold")
    for number, bar in enumerate(panel.bars):
        yield from _draw_bar(bar, top + HEAD + number * ROW, longest, panel.digits)


def _draw_bar(bar: Bar, top: int, longest: float, digits: int) -> Iterator[str]:
    low, median, high = (
        value / longest * BARS for value in (bar.spread.low, bar.spread.median, bar.spread.high)
    )
    middle = top + BAR / 2
    colour = OURS if bar.is_ours else THEIRS
    yield _draw_text(LABELS - 8, top + 12, bar.label, INK, anchor="end")
    yield f'<rect x="{LABELS}" y="{top}" width="{median:.1f}" height="{BAR}" fill="{colour}"/>'
    if high > low:
        yield (
            f'<line x1="{LABELS + low:.1f}" x2="{LABELS + high:.1f}" y1="{middle}" y2="{middle}" '
            f'stroke="{INK}"/>'
        )
    text = f"{bar.spread.median:,.{digits}f}"
    yield _draw_text(LABELS + max(median, high) + 8, top + 12, text, FAINT)


def _draw_text(
    x: float, y: float, text: str, colour: str, *, anchor: str = "start", weight: str = "normal"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" '
        f'font-weight="{weight}">{escape(text)}</text>'
    )


if __name__ == "__main__":
    main()
