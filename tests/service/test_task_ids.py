"""Ids as submissions draw them."""

from domain.samples import START
from kaiga.domain.ids import made_at
from kaiga.service.submitting.task_ids import TaskIds


def test_ids_drawn_in_one_millisecond_differ_over_many_draws_of_randomness():
    task_ids = TaskIds()

    drawn = [task_ids.draw(START) for _ in range(2000)]

    assert len(set(drawn)) == 2000
    assert {made_at(task_id) for task_id in drawn} == {START}


def test_two_sources_never_draw_the_same_ids():
    first, second = TaskIds(), TaskIds()

    assert not {first.draw(START) for _ in range(600)} & {second.draw(START) for _ in range(600)}
