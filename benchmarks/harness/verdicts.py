"""From raw measurements to medians, ratios and verdicts; no measuring and no printing."""

import statistics
from collections.abc import Callable, Mapping, Sequence

import msgspec

from harness.load import Kind, Outcome
from harness.rounds import Round
from harness.start import StartMeasurement

READY_SECONDS = 1.5
IDLE_MEBIBYTES = 120.0
TIMES_AS_MANY = {Kind.CREATE: 10.0, Kind.POLL: 12.0}
"""How many times the peer's rate Kaiga aims at."""

MEBIBYTE = 1024 * 1024


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """The least, the middle and the greatest of several measurements of one thing."""

    low: float
    median: float
    high: float


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One target and what was found; `is_met` is None where nothing could be measured."""

    target: str
    found: str
    is_met: bool | None


def make_spread(values: Sequence[float]) -> Spread:
    """Sum up at least one value."""
    return Spread(low=min(values), median=statistics.median(values), high=max(values))


def get_outcome(one_round: Round, kind: Kind) -> Outcome:
    """Give the part of a round that is of `kind`."""
    outcomes = {Kind.HELLO: one_round.hello, Kind.CREATE: one_round.create}
    return outcomes.get(kind, one_round.poll)


def get_rates(rounds: Sequence[Round], kind: Kind) -> list[float]:
    """Give the answers per second of every round, in order."""
    return [get_outcome(one_round, kind).rate for one_round in rounds]


def make_share_of_hello(rounds: Sequence[Round], kind: Kind) -> float:
    """Give the median rate of `kind` as a part of the same server's median hello rate."""
    hello = statistics.median(get_rates(rounds, Kind.HELLO))
    return statistics.median(get_rates(rounds, kind)) / hello


def find_fastest(peers: Mapping[str, Sequence[Round]], kind: Kind) -> str:
    """Name the peer with the highest median rate of `kind`."""
    return max(peers, key=lambda name: statistics.median(get_rates(peers[name], kind)))


def make_ratio(ours: Sequence[Round], theirs: Sequence[Round], kind: Kind) -> Spread:
    """Compare two servers round by round.

    The two rates of a round were measured within seconds of each other, so what slows the whole
    machine down slows both.
    """
    rates = zip(get_rates(ours, kind), get_rates(theirs, kind), strict=True)
    return make_spread([mine / other for mine, other in rates])


def judge_starts(starts: Sequence[StartMeasurement]) -> list[Verdict]:
    """Judge the time until ready and the idle memory, each by its median."""
    ready_target = f"ready within {READY_SECONDS:g} s"
    idle_target = f"idle below {IDLE_MEBIBYTES:g} MiB (PSS, all processes)"
    if not starts:
        return [_make_unmeasured(ready_target), _make_unmeasured(idle_target)]
    ready = make_spread([start.ready_seconds for start in starts])
    verdicts = [_judge_most(ready_target, ready, READY_SECONDS, lambda value: f"{value:.2f} s")]
    sizes = [start.pss_bytes / MEBIBYTE for start in starts if start.pss_bytes is not None]
    if not sizes:
        return [*verdicts, _make_unmeasured(idle_target, starts[0].memory_problem)]
    idle = make_spread(sizes)
    return [
        *verdicts,
        _judge_most(idle_target, idle, IDLE_MEBIBYTES, lambda value: f"{value:.1f} MiB"),
    ]


def judge_rates(ours: Sequence[Round], peers: Mapping[str, Sequence[Round]]) -> list[Verdict]:
    """Judge creates and polls against whichever of `peers` is faster at each."""
    verdicts: list[Verdict] = []
    for kind, times in TIMES_AS_MANY.items():
        what = "durable creates/s" if kind is Kind.CREATE else "polls/s"
        target = f"{what} at least {times:g} times the peer's"
        if not ours or not peers:
            verdicts.append(_make_unmeasured(target))
            continue
        fastest = find_fastest(peers, kind)
        ratio = make_ratio(ours, peers[fastest], kind)
        found = f"{ratio.median:.1f} times (rounds {ratio.low:.1f} to {ratio.high:.1f}), {fastest}"
        verdicts.append(Verdict(target=target, found=found, is_met=ratio.median >= times))
    return verdicts


def _judge_most(target: str, spread: Spread, limit: float, show: Callable[[float], str]) -> Verdict:
    """Judge a value that must stay at or below `limit`."""
    found = f"{show(spread.median)} ({show(spread.low)} to {show(spread.high)})"
    return Verdict(target=target, found=found, is_met=spread.median <= limit)


def _make_unmeasured(target: str, reason: str | None = None) -> Verdict:
    return Verdict(target=target, found=reason or "not measured", is_met=None)
