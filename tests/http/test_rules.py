"""Broken rules on `input` and `parameters`: a task that has FAILED at once, or a 400 by setting."""

from collections.abc import Iterator

import httpx
import pytest
from http_calls import TIME, create, error_of, make_order

from running import MODEL, RunningKaiga

FAULTS = [
    ({"n": 0}, "Range of n should be [1, 4]: parameters.n"),
    ({"n": 5}, "Range of n should be [1, 4]: parameters.n"),
    ({"n": "four"}, "Input should be a valid integer: parameters.n"),
    ({"n": True}, "Input should be a valid integer: parameters.n"),
    ({"n": 1.5}, "Input should be a valid integer: parameters.n"),
    ({"size": "100*100"}, "Total pixels (10000) must be between 589824 and 2073600."),
    ({"size": "1441*1440"}, "Total pixels (2075040) must be between 589824 and 2073600."),
    ({"seed": -1}, "Range of seed should be [0, 2147483647]: parameters.seed"),
    ({"seed": 2**31}, "Range of seed should be [0, 2147483647]: parameters.seed"),
    ({"watermark": "maybe"}, "Input should be a valid boolean: parameters.watermark"),
    ({"prompt_extend": 1}, "Input should be a valid boolean: parameters.prompt_extend"),
    (
        {"n": 9, "size": "10*10", "seed": -5},
        (
            "Total pixels (100) must be between 589824 and 2073600. & "
            "Range of n should be [1, 4]: parameters.n & "
            "Range of seed should be [0, 2147483647]: parameters.seed"
        ),
    ),
]
INPUTS = [
    ({}, "Field required: input.prompt"),
    ({"prompt": ""}, "Field required: input.prompt"),
    ({"prompt": None}, "Field required: input.prompt"),
    ({"prompt": 7}, "Input should be a valid string: input.prompt"),
    ({"messages": []}, "Field required: input.prompt"),
    ("a cat", "Input should be a valid dictionary: input"),
    ([], "Input should be a valid dictionary: input"),
]


@pytest.fixture(scope="module")
def strict_server(module_server) -> RunningKaiga:
    return module_server({"KAIGA_WORKERS": "0", "KAIGA_VALIDATE": "submit"})


@pytest.fixture(scope="module")
def strict_client(strict_server) -> Iterator[httpx.Client]:
    with strict_server.client() as client:
        yield client


def query(client: httpx.Client, task_id: str) -> dict[str, object]:
    response = client.get(f"/tasks/{task_id}")
    assert response.status_code == 200
    return response.json()


@pytest.mark.parametrize(("parameters", "message"), FAULTS)
def test_a_broken_rule_is_answered_pending_and_the_task_has_failed_at_once(
    client, parameters, message
):
    created = create(client, make_order(**parameters)).json()

    answer = query(client, created["output"]["task_id"])

    assert created["output"]["task_status"] == "PENDING"
    assert answer["output"]["task_status"] == "FAILED"
    assert answer["output"]["code"] == "InvalidParameter"
    assert answer["output"]["message"] == message


@pytest.mark.parametrize(("order_input", "message"), INPUTS)
def test_a_broken_input_is_answered_pending_and_the_task_has_failed_at_once(
    client, order_input, message
):
    created = create(client, {"model": MODEL, "input": order_input}).json()

    answer = query(client, created["output"]["task_id"])

    assert (answer["output"]["task_status"], answer["output"]["message"]) == ("FAILED", message)


def test_a_missing_input_fails_the_task(client):
    task_id = create(client, {"model": MODEL}).json()["output"]["task_id"]

    assert query(client, task_id)["output"]["message"] == "Field required: input.prompt"


@pytest.mark.parametrize(
    "size", ["1024x1024", "1024", "*", "1e3*1e3", "-768*-768", "９００*９００"]
)
def test_a_size_that_is_no_size_fails_the_task(client, size):
    task_id = create(client, make_order(size=size)).json()["output"]["task_id"]

    output = query(client, task_id)["output"]
    assert output["task_status"] == "FAILED"
    assert "'<width>*<height>'" in output["message"]


def test_a_shape_that_is_too_narrow_fails_the_task(client):
    task_id = create(client, make_order(size="300*2000")).json()["output"]["task_id"]

    assert "ratio" in query(client, task_id)["output"]["message"]


def test_a_failed_task_has_its_times_and_no_results_and_nothing_at_the_top(client):
    task_id = create(client, make_order(n=9)).json()["output"]["task_id"]

    answer = query(client, task_id)

    assert answer.keys() == {"request_id", "output"}
    output = answer["output"]
    assert output.keys() - {"task_metrics"} == {
        "task_id",
        "task_status",
        "submit_time",
        "scheduled_time",
        "end_time",
        "code",
        "message",
    }
    for name in ("submit_time", "scheduled_time", "end_time"):
        assert TIME.fullmatch(output[name])


def test_a_task_that_has_failed_can_not_be_cancelled(client):
    task_id = create(client, make_order(n=9)).json()["output"]["task_id"]

    assert client.post(f"/tasks/{task_id}/cancel").status_code == 400


@pytest.mark.parametrize("size", ["768*768", "1440*1440", "768*2700", "2700*768", "385*1535"])
def test_sizes_on_and_within_the_bounds_are_taken(client, size):
    task_id = create(client, make_order(size=size)).json()["output"]["task_id"]

    assert query(client, task_id)["output"]["task_status"] == "PENDING"


@pytest.mark.parametrize(("parameters", "message"), FAULTS)
def test_by_setting_a_broken_rule_is_refused_at_the_post(strict_client, parameters, message):
    response = create(strict_client, make_order(**parameters))

    assert error_of(response) == (400, "InvalidParameter", message)


def test_by_setting_a_refused_order_makes_no_task(strict_client):
    create(strict_client, make_order(n=9))

    assert strict_client.get("/tasks").json()["total"] == 0


def test_rules_do_not_come_before_the_model_and_the_header(client):
    order = {**make_order(n=9), "model": "no-such-model"}

    assert error_of(create(client, order))[2] == "Model not exist."
