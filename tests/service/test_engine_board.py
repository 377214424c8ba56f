"""Who answers a model now: the most wanted engine that is there and has not just failed it."""

import pytest

from kaiga.domain.engines import Binding, EnginePlan, EngineSpec, EngineState, Health
from kaiga.domain.tasks import AttemptCause
from kaiga.service.engines.engine_board import EngineBoard
from service.boards import Seconds, task_of

AWAY = Health(state=EngineState.AWAY, message="connection refused")


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def board(seconds: Seconds) -> EngineBoard:
    specs = [EngineSpec(name="gpu", kind="gpu"), EngineSpec(name="cloud", kind="cloud")]
    bindings = [
        Binding(model="both", engines=("gpu", "cloud")),
        Binding(model="only", engines=("gpu",)),
    ]
    return EngineBoard(EnginePlan((), specs, bindings), seconds)


def test_the_most_wanted_engine_has_the_model(board: EngineBoard):
    assert board.list_models("gpu") == {"both", "only"}
    assert board.list_models("cloud") == frozenset()


def test_an_engine_that_is_away_leaves_its_models_to_the_next(board: EngineBoard):
    board.note_health("gpu", AWAY)

    assert board.list_models("gpu") == frozenset()
    assert board.list_models("cloud") == {"both"}


def test_an_engine_that_is_back_has_them_again(board: EngineBoard):
    board.note_health("gpu", AWAY)
    board.note_health("gpu", Health())

    assert board.list_models("gpu") == {"both", "only"}
    assert board.list_models("cloud") == frozenset()


@pytest.mark.parametrize(
    "cause",
    [AttemptCause.ENGINE_CRASHED, AttemptCause.ENGINE_HUNG, AttemptCause.ENGINE_AWAY,
     AttemptCause.ENGINE_UNFIT, AttemptCause.ENGINE_OUT_OF_MEMORY],
)  # fmt: skip
def test_an_engine_that_failed_a_model_rests_from_it_for_a_minute(
    board: EngineBoard, seconds: Seconds, cause: AttemptCause
):
    board.note_end(task_of("both", "gpu"), cause)

    assert board.list_models("gpu") == {"only"}
    assert board.list_models("cloud") == {"both"}
    assert board.list_resting("gpu") == ["both"]

    seconds.now += 61
    assert board.list_models("gpu") == {"both", "only"}
    assert board.list_resting("gpu") == []


def test_a_worker_that_was_stopped_speaks_against_no_engine(board: EngineBoard):
    board.note_end(task_of("both", "gpu"), AttemptCause.WORKER_STOPPED)

    assert board.list_models("gpu") == {"both", "only"}


def test_the_only_engine_of_a_model_never_rests(board: EngineBoard):
    board.note_end(task_of("only", "gpu"), AttemptCause.ENGINE_CRASHED)

    assert "only" in board.list_models("gpu")


def test_where_all_have_failed_the_most_wanted_tries_again(board: EngineBoard):
    board.note_end(task_of("both", "gpu"), AttemptCause.ENGINE_CRASHED)
    board.note_end(task_of("both", "cloud"), AttemptCause.ENGINE_AWAY)

    assert "both" in board.list_models("gpu")


def test_who_waits_is_told_when_other_engines_answer(board: EngineBoard):
    told: list[None] = []
    board.on_change(lambda: told.append(None))

    board.note_health("gpu", AWAY)
    board.note_health("gpu", AWAY)
    board.note_end(task_of("both", "cloud"), AttemptCause.ENGINE_AWAY)

    assert len(told) == 2
