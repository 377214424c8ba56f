"""From raw measurements to medians, ratios and verdicts; no measuring and no printing."""

import statistics
from collections.abc import Callable, Mapping, Sequence

import msgspec

from harness.claims import ClaimCosts, NodeClaims
from harness.drains import Drain
from harness.latencies import Latency
from harness.load import Kind, Outcome
from harness.rounds import Round
from harness.start import StartMeasurement

READY_SECONDS = 1.5
IDLE_MEBIBYTES = 120.0
TIMES_AS_MANY = {Kind.CREATE: 20.0, Kind.POLL: 22.0}
"""How many times Celery's rate Kaiga aims at."""
SHARES_OF_HELLO = {Kind.POLL: 0.75, Kind.CREATE: 0.3}
SHARE_AT_FULL_STORE = 0.9
"""What has to be left of the rates at the fewest stored tasks."""
LOOKUPS_PER_STORED_POLL = 1.0
BEGINNING_MILLISECONDS = {50: 2.0, 99: 8.0}
TIMES_AS_FAST_DRAINED = 8.0
CLAIM_COST_RATIO = 1.25
"""The same, up to what medians of the same thing differ by on a shared machine."""
NODE_TIMES_AS_MANY = {Kind.CREATE: 10.0}
"""How many times Celery's rate one node on PostgreSQL aims at."""
TWO_NODES_TIMES_ONE = 1.5
CORES_FOR_TWO_NODES = 6
"""One for each node, and two each for PostgreSQL and the load; with fewer, two can't be faster."""
COST_OF_TWO_NODES = 1.1
"""What processor time a create may take at two nodes where it takes 1 at one: about the same."""

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


def list_outcomes(rounds: Sequence[Round], kind: Kind) -> list[Outcome]:
    """Give the outcomes of `kind` in all rounds that have one, in order."""
    outcomes = (one_round.get_outcome(kind) for one_round in rounds)
    return [outcome for outcome in outcomes if outcome is not None]


def get_rates(rounds: Sequence[Round], kind: Kind) -> list[float]:
    """Give the answers per second of every round, in order."""
    return [outcome.rate for outcome in list_outcomes(rounds, kind)]


def make_share_of_hello(rounds: Sequence[Round], kind: Kind) -> Spread:
    """Give the rate of `kind` as a part of the same server's hello rate, round by round."""
    pairs = zip(get_rates(rounds, kind), get_rates(rounds, Kind.HELLO), strict=True)
    return make_spread([rate / hello for rate, hello in pairs])


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
    """Judge the time until ready and the idle memory of an empty store, each by its median."""
    ready_target = f"ready within {READY_SECONDS:g} s"
    idle_target = f"idle below {IDLE_MEBIBYTES:g} MiB (PSS, all processes)"
    empty = [start for start in starts if not start.stored]
    if not empty:
        return [_make_unmeasured(ready_target), _make_unmeasured(idle_target)]
    ready = make_spread([start.ready_seconds for start in empty])
    verdicts = [judge_most(ready_target, ready, READY_SECONDS, lambda value: f"{value:.2f} s")]
    sizes = [start.pss_bytes / MEBIBYTE for start in empty if start.pss_bytes is not None]
    if not sizes:
        return [*verdicts, _make_unmeasured(idle_target, empty[0].memory_problem)]
    idle = make_spread(sizes)
    return [
        *verdicts,
        judge_most(idle_target, idle, IDLE_MEBIBYTES, lambda value: f"{value:.1f} MiB"),
    ]


def judge_rates(
    ours: Sequence[Round],
    peers: Mapping[str, Sequence[Round]],
    aims: Mapping[Kind, float] = TIMES_AS_MANY,
    where: str = "",
) -> list[Verdict]:
    """Judge creates and polls against whichever of `peers` is faster at each."""
    verdicts: list[Verdict] = []
    for kind, times in aims.items():
        what = "durable creates/s" if kind is Kind.CREATE else "polls/s"
        target = f"{what}{where} at least {times:g} times Celery's"
        if not ours or not peers:
            verdicts.append(_make_unmeasured(target))
            continue
        fastest = find_fastest(peers, kind)
        ratio = make_ratio(ours, peers[fastest], kind)
        verdicts.append(judge_least(target, ratio, times, "times", f", {fastest}"))
    return verdicts


def judge_second_node(one: Sequence[Round], two: Sequence[Round], cores: int) -> Verdict:
    """Judge what a second node adds to the creates, or where cores are few, what they cost."""
    if cores >= CORES_FOR_TWO_NODES:
        target = f"creates/s of two nodes at least {TWO_NODES_TIMES_ONE:g} times those of one"
        ratio = make_ratio(two, one, Kind.CREATE) if one and two else None
        return judge_least(target, ratio, TWO_NODES_TIMES_ONE, "times")
    target = (
        f"a create at two nodes takes at most {COST_OF_TWO_NODES:g} times the processor time of "
        f"one at a single node ({cores} cores are too few for twice the creates)"
    )
    ratio = make_cost_ratio(two, one, Kind.CREATE)
    if ratio is None:
        return _make_unmeasured(target)
    return judge_most(target, ratio, COST_OF_TWO_NODES, lambda value: f"{value:.2f} times")


def make_cost_ratio(ours: Sequence[Round], theirs: Sequence[Round], kind: Kind) -> Spread | None:
    """Compare the processor time of an answer round by round; None where it is not told."""
    mine, other = (
        [outcome.cpu_microseconds for outcome in list_outcomes(rounds, kind)]
        for rounds in (ours, theirs)
    )
    ratios = [a / b for a, b in zip(mine, other, strict=False) if a and b]
    return make_spread(ratios) if ratios else None


def judge_shares(ours: Sequence[Round]) -> list[Verdict]:
    """Judge how much of the hello route's speed is left for creates and polls."""
    verdicts: list[Verdict] = []
    for kind, share in SHARES_OF_HELLO.items():
        target = f"{kind}s/s at least {share:g} of the same server's hello"
        found = make_share_of_hello(ours, kind) if ours else None
        verdicts.append(judge_least(target, found, share))
    return verdicts


def judge_sizes(few: Sequence[Round], many: Sequence[Round], stored: str) -> list[Verdict]:
    """Judge what a store of many tasks leaves of the speed, and what a poll of an old one reads."""
    verdicts: list[Verdict] = []
    for kind in (Kind.CREATE, Kind.POLL):
        target = (
            f"{kind}s/s with {stored} stored at least {SHARE_AT_FULL_STORE:g} of those with few"
        )
        ratio = make_ratio(many, few, kind) if few and many else None
        verdicts.append(judge_least(target, ratio, SHARE_AT_FULL_STORE))
    target = f"a poll not from memory, with {stored} stored, is one read of the store"
    lookups = [each.lookups_per_stored_poll for each in many]
    known = [value for value in lookups if value is not None]
    if not known:
        return [*verdicts, _make_unmeasured(target)]
    spread = make_spread(known)
    return [
        *verdicts,
        judge_most(target, spread, LOOKUPS_PER_STORED_POLL, lambda value: f"{value:.3f}"),
    ]


def judge_beginnings(ours: Latency | None) -> list[Verdict]:
    """Judge how soon tasks begin, by the percentiles that have a target."""
    verdicts: list[Verdict] = []
    for percent, limit in BEGINNING_MILLISECONDS.items():
        target = f"submit to claimed, p{percent} within {limit:g} ms"
        if ours is None:
            verdicts.append(_make_unmeasured(target))
            continue
        value = ours.percentile(percent)
        found = f"{value:.2f} ms until it had begun"
        verdicts.append(Verdict(target=target, found=found, is_met=value <= limit))
    return verdicts


def judge_drains(ours: Sequence[Drain], celery: Sequence[Drain]) -> list[Verdict]:
    """Judge how fast waiting tasks are worked off, against the same turn's of Celery."""
    pairs = zip(ours, celery, strict=False)
    ratios = [mine.rate / other.rate for mine, other in pairs]
    target = (
        f"waiting null tasks drained at least {TIMES_AS_FAST_DRAINED:g} times as fast as Celery"
    )
    spread = make_spread(ratios) if ratios else None
    return [judge_least(target, spread, TIMES_AS_FAST_DRAINED, "times")]


def judge_claims(costs: Sequence[ClaimCosts]) -> list[Verdict]:
    """Judge claims at long queues by those at the first, short one, without their syncs."""
    if not costs:
        return [_make_unmeasured("a claim costs the same, however many tasks wait")]
    few, verdicts = statistics.median(costs[0].unsynced), list[Verdict]()
    for each in costs[1:]:
        target = (
            f"a claim with {each.waiting:,} waiting ({each.name}) costs at most "
            f"{CLAIM_COST_RATIO:g} times one with {costs[0].waiting}"
        )
        median = statistics.median(each.unsynced)
        found = f"{median / few:.2f} times ({median:.0f} and {few:.0f} us)"
        verdicts.append(
            Verdict(target=target, found=found, is_met=median / few <= CLAIM_COST_RATIO)
        )
    return verdicts


def judge_node_claims(claims: Sequence[NodeClaims]) -> list[Verdict]:
    """Judge claims from the fullest PostgreSQL by those of the same turn from the emptiest one."""
    sizes = sorted({each.stored for each in claims})
    if len(sizes) < 2:
        return [_make_unmeasured("PostgreSQL: tasks claimed/s, however many are stored")]
    few = {(each.claimers, each.slots): each for each in claims if each.stored == sizes[0]}
    return [
        _judge_full_claims(each, few[each.claimers, each.slots])
        for each in claims
        if each.stored == sizes[-1]
    ]


def _judge_full_claims(many: NodeClaims, few: NodeClaims) -> Verdict:
    target = (
        f"PostgreSQL: tasks claimed/s with {many.stored:,} stored, {many.claimers} at once for "
        f"{many.slots} each, at least {SHARE_AT_FULL_STORE:g} of those with {few.stored:,}"
    )
    pairs = zip(many.rates, few.rates, strict=True)
    return judge_least(
        target, make_spread([mine / other for mine, other in pairs]), SHARE_AT_FULL_STORE
    )


def judge_least(
    target: str, spread: Spread | None, limit: float, unit: str = "", whom: str = ""
) -> Verdict:
    """Judge a ratio that must reach `limit`; None says that it was not measured."""
    if spread is None:
        return _make_unmeasured(target)
    digits = 1 if unit else 2
    shown = f"{spread.median:.{digits}f} {unit}".strip()
    found = f"{shown} (rounds {spread.low:.{digits}f} to {spread.high:.{digits}f}){whom}"
    return Verdict(target=target, found=found, is_met=spread.median >= limit)


def judge_most(target: str, spread: Spread, limit: float, show: Callable[[float], str]) -> Verdict:
    """Judge a value that must stay at or below `limit`."""
    found = f"{show(spread.median)} ({show(spread.low)} to {show(spread.high)})"
    return Verdict(target=target, found=found, is_met=spread.median <= limit)


def _make_unmeasured(target: str, reason: str | None = None) -> Verdict:
    return Verdict(target=target, found=reason or "not measured", is_met=None)
