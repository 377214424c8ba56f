"""How long tasks wait and run, as clients of one emulator see it; each has a key of its own."""

from datetime import datetime
from typing import Any

from clients.programs import run_program
from emulator.driving import CLIP_CREATE, control, order, status_of
from kaiga.compose.pacing import DUE_HOLD_SECONDS
from running import MODEL, RunningKaiga, wait_until

CLIP = "wan2.5-t2v-preview"
LONG = 3600.0


def times_of(output: dict[str, Any]) -> list[datetime]:
    names = ("submit_time", "scheduled_time", "end_time")
    return [datetime.fromisoformat(output[name]) for name in names]


def test_a_task_has_ended_at_its_first_poll(emulator: RunningKaiga):
    with emulator.client("sk-at-once") as client:
        task = emulator.submit(client)

        assert status_of(client, task) == "SUCCEEDED"


def test_the_sdk_has_the_end_at_its_first_poll_and_never_sleeps(emulator: RunningKaiga):
    report = run_program("calling_at_once", emulator)

    assert report["called"]["status"] == "SUCCEEDED"
    assert report["naps"] == []


def test_polls_of_a_task_that_its_pace_keeps_are_not_held(emulator: RunningKaiga):
    with emulator.client("sk-not-held") as client:
        control(emulator, client, "PUT", "pace", default={"running_seconds": LONG})
        task = emulator.submit(client)
        client.timeout = DUE_HOLD_SECONDS / 2

        assert [status_of(client, task) in {"PENDING", "RUNNING"} for _ in range(3)] == [True] * 3


def test_a_clip_has_ended_at_its_first_poll_though_it_takes_long_to_draw(emulator: RunningKaiga):
    with emulator.client("sk-at-once-clip") as client:
        wanted = {"model": CLIP, "input": {"prompt": "a kite"}, "parameters": {"duration": 10}}
        task = order(client, wanted, CLIP_CREATE)

        output = client.get(f"/tasks/{task}").json()["output"]
        assert output["task_status"] == "SUCCEEDED"
        assert ".mp4?" in output["video_url"]


def test_a_frozen_clock_holds_a_task_in_each_state_until_it_is_moved(emulator: RunningKaiga):
    with emulator.client("sk-frozen") as client:
        control(emulator, client, "PATCH", "clock", frozen=True)
        pace = {"pending_seconds": 20, "running_seconds": 40}
        control(emulator, client, "PUT", "pace", default=pace)
        task = emulator.submit(client)
        assert status_of(client, task) == "PENDING"

        control(emulator, client, "PATCH", "clock", advance_seconds=20)
        wait_until(lambda: status_of(client, task) == "RUNNING", "it runs")
        control(emulator, client, "PATCH", "clock", advance_seconds=39)
        assert status_of(client, task) == "RUNNING"
        control(emulator, client, "PATCH", "clock", advance_seconds=1)
        output = emulator.wait_for_end(client, task)["output"]

        submitted, scheduled, ended = times_of(output)
        assert output["task_status"] == "SUCCEEDED"
        assert (scheduled - submitted).total_seconds() == 20
        assert (ended - submitted).total_seconds() == 60


def test_a_task_that_a_clock_passes_has_ended_when_it_was_to(emulator: RunningKaiga):
    with emulator.client("sk-passed") as client:
        pace = {"pending_seconds": 20, "running_seconds": 40}
        control(emulator, client, "PUT", "pace", default=pace)
        task = emulator.submit(client)

        control(emulator, client, "PATCH", "clock", advance_seconds=LONG)
        output = emulator.wait_for_end(client, task)["output"]

        submitted, scheduled, ended = times_of(output)
        assert (scheduled - submitted).total_seconds() == 20
        assert (ended - submitted).total_seconds() == 60


def test_each_model_has_its_pace_and_a_jitter_that_comes_from_the_seed(emulator: RunningKaiga):
    with emulator.client("sk-models") as client:
        control(emulator, client, "PATCH", "clock", frozen=True)
        slow = {"running_seconds": 100, "jitter": 0.5}
        control(emulator, client, "PUT", "pace", models={MODEL: slow})
        slow_tasks = [emulator.submit(client, seed=seed) for seed in (1, 2, 1)]
        quick = order(client, {"model": "wan2.2-t2i-flash", "input": {"prompt": "a cat"}})

        assert status_of(client, quick) == "SUCCEEDED"
        assert {status_of(client, task) for task in slow_tasks} <= {"PENDING", "RUNNING"}
        control(emulator, client, "PATCH", "clock", advance_seconds=200)
        took = []
        for task in slow_tasks:
            submitted, _, ended = times_of(emulator.wait_for_end(client, task)["output"])
            took.append((ended - submitted).total_seconds())
        assert took[0] == took[2] != took[1]
        assert all(50 <= seconds <= 150 for seconds in took)


def test_a_task_keeps_the_pace_of_its_submission(emulator: RunningKaiga):
    with emulator.client("sk-keeps") as client:
        control(emulator, client, "PUT", "pace", default={"running_seconds": LONG})
        slow = emulator.submit(client)
        control(emulator, client, "DELETE", "pace")

        assert status_of(client, emulator.submit(client)) == "SUCCEEDED"
        assert status_of(client, slow) in {"PENDING", "RUNNING"}


def test_what_is_set_is_shown_and_aliases_are_told_by_their_models(emulator: RunningKaiga):
    with emulator.client("sk-shown") as client:
        fast = {"pending_seconds": 1, "running_seconds": 2, "jitter": 0.1}
        control(emulator, client, "PUT", "pace", models={"wanx2.1-t2i-turbo": fast})

        shown = control(emulator, client, "GET", "pace")
        assert shown["default"] == {"pending_seconds": 0, "running_seconds": 0, "jitter": 0}
        assert shown["models"] == {"wanx2.1-t2i-turbo": fast}
        assert control(emulator, client, "DELETE", "pace")["models"] == {}


def test_a_pace_that_is_none_is_refused_and_changes_nothing(emulator: RunningKaiga):
    with emulator.client("sk-none") as client:
        control(emulator, client, "PUT", "pace", default={"running_seconds": 5})
        for body, named in (
            ({"default": {"running_seconds": -1}}, "running_seconds"),
            ({"default": {"jitter": 1.5}}, "jitter"),
            ({"default": {"running": 1}}, "running"),
            ({"models": {"no-such-model": {}}}, "no-such-model"),
        ):
            answer = client.put(f"{emulator.base_url}/kaiga/v1/emulator/pace", json=body)

            assert answer.status_code == 400
            assert named in answer.json()["message"]
        assert control(emulator, client, "GET", "pace")["default"]["running_seconds"] == 5


def test_another_account_goes_at_its_own_pace(emulator: RunningKaiga):
    with emulator.client("sk-slow") as slow, emulator.client("sk-quick") as quick:
        control(emulator, slow, "PUT", "pace", default={"running_seconds": LONG})

        assert status_of(quick, emulator.submit(quick)) == "SUCCEEDED"
        assert status_of(slow, emulator.submit(slow)) != "SUCCEEDED"


def test_a_task_that_waits_is_canceled_by_the_contract_and_never_runs(emulator: RunningKaiga):
    with emulator.client("sk-cancel") as client:
        control(emulator, client, "PUT", "pace", default={"pending_seconds": LONG})
        task = emulator.submit(client)

        assert client.post(f"/tasks/{task}/cancel").status_code == 200
        control(emulator, client, "PATCH", "clock", advance_seconds=2 * LONG)
        assert status_of(client, emulator.submit(client)) in {"PENDING", "SUCCEEDED"}
        assert status_of(client, task) == "CANCELED"


def test_a_task_that_runs_is_canceled_by_the_route_for_that(emulator: RunningKaiga):
    with emulator.client("sk-stop") as client:
        control(emulator, client, "PUT", "pace", default={"running_seconds": LONG})
        task = emulator.submit(client)
        wait_until(lambda: status_of(client, task) == "RUNNING", "it runs")

        refused = client.post(f"/tasks/{task}/cancel")
        client.post(f"{emulator.base_url}/kaiga/v1/tasks/{task}/cancel")

        assert refused.status_code == 400
        assert emulator.wait_for_end(client, task)["output"]["task_status"] == "CANCELED"


def test_a_synchronous_call_is_answered_with_its_result(emulator: RunningKaiga):
    with emulator.client("sk-sync") as client:
        order = {
            "model": "qwen-image",
            "input": {"messages": [{"role": "user", "content": [{"text": "a cat"}]}]},
        }
        answer = client.post("/services/aigc/multimodal-generation/generation", json=order)

        content = answer.json()["output"]["choices"][0]["message"]["content"]
        assert client.get(content[0]["image"]).content.startswith(b"\x89PNG")
