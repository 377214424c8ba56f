"""Synchronous calls: results in the answer to the order, whatever becomes of the connection."""

import asyncio
import gc
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from http_calls import ENABLE, JSON_UTF8, RawConnection, error_of

from kaiga.compose.server import open_server
from kaiga.http.application import HttpApplication
from kaiga.http.asgi import Answer, Call, Connection, Headers, Message
from kaiga.settings import read_settings
from running import KEY, OWN_MODELS, RunningKaiga, wait_until

PICTURE = "/services/aigc/tests/picture"
CHAT = "/services/aigc/tests/chat"
AT_ONCE = "/services/aigc/tests/at-once"
IDLE = {"KAIGA_WORKERS": "0", "KAIGA_CATALOGUE": str(OWN_MODELS), "KAIGA_GRACE_SECONDS": "0"}
SLOW = {"KAIGA_SKETCH_SECONDS": "1", "KAIGA_CATALOGUE": str(OWN_MODELS)}


def make_order(prompt: str = "a cat", **parameters: object) -> dict[str, Any]:
    return {"model": "test-picture", "input": {"prompt": prompt}, "parameters": parameters}


def make_chat(text: str = "a cat", **parameters: object) -> dict[str, Any]:
    messages = [{"role": "user", "content": [{"text": text}]}]
    return {"model": "test-chat", "input": {"messages": messages}, "parameters": parameters}


def list_tasks(client: httpx.Client) -> list[dict[str, Any]]:
    return client.get("/tasks", params={"page_size": 100}).json()["data"]


def begin_waiting(running: RunningKaiga, order: dict[str, Any], padding: int = 0) -> RawConnection:
    """Send a synchronous order over a connection of its own, and leave it at that."""
    body = json.dumps({**order, "padding": "A" * padding}).encode()
    connection = RawConnection(running)
    connection.begin(
        {"X-DashScope-Async": "disable", "Content-Length": str(len(body))},
        f"POST /api/v1{PICTURE} HTTP/1.1",
    )
    connection.send(body)
    return connection


class TestResults:
    def test_results_come_without_the_members_of_a_task(self, own: httpx.Client):
        response = own.post(PICTURE, json=make_order(n=2))

        answer = response.json()
        assert response.status_code == 200
        assert response.headers["content-type"] == JSON_UTF8
        assert response.headers["x-request-id"] == answer["request_id"]
        assert response.headers["x-kaiga-engine"] == "sketch"
        assert answer.keys() == {"request_id", "output", "usage"}
        assert answer["output"].keys() == {"results", "task_metrics"}
        assert [each.keys() for each in answer["output"]["results"]] == [{"orig_prompt", "url"}] * 2
        assert answer["output"]["task_metrics"] == {"TOTAL": 2, "SUCCEEDED": 2, "FAILED": 0}
        assert answer["usage"] == {"image_count": 2}

    def test_a_message_is_answered_by_choices(self, own: httpx.Client):
        answer = own.post(CHAT, json=make_chat(n=2, size="128*64")).json()

        assert answer["output"].keys() == {"choices", "finished"}
        assert answer["output"]["finished"] is True
        for choice in answer["output"]["choices"]:
            assert choice["finish_reason"] == "stop"
            assert choice["message"]["role"] == "assistant"
            [item] = choice["message"]["content"]
            assert item.keys() == {"type", "image"}
        assert answer["usage"] == {"image_count": 2, "size": "128*64", "tokens": 0}

    def test_a_result_opens_without_a_key_at_the_host_that_was_asked(
        self, own: httpx.Client, own_server: RunningKaiga
    ):
        answer = own.post(PICTURE, json=make_order()).json()

        url = answer["output"]["results"][0]["url"]
        opened = httpx.get(url)
        assert url.startswith(own_server.base_url + "/1d/")
        assert opened.headers["content-type"] == "image/png"
        assert opened.content.startswith(b"\x89PNG")

    def test_its_task_is_listed_and_tells_the_same_results(self, own: httpx.Client):
        answer = own.post(PICTURE, json=make_order("a listed cat")).json()

        row = next(each for each in list_tasks(own) if each["request_id"] == answer["request_id"])
        task = own.get(f"/tasks/{row['task_id']}").json()
        assert row["status"] == "SUCCEEDED"
        assert task["output"]["results"] == answer["output"]["results"]
        assert task["usage"] == answer["usage"]

    def test_the_same_path_makes_a_task_where_one_is_asked_for(self, own: httpx.Client):
        answer = own.post(PICTURE, json=make_order(), headers=ENABLE).json()

        assert answer["output"].keys() == {"task_id", "task_status"}

    @pytest.mark.parametrize("said", ["", "disable", "false", "no"])
    def test_whatever_else_the_header_says_the_call_waits(self, own: httpx.Client, said: str):
        answer = own.post(PICTURE, json=make_order(), headers={"X-DashScope-Async": said}).json()

        assert "results" in answer["output"]

    def test_many_who_wait_at_once_are_each_given_their_own(self, own: httpx.Client):
        prompts = [f"cat number {number}" for number in range(24)]

        with ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(lambda text: own.post(PICTURE, json=make_order(text)), prompts))

        shown = [each.json()["output"]["results"][0]["orig_prompt"] for each in answers]
        assert shown == prompts

    def test_answers_over_one_connection_come_in_the_order_of_the_calls(
        self, own_server: RunningKaiga
    ):
        with begin_waiting(own_server, make_order("the first")) as connection:
            connection.begin({}, "GET /api/v1/tasks/none HTTP/1.1")
            received = connection.wait_for(b"UNKNOWN")

        assert b"the first" in received.partition(b"UNKNOWN")[0]


class TestRefused:
    def test_a_broken_rule_is_told_at_once_and_makes_no_task(self, own: httpx.Client):
        before = len(list_tasks(own))

        response = own.post(PICTURE, json=make_order(n=9))

        assert error_of(response) == (
            400,
            "InvalidParameter",
            "Range of n should be [1, 4]: parameters.n",
        )
        assert len(list_tasks(own)) == before

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
    def test_another_method_is_refused(self, own: httpx.Client, method: str):
        response = own.request(method, PICTURE)

        assert error_of(response) == (
            400,
            "InvalidParameter",
            f"Request method '{method}' is not supported.",
        )

    def test_a_head_call_is_refused_without_a_body(self, own: httpx.Client):
        response = own.head(PICTURE)

        assert (response.status_code, response.content) == (400, b"")

    def test_a_model_that_only_answers_at_once_refuses_to_make_a_task(self, own: httpx.Client):
        order = {**make_order(), "model": "test-at-once"}

        assert error_of(own.post(AT_ONCE, json=order, headers=ENABLE)) == (
            403,
            "AccessDenied",
            "current user api does not support asynchronous calls.",
        )
        assert own.post(AT_ONCE, json=order).json()["output"].keys() == {"results", "task_metric"}

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"'])
    def test_a_body_that_is_no_object_is_refused(self, own: httpx.Client, body: bytes):
        assert error_of(own.post(PICTURE, content=body))[:2] == (400, "InvalidParameter")


class TestFailures:
    def test_a_fault_of_the_request_that_shows_while_it_runs_is_a_400(self, own: httpx.Client):
        order = {
            "model": "test-edit",
            "input": {"prompt": "a cat", "images": ["http://127.0.0.1:1/none.png"]},
        }

        response = own.post("/services/aigc/tests/edit", json=order)

        status, code, message = error_of(response)
        assert status == 400
        assert code.startswith("Invalid")
        assert "input.images[0]" in message
        assert "x-should-retry" not in response.headers

    def test_a_fault_of_the_service_is_a_500_that_asks_not_to_be_tried_again(self, start_server):
        running = start_server(
            {**SLOW, "KAIGA_SKETCH_SECONDS": "60", "KAIGA_TASK_TIMEOUT_SECONDS": "0.2"}
        )
        with running.client() as client:
            response = client.post(PICTURE, json=make_order())

        status, code, message = error_of(response)
        assert (status, code) == (500, "InternalError.Timeout")
        assert message.startswith("An internal timeout error has occured during execution")
        assert response.headers["x-should-retry"] == "false"


@pytest.fixture(scope="module")
def idle(module_server) -> RunningKaiga:
    """A server on which nothing ever ends, with the tests' own models."""
    return module_server(IDLE)


@pytest.fixture(scope="module")
def idle_client(idle: RunningKaiga) -> Iterator[httpx.Client]:
    with idle.client() as client:
        yield client


class TestWaiting:
    def test_a_task_that_is_canceled_while_its_caller_waits_is_told(
        self, idle: RunningKaiga, idle_client: httpx.Client
    ):
        with begin_waiting(idle, make_order()) as connection:
            wait_until(lambda: list_tasks(idle_client), "the task is listed")
            task_id = list_tasks(idle_client)[0]["task_id"]

            assert idle_client.post(f"/tasks/{task_id}/cancel").status_code == 200
            status, _, body = connection.read_answer()

        assert (status, json.loads(body)["code"]) == (400, "TaskCanceled")

    def test_a_waiting_call_holds_no_share_of_the_bodies_in_flight(self, start_server):
        limit = {"KAIGA_MAX_BODY_BYTES": "200000", "KAIGA_MAX_IN_FLIGHT_BYTES": "200000"}
        running = start_server({**IDLE, **limit})
        with running.client() as client, begin_waiting(running, make_order(), padding=150_000):
            wait_until(lambda: list_tasks(client), "the task is listed")

            response = client.post(
                PICTURE, json={**make_order(), "padding": "A" * 150_000}, headers=ENABLE
            )

        assert response.status_code == 200

    def test_one_whose_wait_is_too_long_is_told_and_the_task_goes_on(self, start_server):
        running = start_server({**IDLE, "KAIGA_SYNC_TIMEOUT_SECONDS": "0.3"})
        with running.client() as client:
            response = client.post(PICTURE, json=make_order())
            rows = list_tasks(client)

        assert error_of(response) == (
            500,
            "RequestTimeOut",
            "Request timed out, please try again later.",
        )
        assert response.headers["x-should-retry"] == "false"
        assert [row["status"] for row in rows] == ["PENDING"]

    def test_a_call_whose_connection_drops_leaves_a_task_that_ends_well(self, start_server):
        running = start_server(SLOW)
        with running.client() as client:
            with begin_waiting(running, make_order("a cat that nobody waits for")):
                wait_until(lambda: list_tasks(client), "the task is listed")
            [row] = list_tasks(client)
            answer = running.wait_for_end(client, row["task_id"])

        assert answer["output"]["task_status"] == "SUCCEEDED"
        assert answer["output"]["results"][0]["orig_prompt"] == "a cat that nobody waits for"

    @pytest.mark.parametrize("padding", [0, 100_000], ids=["small", "large"])
    def test_a_stop_does_not_wait_for_those_who_wait(self, start_server, padding: int):
        running = start_server(IDLE)
        with (
            begin_waiting(running, make_order(), padding=padding) as connection,
            running.client() as client,
        ):
            wait_until(lambda: list_tasks(client), "the task is listed")

            assert running.stop() == 0
            status, _, answered = connection.read_answer()

        assert (status, json.loads(answered)["code"]) == (500, "RequestTimeOut")
        assert "Traceback" not in running.log()
        running.start()
        with running.client() as client:
            assert [row["status"] for row in list_tasks(client)] == ["PENDING"]

    def test_a_stop_lets_a_call_that_is_nearly_done_have_its_answer(self, start_server):
        running = start_server({**SLOW, "KAIGA_GRACE_SECONDS": "30"})
        with begin_waiting(running, make_order("the last cat")) as connection:
            with running.client() as client:
                wait_until(
                    lambda: [row["status"] for row in list_tasks(client)] == ["RUNNING"],
                    "the task runs",
                )
            with ThreadPoolExecutor(1) as pool:
                stopping = pool.submit(running.stop)
                status, headers, body = connection.read_answer()

            assert stopping.result() == 0

        assert (status, headers["connection"]) == (200, "close")
        assert b"the last cat" in body


class TestMemory:
    """Of a call that waits for minutes only what its answer needs is held."""

    async def ask(self, application: HttpApplication, call: Call) -> Any:
        answer = await application.answer(call)
        assert isinstance(answer, Answer)
        return json.loads(answer.body)

    async def wait_for_a_task(self, application: HttpApplication) -> None:
        for _ in range(1000):
            listed = await self.ask(application, self.make_call("GET", "/tasks", b""))
            if listed["total"]:
                return
            await asyncio.sleep(0.01)
        pytest.fail("no task was recorded")

    async def wait_for_references(self, body: bytes, wanted: int) -> None:
        for _ in range(1000):
            gc.collect()
            # One more than the caller counts: the argument of this function.
            if sys.getrefcount(body) == wanted + 1:
                return
            await asyncio.sleep(0.01)
        pytest.fail("the body is still held")

    def make_call(self, method: str, path: str, body: bytes) -> Call:
        is_received = False

        async def receive() -> Message:
            nonlocal is_received
            if is_received:
                await asyncio.Event().wait()  # the client stays
            is_received = True
            return {"type": "http.request", "body": body, "more_body": False}

        return Call(
            method=method,
            path=f"/api/v1{path}",
            connection=Connection(receive=receive),
            headers=Headers({b"authorization": f"Bearer {KEY}".encode(), b"host": b"localhost"}),
            request_id="r",
        )

    async def test_the_body_of_a_call_that_waits_is_let_go(self, tmp_path):
        body = json.dumps({**make_order(), "padding": "A" * 1_000_000}).encode()
        settings = read_settings(
            {
                "KAIGA_DATA": str(tmp_path / "data"),
                "KAIGA_CATALOGUE": str(OWN_MODELS),
                "KAIGA_API_KEY": KEY,
                "KAIGA_WORKERS": "0",
            }
        )
        async with open_server(settings) as kaiga:
            order = self.make_call("POST", PICTURE, body)
            held = sys.getrefcount(body)
            waiting = asyncio.ensure_future(kaiga.application.answer(order))
            await self.wait_for_a_task(kaiga.application)

            await self.wait_for_references(body, held)  # it may learn of its task later
            assert not waiting.done()
            waiting.cancel()
            await asyncio.wait([waiting])
