"""What the sketch engine tells of its steps, at its own pace and at a slower one."""

import os
import sys

import pytest

from crash.processes import child_processes, is_alive
from kaiga.engines.sketch.engine import SketchEngine
from kaiga.ports.engine import GenerationJob, PhaseBegan, ResultMade, StepDone


def ask(task: str) -> GenerationJob:
    return GenerationJob(
        model="m",
        task=task,
        prompt="a cat",
        width_pixels=64,
        height_pixels=64,
        duration_seconds=1.0,
        frames_per_second=8.0,
    )


@pytest.mark.parametrize("task", ["text-to-image", "text-to-video"])
def test_at_a_slower_pace_the_steps_of_each_job_go_up_and_never_back(task: str):
    events = list(SketchEngine(0.04).generate([ask(task), ask(task)]))

    for index in (0, 1):
        steps = [each for each in events if isinstance(each, StepDone) and each.index == index]
        counts = [each.step for each in steps]
        assert {each.steps for each in steps} == {40}
        assert counts == sorted(counts)
        assert counts[0] == 1
        assert counts[19] == 20
        assert counts[-1] == (40 if task == "text-to-video" else 20)


def test_a_picture_at_its_own_pace_is_made_without_a_step():
    events = list(SketchEngine(0.0).generate([ask("text-to-image")]))

    assert [type(each) for each in events] == [PhaseBegan, ResultMade]


@pytest.mark.skipif(sys.platform != "linux", reason="child processes are found through /proc")
def test_an_engine_that_is_left_within_a_clip_ends_its_ffmpeg():
    before = set(child_processes(os.getpid()))
    making = SketchEngine(0.0).generate([ask("text-to-video")])
    while not isinstance(next(making), StepDone):
        pass
    at_work = set(child_processes(os.getpid())) - before

    making.close()

    assert at_work
    assert not any(is_alive(process) for process in at_work)
