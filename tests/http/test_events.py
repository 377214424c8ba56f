"""Events of tasks over HTTP: who may read them, what they say, and how they are resumed."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from http_calls import RawConnection, error_of, make_key

from running import RunningKaiga, wait_until

EVENTS = "/kaiga/v1/events"
PLACES = 32
"""Of one account."""
NEVER_MADE = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture(scope="module")
def slow(module_server) -> RunningKaiga:
    """A server that paints for a second."""
    return module_server({"KAIGA_SKETCH_SECONDS": "1"})


@pytest.fixture(scope="module")
def slow_client(slow: RunningKaiga) -> Iterator[httpx.Client]:
    with slow.client() as client:
        yield client
    assert "Traceback" not in slow.log()


@pytest.fixture
def own_key(idle_server: RunningKaiga, client: httpx.Client) -> str:
    """A key of an account whose places nobody else takes."""
    return make_key(client, idle_server, account="1000000000000075")["key"]


def events_of(task_id: str) -> str:
    return f"/kaiga/v1/tasks/{task_id}/events"


def read_events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """Read a stream as clients do: fields by line, an event by an empty line."""
    event: dict[str, Any] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if line and name:
            event[name] = json.loads(value) if name == "data" else value
        elif not line and "data" in event:
            yield event
            event = {}
        elif not line:
            event = {}


def follow(
    server: RunningKaiga, client: httpx.Client, path: str, last: str | None = None
) -> Iterator[dict[str, Any]]:
    headers = {} if last is None else {"Last-Event-ID": last}
    with client.stream("GET", server.base_url + path, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream;charset=UTF-8"
        assert "no-store" in response.headers["cache-control"]
        assert response.headers["x-request-id"]
        yield from read_events(response.iter_lines())


def test_a_stream_of_a_task_ends_with_what_the_query_says(
    slow: RunningKaiga, slow_client: httpx.Client
):
    task_id = slow.submit(slow_client)

    events = list(follow(slow, slow_client, events_of(task_id)))

    answer = slow_client.get(f"/tasks/{task_id}").json()
    assert events[0]["event"] == "phase"
    assert {each["data"]["task_id"] for each in events} == {task_id}
    assert [each["event"] for each in events].count("end") == 1
    assert events[-1]["event"] == "end"
    assert events[-1]["data"] == {
        "task_id": task_id,
        "output": answer["output"],
        "usage": answer["usage"],
    }


def test_ids_never_fall_and_each_event_told_as_it_came_has_its_own(
    slow: RunningKaiga, slow_client: httpx.Client
):
    task_id = slow.submit(slow_client)

    numbers = [int(each["id"]) for each in follow(slow, slow_client, events_of(task_id))]

    assert numbers == sorted(numbers)
    assert len(numbers) > 1


def test_a_task_that_has_ended_is_one_event(slow: RunningKaiga, slow_client: httpx.Client):
    task_id = slow.submit(slow_client, size="1*1")

    [event] = follow(slow, slow_client, events_of(task_id))

    assert event["event"] == "end"
    assert event["data"]["output"]["task_status"] == "FAILED"
    assert event["data"]["output"]["code"] == "InvalidParameter"


def test_the_stream_of_an_account_tells_of_every_task_and_is_resumed(
    slow: RunningKaiga, slow_client: httpx.Client
):
    following = follow(slow, slow_client, EVENTS)
    with slow.client() as other:
        first = slow.submit(other)
        seen = next(each for each in following if each["data"]["task_id"] == first)
        following.close()
        second = slow.submit(other)
        for task_id in (first, second):
            slow.wait_for_end(other, task_id)

        missed: list[dict[str, Any]] = []
        for event in follow(slow, slow_client, EVENTS, seen["id"]):
            missed.append(event)
            if event["event"] == "end" and event["data"]["task_id"] == second:
                break

    assert int(missed[0]["id"]) == int(seen["id"]) + 1
    ends = [each["data"]["task_id"] for each in missed if each["event"] == "end"]
    assert sorted(ends) == sorted([first, second])


def test_links_begin_with_what_the_stream_was_asked_at(
    slow: RunningKaiga, slow_client: httpx.Client
):
    task_id = slow.submit(slow_client)

    *_, end = follow(slow, slow_client, events_of(task_id))

    url = end["data"]["output"]["results"][0]["url"]
    assert url.startswith(f"{slow.base_url}/1d/")
    assert httpx.get(url).content.startswith(b"\x89PNG")


@pytest.mark.parametrize("last", ["", "x", "-1", "1e3", "9" * 40, "0"])
def test_a_last_event_that_is_none_of_ours_is_let_be(
    idle_server: RunningKaiga, client: httpx.Client, last: str
):
    task_id = idle_server.submit(client)

    event = next(follow(idle_server, client, events_of(task_id), last))

    assert event["event"] == "phase"
    assert event["data"]["task_status"] == "PENDING"


class TestRefused:
    @pytest.mark.parametrize("task_id", [NEVER_MADE, "none", "花"])
    def test_a_task_that_never_was_is_not_there(
        self, idle_server: RunningKaiga, client: httpx.Client, task_id: str
    ):
        answer = client.get(idle_server.base_url + events_of(task_id))

        assert error_of(answer) == (404, "NotFound", "No task has that id.")

    def test_another_accounts_task_is_not_there(
        self, idle_server: RunningKaiga, client: httpx.Client, stranger: httpx.Client
    ):
        task_id = idle_server.submit(client)

        answer = stranger.get(idle_server.base_url + events_of(task_id))

        assert error_of(answer) == (404, "NotFound", "No task has that id.")

    def test_without_a_good_key_nothing_is_told(self, idle_server: RunningKaiga):
        for headers in ({}, {"Authorization": "Bearer sk-wrong"}):
            answer = httpx.get(idle_server.base_url + EVENTS, headers=headers)

            assert error_of(answer)[:2] == (401, "InvalidApiKey")

    @pytest.mark.parametrize("method", ["POST", "DELETE"])
    def test_there_is_no_other_method(
        self, idle_server: RunningKaiga, client: httpx.Client, method: str
    ):
        answer = client.request(method, idle_server.base_url + EVENTS)

        assert error_of(answer)[:2] == (400, "InvalidParameter")

    def test_a_head_call_is_refused_and_not_kept_waiting(
        self, idle_server: RunningKaiga, client: httpx.Client
    ):
        assert client.head(idle_server.base_url + EVENTS).status_code == 400


def test_past_its_places_an_account_is_told_to_come_later_and_leaving_frees_one(
    idle_server: RunningKaiga, own_key: str
):
    headers = {"Authorization": f"Bearer {own_key}"}
    with ExitStack() as stack, idle_server.client(own_key) as client:
        streams = [stack.enter_context(RawConnection(idle_server)) for _ in range(PLACES)]
        for stream in streams:
            stream.begin(headers, f"GET {EVENTS} HTTP/1.1")
            stream.wait_for(b"retry:")

        refused = client.get(idle_server.base_url + EVENTS)
        streams[0].close()

        def is_let_in() -> bool:
            with client.stream("GET", idle_server.base_url + EVENTS) as answer:
                return answer.status_code == 200

        assert error_of(refused)[:2] == (429, "Throttling")
        assert "retry-after" in refused.headers
        wait_until(is_let_in, "a place is free")
