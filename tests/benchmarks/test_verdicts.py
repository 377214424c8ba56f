from pathlib import Path

import pytest
from harness.load import Kind, Outcome
from harness.machine import find_file_system
from harness.rounds import Plan, Round, find_count_problems
from harness.start import StartMeasurement
from harness.verdicts import MEBIBYTE, judge_rates, judge_starts, make_ratio, make_share_of_hello

PLAN = Plan(rounds=1, warm_up_seconds=1, measured_seconds=1, connections=64, seeded_tasks=1)


def make_outcome(rate: int) -> Outcome:
    return Outcome(
        requests=rate,
        seconds=1.0,
        bad_answers=0,
        socket_errors=0,
        p50_milliseconds=1.0,
        p99_milliseconds=1.0,
    )


def make_round(*, hello: int = 1000, create: int, poll: int) -> Round:
    return Round(
        hello=make_outcome(hello),
        create=make_outcome(create),
        poll=make_outcome(poll),
        tasks_answered=0,
        tasks_counted=0,
        painted=0,
        problems=[],
    )


def make_start(ready_seconds: float, pss_bytes: int | None) -> StartMeasurement:
    return StartMeasurement(
        ready_seconds=ready_seconds,
        processes=1,
        pss_bytes=pss_bytes,
        rss_bytes=pss_bytes,
        memory_problem=None if pss_bytes else "no account here",
    )


def test_the_faster_of_two_peers_counts_for_each_target_by_itself() -> None:
    ours = [make_round(create=1000, poll=1000)]
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


def test_the_share_is_of_the_same_servers_hello() -> None:
    assert make_share_of_hello([make_round(hello=200, create=50, poll=1)], Kind.CREATE) == 0.25


def test_a_start_is_judged_by_its_median_so_one_slow_start_does_not_miss() -> None:
    starts = [make_start(seconds, 50 * MEBIBYTE) for seconds in (0.5, 0.6, 9.0)]

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
    assert (find_count_problems(100, counted, PLAN) == []) is is_valid


def test_the_file_system_is_that_of_the_nearest_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("disk / ext4 rw 0 0\nmemory /quick tmpfs rw 0 0\n")

    assert find_file_system(Path("/quick/folder"), mounts) == "tmpfs"
    assert find_file_system(Path("/quicker"), mounts) == "ext4"
