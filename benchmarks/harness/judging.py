"""Which of a run's findings are held against which targets."""

from harness.latencies import BEGINNING, list_delays
from harness.measuring import CELERY, COUNTED_PEERS, KAIGA, Findings, Part, name_kaiga
from harness.scale import Scale
from harness.verdicts import (
    Verdict,
    judge_beginnings,
    judge_claims,
    judge_drains,
    judge_rates,
    judge_shares,
    judge_sizes,
    judge_starts,
)


def judge(found: Findings, scale: Scale, parts: frozenset[Part]) -> list[Verdict]:
    """Judge every target of the parts that were to be measured."""
    verdicts: list[Verdict] = []
    if Part.STARTS in parts:
        verdicts += judge_starts(found.starts)
    if Part.RATES in parts:
        verdicts += _judge_all_rates(found, scale)
    if Part.LATENCIES in parts:
        verdicts += judge_beginnings(list_delays(found.latencies, BEGINNING).get(KAIGA))
    if Part.DRAINS in parts:
        ours, celery = (
            [drain for drain in found.drains if drain.name == name] for name in (KAIGA, CELERY)
        )
        verdicts += judge_drains(ours, celery)
    if Part.CLAIMS in parts:
        verdicts += judge_claims(found.claims)
    return verdicts


def _judge_all_rates(found: Findings, scale: Scale) -> list[Verdict]:
    by_size = {stored: found.rounds.get(name_kaiga(stored), []) for stored in scale.stored}
    few, many = by_size[scale.stored[0]], by_size[scale.stored[-1]]
    counted = {setup.name: found.rounds.get(setup.name, []) for setup in COUNTED_PEERS}
    peers = {name: rounds for name, rounds in counted.items() if rounds}
    return [
        *judge_rates(few, peers),
        *judge_shares(few),
        *judge_sizes(few, many, f"{scale.stored[-1]:,}"),
    ]
