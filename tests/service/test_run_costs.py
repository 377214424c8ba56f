"""Measured costs: what they are told for, from how many on, and how they follow a change."""

from datetime import datetime, timedelta

import pytest
from msgspec import structs

from domain.samples import MODEL, OTHER_MODEL, START, after, make_generation, make_task
from kaiga.domain.tasks import Task
from kaiga.service.standing.run_costs import RunCosts


def make_run(model: str = MODEL, **changes: object) -> Task:
    task = make_task(0, catalogue_model=model)
    return structs.replace(task, generation=make_generation(**changes), scheduled_at=START)


def record(costs: RunCosts, seconds: float, times: int = 1, task: Task | None = None) -> None:
    for _ in range(times):
        costs.record(task or make_run(), after(seconds * 1000))


def test_less_than_three_measurements_tell_nothing():
    costs = RunCosts()
    record(costs, 4, times=2)

    assert costs.find_seconds(make_run()) is None
    assert costs.find_mean_seconds(MODEL) is None


def test_the_third_measurement_gives_the_mean():
    costs = RunCosts()
    for seconds in (3, 4, 8):
        record(costs, seconds)

    assert costs.find_seconds(make_run()) == pytest.approx(5)
    assert costs.find_mean_seconds(MODEL) == pytest.approx(5)


@pytest.mark.parametrize(
    "changes",
    [
        {"width_pixels": 1024},
        {"height_pixels": 512},
        {"count": 2},
        {"duration_seconds": 10.0},
        {"options": {"resolution": "1080P"}},
        {"options": {"steps": 50}},
    ],
)
def test_a_task_of_another_shape_is_another_cost(changes: dict[str, object]):
    costs = RunCosts()
    record(costs, 4, times=3)

    assert costs.find_seconds(make_run(**changes)) is None
    assert costs.find_mean_seconds(MODEL) == pytest.approx(4)


def test_prompts_and_seeds_are_no_shape():
    costs = RunCosts()
    record(costs, 4, times=3)

    assert costs.find_seconds(make_run(prompt="a dog", seed=9)) == pytest.approx(4)


def test_another_model_is_another_cost():
    costs = RunCosts()
    record(costs, 4, times=3)

    assert costs.find_seconds(make_run(OTHER_MODEL)) is None
    assert costs.find_mean_seconds(OTHER_MODEL) is None


def test_what_was_measured_long_ago_weighs_less_and_less():
    costs = RunCosts()
    record(costs, 100, times=1000)
    record(costs, 1, times=100)

    assert costs.find_seconds(make_run()) == pytest.approx(1, abs=1)


@pytest.mark.parametrize("ended_at", [START - timedelta(seconds=9), START])
def test_a_calendar_that_was_set_back_makes_no_cost_negative(ended_at: datetime):
    costs = RunCosts()
    for _ in range(3):
        costs.record(make_run(), ended_at)

    assert costs.find_seconds(make_run()) == 0


def test_what_others_have_measured_is_told_where_nothing_was_measured_here():
    here, one, other = RunCosts(), RunCosts(), RunCosts()
    record(one, 4, times=2)
    record(other, 8, times=2)

    here.hear(one.list_latest())
    assert here.find_seconds(make_run()) is None
    here.hear([*one.list_latest(), *other.list_latest()])

    assert here.find_seconds(make_run()) == pytest.approx(6)
    assert here.find_mean_seconds(MODEL) == pytest.approx(6)


def test_what_was_measured_here_counts_before_what_others_say():
    here, other = RunCosts(), RunCosts()
    record(here, 4, times=3)
    record(other, 8, times=9)

    here.hear(other.list_latest())

    assert here.find_seconds(make_run()) == pytest.approx(4)


def test_what_a_worker_has_told_stands_after_it_has_gone():
    here, other = RunCosts(), RunCosts()
    record(other, 4, times=3)

    here.hear(other.list_latest())
    here.hear([])

    assert here.find_seconds(make_run()) == pytest.approx(4)


def test_the_costs_that_were_measured_last_are_told():
    costs = RunCosts()
    for width_pixels in range(512, 1024, 8):
        record(costs, 4, task=make_run(width_pixels=width_pixels))

    told = [cost.shape for cost in costs.list_latest()]

    assert (MODEL,) in told
    assert {shape[1] for shape in told if len(shape) > 1} == set(range(776, 1024, 8))
