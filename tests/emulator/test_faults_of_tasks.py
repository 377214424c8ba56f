"""Tasks whose fate is a fault: what a client sees of them when it asks."""

import httpx
import pytest
from controlling import Tester

from running import CREATE, MODEL, wait_until

OUTPUT = "Output data may contain inappropriate content."


@pytest.mark.parametrize(
    ("kind", "values", "code", "message"),
    [
        ("task-failed", {}, "InternalError.Algo", "inference internal error."),
        (
            "task-failed",
            {"code": "InvalidImage.NoHumanFace", "message": "No human face detected."},
            "InvalidImage.NoHumanFace",
            "No human face detected.",
        ),
        ("task-inspection", {}, "DataInspectionFailed", OUTPUT),
    ],
)
def test_a_task_can_fail_with_any_code(
    tester: Tester, kind: str, values: dict[str, str], code: str, message: str
):
    tester.fault(kind, **values, times=1)

    failed, usual = tester.end(), tester.end()

    assert failed["task_status"] == "FAILED"
    assert (failed["code"], failed["message"]) == (code, message)
    assert "results" not in failed
    assert usual["task_status"] == "SUCCEEDED"


def test_one_of_several_results_can_fail_the_content_check(tester: Tester):
    tester.fault("result-inspection", result=1)

    output = tester.end(n=3)

    assert output["task_status"] == "SUCCEEDED"
    assert output["results"][1] == {"code": "DataInspectionFailed", "message": OUTPUT}
    assert output["task_metrics"] == {"TOTAL": 3, "SUCCEEDED": 2, "FAILED": 1}
    for index in (0, 2):
        assert httpx.get(output["results"][index]["url"]).status_code == 200


def test_the_only_result_failing_fails_the_task(tester: Tester):
    tester.fault("result-inspection")

    output = tester.end(n=1)

    assert (output["task_status"], output["code"]) == ("FAILED", "DataInspectionFailed")


@pytest.mark.parametrize(
    ("kind", "status"), [("stuck-pending", "PENDING"), ("stuck-running", "RUNNING")]
)
def test_a_task_can_be_stuck_while_the_next_gets_on(tester: Tester, kind: str, status: str):
    tester.fault(kind, nth=1)

    stuck = tester.submit()
    usual = tester.end()

    assert usual["task_status"] == "SUCCEEDED"
    wait_until(lambda: tester.query(stuck)["task_status"] == status, f"it is {status}")
    tester.control("PATCH", "clock", json={"advance_seconds": 3600})
    assert tester.query(stuck)["task_status"] == status


def test_a_task_stuck_in_pending_can_be_canceled(tester: Tester):
    tester.fault("stuck-pending")
    task = tester.submit()

    assert tester.api.post(f"/tasks/{task}/cancel").status_code == 200
    assert tester.query(task)["task_status"] == "CANCELED"


def test_a_fault_of_another_model_leaves_a_task_alone(tester: Tester):
    tester.fault("task-failed", model="wan2.2-t2i-flash")

    assert tester.end()["task_status"] == "SUCCEEDED"


def test_a_synchronous_call_is_told_the_fate_of_its_task(tester: Tester):
    tester.fault("task-inspection", model="qwen-image-plus")
    order = {
        "model": "qwen-image-plus",
        "input": {"messages": [{"role": "user", "content": [{"text": "a cat"}]}]},
    }

    path = "/services/aigc/multimodal-generation/generation"
    answer = tester.api.post(path, json=order)

    assert answer.status_code == 400
    assert answer.json()["code"] == "DataInspectionFailed"


def test_moderation_meets_a_client_in_all_its_places(tester: Tester):
    tester.control("POST", "faults/plans/moderation")

    assert tester.create().json()["code"] == "DataInspectionFailed"
    assert tester.end()["code"] == "DataInspectionFailed"
    assert tester.end(n=2)["results"][0]["code"] == "DataInspectionFailed"
    assert tester.end(n=2)["task_metrics"]["FAILED"] == 0


def test_an_order_that_breaks_a_rule_fails_by_the_rule(tester: Tester):
    tester.fault("task-failed")
    order = {"model": MODEL, "input": {"prompt": "a cat"}, "parameters": {"size": "1*1"}}

    made = tester.api.post(CREATE, json=order, headers={"X-DashScope-Async": "enable"}).json()

    assert tester.query(made["output"]["task_id"])["code"] == "InvalidParameter"
