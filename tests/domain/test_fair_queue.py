"""Whose task is next: shares of work between accounts, turns between an account's models."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import SetPolicy
from kaiga.domain.fair_queue import FairQueue
from kaiga.domain.ids import AccountId, Lane

PICTURES, CLIPS = "pictures", "clips"
MODELS = frozenset({PICTURES, CLIPS})


def lane(account: str, model: str = PICTURES) -> Lane:
    return Lane(AccountId(account), model)


def take(queue: FairQueue, work: float = 1.0, models: frozenset[str] = MODELS) -> Lane:
    """Claim one task of whoever is next."""
    chosen = queue.choose(models)
    assert chosen is not None
    queue.charge(chosen, work)
    return chosen


def take_accounts(queue: FairQueue, times: int, work: float = 1.0) -> Counter[str]:
    return Counter(take(queue, work).account for _ in range(times))


def make_queue(*lanes: Lane, policy: SetPolicy | None = None) -> FairQueue:
    queue = FairQueue(policy or SetPolicy())
    for each in lanes:
        queue.arrive(each)
    return queue


def test_accounts_take_turns_however_long_their_queues_are():
    queue = make_queue(lane("a"), lane("b"), lane("c"))

    assert [take(queue).account for _ in range(6)] == ["a", "b", "c", "a", "b", "c"]


def test_an_account_that_comes_late_is_next_and_not_first_for_ever():
    queue = make_queue(lane("flood"))
    take_accounts(queue, 1000)

    queue.arrive(lane("late"))

    assert take(queue).account == "late"
    assert take_accounts(queue, 100) == {"flood": 50, "late": 50}


def test_who_was_away_gains_nothing_by_it_and_loses_nothing():
    queue = make_queue(lane("a"), lane("b"))
    take_accounts(queue, 10)
    queue.mark_empty(lane("b"))
    take_accounts(queue, 500)

    queue.arrive(lane("b"))

    found = take_accounts(queue, 20)
    assert abs(found["a"] - found["b"]) <= 1


def test_shares_are_of_work_and_not_of_tasks():
    queue = make_queue(lane("films"), lane("paints"))
    done: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for _ in range(1010):
        chosen = queue.choose(MODELS)
        assert chosen is not None
        work = 100.0 if chosen.account == "films" else 1.0
        queue.charge(chosen, work)
        done[chosen.account] += int(work)
        taken[chosen.account] += 1

    assert abs(done["films"] - done["paints"]) <= 100
    assert taken["paints"] > 50 * taken["films"]


def test_a_weight_of_three_gets_three_times_the_work():
    queue = make_queue(lane("a"), lane("b"), policy=SetPolicy(weights={"a": 3.0}))

    assert take_accounts(queue, 400) == {"a": 300, "b": 100}


def test_the_models_of_one_account_take_turns_and_count_as_one():
    queue = make_queue(lane("a"), lane("a", CLIPS), lane("b"))

    taken = Counter(take(queue) for _ in range(40))

    assert taken == {lane("a"): 10, lane("a", CLIPS): 10, lane("b"): 20}


def test_a_lane_at_its_limit_is_passed_over_until_a_task_of_it_ends():
    policy = SetPolicy(limits={lane("a"): 2})
    queue = make_queue(lane("a"), policy=policy)
    take(queue)
    take(queue)
    assert queue.choose(MODELS) is None

    queue.free(lane("a"))

    assert take(queue) == lane("a")
    assert queue.choose(MODELS) is None


def test_a_task_that_arrives_in_a_full_lane_waits_for_room():
    queue = make_queue(lane("a"), policy=SetPolicy(limits={lane("a"): 1}))
    take(queue)
    queue.arrive(lane("a"))
    assert queue.choose(MODELS) is None

    queue.free(lane("a"))

    assert take(queue) == lane("a")


def test_a_limit_of_one_model_does_not_hold_up_the_account_s_others():
    queue = make_queue(lane("a"), lane("a", CLIPS), policy=SetPolicy(limits={lane("a"): 1}))

    assert Counter(take(queue) for _ in range(10)) == {lane("a"): 1, lane("a", CLIPS): 9}


def test_a_limit_that_is_raised_or_lowered_counts_from_the_next_choice():
    policy = SetPolicy(limits={lane("a"): 1})
    queue = make_queue(lane("a"), policy=policy)
    take(queue)
    assert queue.choose(MODELS) is None

    policy.limits, policy.version = {lane("a"): 2}, 1
    assert take(queue) == lane("a")
    policy.limits, policy.version = {}, 2
    take(queue)
    take(queue)
    policy.limits, policy.version = {lane("a"): 3}, 3
    assert queue.choose(MODELS) is None


def test_only_the_models_asked_for_are_chosen_and_the_others_keep_their_place():
    queue = make_queue(lane("a", CLIPS), lane("b"))

    assert take(queue, models=frozenset({PICTURES})) == lane("b")
    assert queue.choose(frozenset()) is None
    assert take(queue) == lane("a", CLIPS)


def test_an_empty_lane_leaves_the_order():
    queue = make_queue(lane("a"), lane("b"))
    assert queue.choose(MODELS) == lane("a")

    queue.mark_empty(lane("a"))

    assert [take(queue).account for _ in range(3)] == ["b", "b", "b"]


def test_a_new_start_knows_what_waits_and_what_runs():
    queue = make_queue(lane("gone"), policy=SetPolicy(limits={lane("a"): 1}))

    queue.restart([lane("a"), lane("b")], {lane("a"): 1})

    assert take_accounts(queue, 3) == {"b": 3}
    queue.free(lane("a"))
    assert take(queue).account == "a"


@given(
    st.lists(
        st.tuples(st.sampled_from(["arrive", "take", "free"]), st.sampled_from("abc")),
        max_size=200,
    ),
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 3)),
)
def test_no_waiting_lane_with_room_is_ever_forgotten(
    steps: list[tuple[str, str]], limits: dict[str, int]
):
    queue = FairQueue(SetPolicy(limits={lane(name): limit for name, limit in limits.items()}))
    waiting: Counter[str] = Counter()
    running: Counter[str] = Counter()
    for step, name in steps:
        if step == "arrive":
            waiting[name] += 1
            queue.arrive(lane(name))
        elif step == "free" and running[name]:
            running[name] -= 1
            queue.free(lane(name))
        elif step == "take":
            eligible = {
                each for each in "abc" if waiting[each] and running[each] < limits.get(each, 99)
            }
            chosen = queue.choose(MODELS)
            while chosen is not None and not waiting[chosen.account]:
                queue.mark_empty(chosen)
                chosen = queue.choose(MODELS)
            assert (chosen is not None) == bool(eligible)
            if chosen is not None:
                assert chosen.account in eligible
                queue.charge(chosen, 1.0)
                waiting[chosen.account] -= 1
                running[chosen.account] += 1


@pytest.mark.parametrize("accounts", [2, 5, 50])
def test_a_flood_delays_the_next_task_of_another_by_one_task_alone(accounts: int):
    """Between two tasks of an account with something to do, each other has one turn at most."""
    names = [f"account-{number}" for number in range(accounts)]
    queue = make_queue(*(lane(name) for name in names))

    turns = [take(queue).account for _ in range(accounts * 20)]

    for name in names:
        places = [place for place, turn in enumerate(turns) if turn == name]
        assert all(later - sooner <= accounts for sooner, later in pairwise(places))
