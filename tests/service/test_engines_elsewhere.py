"""Who answers a model where several processes run engines."""

from collections.abc import Mapping

import pytest

from kaiga.domain.engines import Binding, EnginePlan, EngineSpec, EngineState, Health
from kaiga.domain.tasks import AttemptCause
from kaiga.ports.roster import EngineReport, Member
from kaiga.service.engines.engine_board import EngineBoard
from service.boards import Seconds, task_of

AWAY = EngineReport(health=Health(state=EngineState.AWAY, message="connection refused"))
READY = EngineReport()
PLAN = EnginePlan(
    (),
    [EngineSpec(name="gpu", kind="gpu"), EngineSpec(name="cloud", kind="cloud")],
    [
        Binding(model="both", engines=("gpu", "cloud")),
        Binding(model="only", engines=("gpu",)),
    ],
)


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def board_of(seconds: Seconds, *engines: str, models: frozenset[str] | None = None) -> EngineBoard:
    board = EngineBoard(PLAN, seconds)
    board.keep_to(engines, models)
    return board


def member(engines: Mapping[str, EngineReport], *models: str, host: str = "m1") -> Member:
    return Member(
        id=host, kind="worker", host=host, version="1", engines=engines, models=models, slots=1,
        running=0,
    )  # fmt: skip


def test_a_worker_of_the_cloud_takes_over_what_no_gpu_elsewhere_can(seconds: Seconds):
    cloud = board_of(seconds, "cloud")

    cloud.hear([member({"gpu": READY})])
    assert cloud.list_models("cloud") == frozenset()

    cloud.hear([member({"gpu": AWAY})])
    assert cloud.list_models("cloud") == {"both"}


def test_one_gpu_of_two_that_is_away_hands_nothing_to_the_cloud(seconds: Seconds):
    one_is_away = [member({"gpu": AWAY}), member({"gpu": READY}, host="m2")]
    cloud, everything = board_of(seconds, "cloud"), board_of(seconds, "gpu", "cloud")
    everything.note_health("gpu", AWAY.health)

    cloud.hear(one_is_away)
    everything.hear(one_is_away)

    assert cloud.list_models("cloud") == frozenset()
    assert everything.list_models("gpu") == frozenset()
    assert everything.list_models("cloud") == frozenset()


def test_a_gpu_that_failed_a_model_leaves_it_to_other_gpus_and_then_to_the_cloud(seconds: Seconds):
    failing, cloud = board_of(seconds, "gpu"), board_of(seconds, "cloud")
    failing.note_end(task_of("both", "gpu"), AttemptCause.ENGINE_UNFIT)
    told = member(failing.report())
    fit = member({"gpu": READY}, host="m2")

    failing.hear([fit])
    cloud.hear([told, fit])
    assert failing.list_models("gpu") == {"only"}
    assert cloud.list_models("cloud") == frozenset()

    failing.hear([member({"cloud": READY})])
    cloud.hear([told])
    assert failing.list_models("gpu") == {"only"}
    assert cloud.list_models("cloud") == {"both"}
    assert cloud.list_resting("gpu") == ["both"]


def test_a_gpu_that_failed_a_model_tries_again_where_nobody_else_can(seconds: Seconds):
    failing = board_of(seconds, "gpu")
    failing.note_end(task_of("both", "gpu"), AttemptCause.ENGINE_UNFIT)

    failing.hear([member({"cloud": AWAY})])

    assert failing.list_models("gpu") == {"both", "only"}


def test_an_engine_that_nobody_runs_any_more_keeps_its_models_for_half_a_minute(seconds: Seconds):
    cloud = board_of(seconds, "cloud")
    seconds.now += 100
    cloud.hear([member({"gpu": READY})])

    cloud.hear([])
    seconds.now += 29
    assert cloud.list_models("cloud") == frozenset()
    assert cloud.list_health()["gpu"].state is EngineState.READY

    seconds.now += 2
    assert cloud.list_models("cloud") == {"both"}
    assert cloud.list_health()["gpu"] == Health(state=EngineState.AWAY, message="nobody runs it")


def test_who_has_just_begun_waits_for_an_engine_that_it_has_not_heard_of(seconds: Seconds):
    cloud = board_of(seconds, "cloud")
    cloud.hear([])

    assert cloud.list_models("cloud") == frozenset()
    seconds.now += 31
    assert cloud.list_models("cloud") == {"both"}


def test_a_worker_of_one_model_runs_the_engine_for_no_other(seconds: Seconds):
    cloud = board_of(seconds, "cloud")
    picky = board_of(seconds, "gpu", models=frozenset({"only"}))
    seconds.now += 31

    cloud.hear([member(picky.report(), "only")])

    assert picky.list_models("gpu") == {"only"}
    assert cloud.list_models("cloud") == {"both"}


def test_a_node_that_runs_nothing_tells_how_engines_are_elsewhere(seconds: Seconds):
    node = board_of(seconds)
    loading = EngineReport(health=Health(loaded=("only",), loading={"both": 0.4}))

    node.hear([member({"gpu": AWAY, "cloud": AWAY}), member({"gpu": loading}, host="m2")])

    assert node.list_health()["gpu"] == Health(
        message="m1: connection refused", loaded=("only",), loading={"both": 0.4}
    )
    assert node.list_health()["cloud"] == Health(
        state=EngineState.AWAY, message="m1: connection refused"
    )
    assert node.find_loading("both") == 0.4


def test_who_waits_is_told_only_when_others_can_do_other_things(seconds: Seconds):
    board = board_of(seconds, "cloud")
    told: list[None] = []
    board.on_change(lambda: told.append(None))

    board.hear([member({"gpu": READY})])
    board.hear([member({"gpu": EngineReport(health=Health(loading={"both": 0.4}))})])
    board.hear([member({"gpu": AWAY})])

    assert len(told) == 2
