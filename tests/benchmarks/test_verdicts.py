from pathlib import Path

import msgspec
import pytest
from harness.claims import ClaimCosts, NodeClaims
from harness.drains import Drain, make_drain
from harness.latencies import BEGINNING, Latency
from harness.load import Kind, Outcome
from harness.machine import find_file_system
from harness.rounds import Round, find_count_problems
from harness.scale import FULL
from harness.start import StartMeasurement
from harness.verdicts import (
    MEBIBYTE,
    judge_beginnings,
    judge_claims,
    judge_drains,
    judge_node_claims,
    judge_rates,
    judge_second_node,
    judge_shares,
    judge_sizes,
    judge_starts,
    make_ratio,
    make_share_of_hello,
)


def make_outcome(rate: int) -> Outcome:
    return Outcome(
        requests=rate,
        seconds=1.0,
        bad_answers=0,
        socket_errors=0,
        p50_milliseconds=1.0,
        p99_milliseconds=1.0,
    )


def make_round(*, hello: int = 1000, create: int, poll: int, lookups: float | None = None) -> Round:
    return Round(
        hello=make_outcome(hello),
        create=make_outcome(create),
        poll=make_outcome(poll),
        stored_poll=None if lookups is None else make_outcome(poll),
        lookups_per_stored_poll=lookups,
        tasks_answered=0,
        tasks_counted=0,
        painted=0,
        problems=[],
    )


def make_start(ready_seconds: float, pss_bytes: int | None, stored: int = 0) -> StartMeasurement:
    return StartMeasurement(
        stored=stored,
        ready_seconds=ready_seconds,
        processes=1,
        pss_bytes=pss_bytes,
        rss_bytes=pss_bytes,
        memory_problem=None if pss_bytes else "no account here",
    )


def test_the_faster_of_two_peers_counts_for_each_target_by_itself() -> None:
    ours = [make_round(create=2000, poll=2000)]
    peers = {
        "quick to create": [make_round(create=100, poll=10)],
        "quick to answer": [make_round(create=10, poll=100)],
    }

    creates, polls = judge_rates(ours, peers)

    assert "quick to create" in creates.found
    assert "quick to answer" in polls.found
    assert (creates.is_met, polls.is_met) == (True, False)


def test_a_target_without_a_peer_is_neither_met_nor_missed() -> None:
    verdicts = judge_rates([make_round(create=1, poll=1)], {})

    assert [verdict.is_met for verdict in verdicts] == [None, None]


def test_the_ratio_is_made_round_by_round_so_a_slow_minute_cancels_out() -> None:
    ours = [make_round(create=rate, poll=1) for rate in (1000, 100, 900)]
    theirs = [make_round(create=rate, poll=1) for rate in (100, 10, 100)]

    ratio = make_ratio(ours, theirs, Kind.CREATE)

    assert (ratio.low, ratio.median, ratio.high) == (9.0, 10.0, 10.0)


def test_the_share_is_of_the_same_servers_hello_in_the_same_round() -> None:
    rounds = [make_round(hello=200, create=50, poll=1), make_round(hello=20, create=5, poll=1)]

    assert make_share_of_hello(rounds, Kind.CREATE).median == 0.25


def test_polls_and_creates_are_judged_by_shares_of_their_own() -> None:
    polls, creates = judge_shares([make_round(hello=100, create=30, poll=74)])

    assert (polls.is_met, creates.is_met) == (False, True)


def test_a_full_store_that_keeps_nine_tenths_of_the_speed_is_met_and_less_is_missed() -> None:
    few = [make_round(create=100, poll=100)]

    creates, polls, _ = judge_sizes(few, [make_round(create=90, poll=89)], "many")

    assert (creates.is_met, polls.is_met) == (True, False)


@pytest.mark.parametrize(("lookups", "is_met"), [(1.0, True), (2.0, False), (None, None)])
def test_a_poll_not_from_memory_that_reads_twice_is_missed(
    lookups: float | None, is_met: bool | None
) -> None:
    many = [make_round(create=1, poll=1, lookups=lookups)]

    assert judge_sizes(many, many, "many")[2].is_met is is_met


def test_a_slow_hundredth_misses_its_own_target_alone() -> None:
    delays = Latency(name="server", what=BEGINNING, milliseconds=[1.0] * 98 + [9.0] * 2)

    assert [verdict.is_met for verdict in judge_beginnings(delays)] == [True, False]


def test_the_time_of_a_drain_runs_from_the_first_end_to_the_last() -> None:
    assert make_drain("server", [12.0, 10.0, 11.0]).rate == 1.0


def test_each_drain_is_compared_with_the_one_of_the_same_turn() -> None:
    ours = [Drain(name="ours", tasks=11, seconds=seconds) for seconds in (1.0, 10.0)]
    theirs = [Drain(name="theirs", tasks=11, seconds=seconds) for seconds in (8.0, 80.0)]

    (verdict,) = judge_drains(ours, theirs)

    assert verdict.is_met is True
    assert verdict.found.startswith("8.0 times")


def test_a_claim_is_judged_by_what_it_costs_where_few_wait() -> None:
    few, same, dearer = (
        ClaimCosts(name=name, waiting=10, first=[1.0], durable=[1.0], unsynced=[cost])
        for name, cost in (("few", 100.0), ("same", 110.0), ("dearer", 200.0))
    )

    assert [verdict.is_met for verdict in judge_claims([few, same, dearer])] == [True, False]


def test_a_start_is_judged_by_its_median_so_one_slow_start_does_not_miss() -> None:
    starts = [make_start(seconds, 50 * MEBIBYTE) for seconds in (0.5, 0.6, 9.0)]

    assert [verdict.is_met for verdict in judge_starts(starts)] == [True, True]


def test_starts_with_stored_tasks_do_not_count_for_the_targets_of_an_empty_store() -> None:
    starts = [make_start(0.5, 50 * MEBIBYTE), make_start(9.0, 500 * MEBIBYTE, stored=1000)]

    assert [verdict.is_met for verdict in judge_starts(starts)] == [True, True]


def test_memory_that_the_system_does_not_tell_is_not_judged() -> None:
    _ready, idle = judge_starts([make_start(0.5, None)])

    assert idle.is_met is None
    assert idle.found == "no account here"


@pytest.mark.parametrize(
    ("counted", "is_valid"), [(99, False), (100, True), (228, True), (229, False)]
)
def test_a_store_that_grew_by_other_than_the_answers_makes_a_round_invalid(
    counted: int, is_valid: bool
) -> None:
    assert (find_count_problems(100, counted, 64) == []) is is_valid


def test_the_file_system_is_that_of_the_nearest_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("disk / ext4 rw 0 0\nmemory /quick tmpfs rw 0 0\n")

    assert find_file_system(Path("/quick/folder"), mounts) == "tmpfs"
    assert find_file_system(Path("/quicker"), mounts) == "ext4"


def make_node_claims(stored: int, *rates: float) -> NodeClaims:
    return NodeClaims(stored=stored, claimers=1, slots=1, rates=list(rates))


@pytest.mark.parametrize(("creates", "is_met"), [(149, False), (150, True)])
def test_with_cores_enough_two_nodes_are_judged_by_what_they_create(
    creates: int, is_met: bool
) -> None:
    one, two = ([make_round(create=rate, poll=1)] for rate in (100, creates))

    assert judge_second_node(one, two, cores=8).is_met is is_met


@pytest.mark.parametrize(("seconds", "is_met"), [(1.0, True), (1.2, False)])
def test_with_few_cores_two_nodes_are_judged_by_the_processor_time_of_a_create(
    seconds: float, is_met: bool
) -> None:
    one, two = (
        [
            msgspec.structs.replace(
                each, create=msgspec.structs.replace(each.create, server_cpu_seconds=used)
            )
        ]
        for each, used in ((make_round(create=10, poll=1), used) for used in (1.0, seconds))
    )

    assert judge_second_node(one, two, cores=2).is_met is is_met


def test_processor_time_that_the_system_does_not_tell_is_not_judged() -> None:
    rounds = [make_round(create=10, poll=1)]

    assert judge_second_node(rounds, rounds, cores=2).is_met is None


def test_claims_of_a_turn_are_compared_with_those_of_the_same_turn() -> None:
    few, many = make_node_claims(10, 1.0, 10.0), make_node_claims(99, 0.9, 9.0)

    (verdict,) = judge_node_claims([few, many])

    assert verdict.is_met is True
    assert verdict.found.startswith("0.90 (rounds 0.90 to 0.90)")


def test_claims_with_one_number_of_stored_tasks_are_not_judged() -> None:
    assert [each.is_met for each in judge_node_claims([make_node_claims(10, 1.0)])] == [None]


def test_no_store_is_fuller_than_the_most_that_is_asked_for() -> None:
    scale = FULL.with_at_most(5_000)

    assert scale.stored == scale.node_stored == (1_000, 5_000)
    assert scale.claim_queue == 5_000
