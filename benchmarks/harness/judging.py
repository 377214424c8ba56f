"""Which of a run's findings are held against which targets."""

from collections.abc import Mapping, Sequence

from harness.findings import (
    CELERY,
    COUNTED_PEERS,
    KAIGA,
    Findings,
    Part,
    name_kaiga,
    name_nodes,
)
from harness.latencies import BEGINNING, list_delays
from harness.rounds import Round
from harness.scale import Scale
from harness.verdicts import (
    NODE_TIMES_AS_MANY,
    Verdict,
    judge_beginnings,
    judge_claims,
    judge_drains,
    judge_node_claims,
    judge_rates,
    judge_second_node,
    judge_shares,
    judge_sizes,
    judge_starts,
)


def judge(found: Findings, scale: Scale, parts: frozenset[Part], cores: int) -> list[Verdict]:
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
    if Part.NODES in parts:
        verdicts += _judge_nodes(found, scale, cores)
    return verdicts


def _judge_all_rates(found: Findings, scale: Scale) -> list[Verdict]:
    by_size = {stored: found.rounds.get(name_kaiga(stored), []) for stored in scale.stored}
    few, many = by_size[scale.stored[0]], by_size[scale.stored[-1]]
    return [
        *judge_rates(few, _find_peers(found.rounds)),
        *judge_shares(few),
        *judge_sizes(few, many, f"{scale.stored[-1]:,}"),
    ]


def _judge_nodes(found: Findings, scale: Scale, cores: int) -> list[Verdict]:
    one, two = (
        found.node_rounds.get(name_nodes(nodes, scale.node_stored[0]), []) for nodes in (1, 2)
    )
    peers = _find_peers(found.node_rounds)
    return [
        *judge_rates(one, peers, NODE_TIMES_AS_MANY, " on PostgreSQL"),
        judge_second_node(one, two, cores),
        *judge_node_claims(found.node_claims),
    ]


def _find_peers(rounds: Mapping[str, Sequence[Round]]) -> Mapping[str, Sequence[Round]]:
    names = [setup.name for setup in COUNTED_PEERS]
    return {name: rounds[name] for name in names if rounds.get(name)}
