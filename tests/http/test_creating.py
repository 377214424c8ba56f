"""The create call: what it answers, and what it refuses before it looks at the order."""

import json
from uuid import UUID

import httpx
import pytest
from http_calls import (
    CREATE_PATH,
    ENABLE,
    JSON,
    RawConnection,
    create,
    error_of,
    is_request_id,
    make_order,
)

from running import CREATE, MODEL, RunningKaiga

SYNCHRONOUS = (403, "AccessDenied", "current user api does not support synchronous calls.")
NO_KEY = (401, "InvalidApiKey", "No API-key provided.")
WRONG_KEY = (401, "InvalidApiKey", "Invalid API-key provided.")


def test_a_create_answers_200_with_exactly_a_pending_task_and_a_request_id(client):
    response = create(client, make_order())

    answer = response.json()
    assert response.status_code == 200
    assert answer.keys() == {"output", "request_id"}
    assert answer["output"].keys() == {"task_id", "task_status"}
    assert answer["output"]["task_status"] == "PENDING"
    assert UUID(answer["output"]["task_id"]).version == 7
    assert is_request_id(answer["request_id"])


def test_a_create_answer_is_json_and_names_the_request_and_the_engine(client):
    response = create(client, make_order())

    assert response.headers["content-type"] == JSON
    assert response.headers["x-request-id"] == response.json()["request_id"]
    assert response.headers["x-kaiga-engine"] == "sketch"


@pytest.mark.parametrize("slashes", ["/", "//"])
def test_slashes_after_the_create_path_are_no_redirect(client, slashes):
    response = client.post(CREATE + slashes, json=make_order(), headers=ENABLE)

    assert response.status_code == 200


def test_the_same_body_twice_makes_two_tasks(client):
    ids = {create(client, make_order()).json()["output"]["task_id"] for _ in range(2)}

    assert len(ids) == 2


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-DashScope-Async": "disable"}, {"X-DashScope-Async": ""}, {"X-DashScope-Async": "no"}],
)
def test_without_the_async_header_the_call_is_refused_as_synchronous(client, headers):
    response = client.post(CREATE, json=make_order(), headers=headers)

    assert error_of(response) == SYNCHRONOUS


@pytest.mark.parametrize("name", ["x-dashscope-async", "X-DASHSCOPE-ASYNC"])
def test_the_async_header_is_read_in_any_case(client, name):
    response = client.post(CREATE, json=make_order(), headers={name: "Enable"})

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("authorization", "refusal"),
    [
        (None, NO_KEY),
        ("", NO_KEY),
        ("Bearer", NO_KEY),
        ("Bearer sk-wrong", WRONG_KEY),
        ("Basic dXNlcjpwYXNz", WRONG_KEY),
        ("sk-0123456789abcdef0123456789abcdef", WRONG_KEY),
        ("Bearer sk-0123456789abcdef0123456789abcdef extra", WRONG_KEY),
        (b"Bearer \xff\xfe", WRONG_KEY),
        ("Bearer " + "x" * 10_000, WRONG_KEY),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", CREATE),
        ("GET", "/tasks"),
        ("GET", "/tasks/some-task"),
        ("POST", "/tasks/some-task/cancel"),
    ],
)
def test_nothing_is_answered_without_a_good_key(idle_server, authorization, refusal, method, path):
    headers = {} if authorization is None else {"Authorization": authorization}

    response = httpx.request(method, idle_server.api_url + path, headers={**ENABLE, **headers})

    assert error_of(response) == refusal


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_of_the_key_is_read_in_any_case(idle_server: RunningKaiga, scheme):
    headers = {"Authorization": f"{scheme} {idle_server.key}"}

    response = httpx.get(f"{idle_server.api_url}/tasks", headers=headers)

    assert response.status_code == 200


def test_a_wrong_key_is_refused_before_the_body_is_sent(idle_server):
    with RawConnection(idle_server) as connection:
        connection.begin({"Authorization": "Bearer sk-wrong", "Content-Length": "60000000000"})

        status, _, body = connection.read_answer()

    assert status == 401
    assert json.loads(body)["code"] == "InvalidApiKey"


def test_a_client_that_asks_before_sending_is_not_told_to_go_on_with_a_wrong_key(idle_server):
    with RawConnection(idle_server) as connection:
        connection.begin(
            {
                "Authorization": "Bearer sk-wrong",
                "Content-Length": "100",
                "Expect": "100-continue",
            }
        )

        status, _, _ = connection.read_answer()

    assert status == 401


@pytest.mark.parametrize("name", ["no-such-model", "WAN2.5-T2I-PREVIEW", "../models", "模型", "\0"])
def test_a_model_that_is_not_known_is_refused(client, name):
    response = create(client, {**make_order(), "model": name})

    assert error_of(response) == (400, "InvalidParameter", "Model not exist.")


@pytest.mark.parametrize("body", [{}, {"model": None}, {"model": ""}, {"input": {"prompt": "a"}}])
def test_a_body_without_a_model_is_refused(client, body):
    response = create(client, body)

    assert error_of(response) == (
        400,
        "BadRequest.EmptyModel",
        'Required parameter "model" missing from request.',
    )


@pytest.mark.parametrize("model", [7, 1.5, True, ["wan2.5-t2i-preview"], {"name": MODEL}])
def test_a_model_that_is_no_text_is_refused(client, model):
    status, code, message = error_of(create(client, {**make_order(), "model": model}))

    assert (status, code) == (400, "InvalidParameter")
    assert "model" in message


@pytest.mark.parametrize("path", ["/services", "/services/", "/services/aigc", "/services/aigc/x/"])
def test_a_service_path_with_too_few_parts_is_refused(client, path):
    response = client.post(path, json=make_order(), headers=ENABLE)

    assert error_of(response) == (400, "InvalidParameter", "task can not be null")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_the_create_path_takes_no_other_method(client, method):
    response = client.request(method, CREATE)

    expected = f"Request method '{method}' is not supported."
    assert error_of(response) == (400, "InvalidParameter", expected)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v2/tasks",
        "/api/v1/nothing",
        "/api/v1/tasks/one/two",
        "/api/v1/tasks/one/cancel/more",
        "/API/V1/tasks",
        "//api/v1/tasks",
        "/kaiga/v1",
        "/kaiga/v1/keys/1/2",
        "/%2e%2e/etc/passwd",
        f"{CREATE_PATH}/more",
        "/api/v1/services/aigc/no-such-task/no-such-function",
        "/2d/a0/20260101/00000000/a.png",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_that_is_nobodys_is_not_found(idle_server, path, method):
    headers = {"Authorization": f"Bearer {idle_server.key}"}

    response = httpx.request(method, idle_server.base_url + path, headers=headers)

    assert error_of(response) == (404, "NotFound", "Request path not found.")


def test_every_answer_has_a_request_id_of_its_own(client):
    ids = [create(client, make_order()).headers["x-request-id"] for _ in range(5)]

    assert len(set(ids)) == 5


def test_unknown_headers_change_nothing(client):
    response = create(
        client,
        make_order(),
        **{
            "X-DashScope-OssResourceResolve": "enable",
            "X-DashScope-DataInspection": '{"input":"cip","output":"cip"}',
            "x-dashscope-sdk-client": "python",
            "Content-Type": "application/json; charset=utf-8",
        },
    )

    assert response.status_code == 200


def test_the_content_type_of_the_body_is_not_judged(client):
    response = create(client, make_order(), **{"Content-Type": "text/plain"})

    assert response.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/services/aigc/image2image/image-synthesis",
        "/services/aigc/image-generation/generation",
        "/services/aigc/multimodal-generation/generation",
        "/services/aigc/video-generation/video-synthesis",
        "/services/aigc/image2video/video-synthesis",
        "/services/aigc/background-generation/generation",
    ],
)
def test_a_model_at_another_models_path_is_told_to_check_the_address(client, path):
    response = client.post(path, json=make_order(), headers=ENABLE)

    assert error_of(response) == (400, "InvalidParameter", "url error, please check url！")


def test_a_clip_ordered_at_another_name_of_its_path_is_listed_at_its_path(client):
    order = {"model": "wan2.5-t2v-preview", "input": {"prompt": "a cat"}}

    answer = client.post("/services/aigc/text2video/video-synthesis", json=order, headers=ENABLE)

    task_id = answer.json()["output"]["task_id"]
    [row] = client.get("/tasks", params={"task_id": task_id}).json()["data"]
    assert row["user_api_unique_key"] == (
        "apikey:v1:aigc:video-generation:video-synthesis:wan2.5-t2v-preview"
    )


def test_a_create_that_comes_whole_and_one_in_chunks_are_answered_alike_and_listed_alike(client):
    whole = json.dumps(make_order("one and the same")).encode()

    answers = [
        client.post(CREATE, content=content, headers=ENABLE)
        for content in (whole, iter([whole[:20], whole[20:]]))
    ]

    assert [answer.request.headers.get("transfer-encoding") for answer in answers] == [
        None,
        "chunked",
    ]
    ids = [answer.json()["output"]["task_id"] for answer in answers]
    own = {"task_id", "gmt_create", "submit_time", "request_id", "api_request_id"}
    rows = [client.get("/tasks", params={"task_id": task_id}).json()["data"][0] for task_id in ids]
    polls = [client.get(f"/tasks/{task_id}").json()["output"] for task_id in ids]
    headers = [
        {k: v for k, v in answer.headers.items() if k not in {"date", "x-request-id"}}
        for answer in answers
    ]
    assert headers[0] == headers[1]
    for pair in (rows, polls):
        assert {k: v for k, v in pair[0].items() if k not in own} == {
            k: v for k, v in pair[1].items() if k not in own
        }


@pytest.mark.parametrize(
    "order",
    [
        {**make_order(), "model": "no-such-model"},
        {**make_order(), "model": ""},
        [],
        {"model": "wan2.5-i2i-preview", "input": {"prompt": "a", "images": ["https://x.test/a"]}},
    ],
)
def test_what_is_refused_or_accepted_does_not_depend_on_how_the_body_comes(client, order):
    content = json.dumps(order).encode()

    whole, chunked = (
        client.post(CREATE, content=each, headers=ENABLE) for each in (content, iter([content]))
    )

    told = [
        (answer.status_code, answer.json().get("code"), answer.json().get("message"))
        for answer in (whole, chunked)
    ]
    assert told[0] == told[1]
