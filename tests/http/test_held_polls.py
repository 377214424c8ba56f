"""Polls that are held: told at once of the end, and in nobody's way."""

import json
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from http_calls import RawConnection, make_key

from clients.programs import run_program
from kaiga.http.asgi import Call, Connection, Headers
from kaiga.http.dashscope.holding import read_wait
from running import RunningKaiga, wait_until

PLACES = 64
"""Of one account."""
STANDING = {"x-kaiga-progress", "x-kaiga-queue-position", "x-kaiga-eta-seconds"}


@pytest.fixture(scope="module")
def holding(module_server) -> RunningKaiga:
    """A server that paints for a second, and holds every poll for as long as it may."""
    return module_server({"KAIGA_HOLD_POLLS_SECONDS": "25", "KAIGA_SKETCH_SECONDS": "1"})


@pytest.fixture(scope="module")
def waiter(holding: RunningKaiga) -> Iterator[httpx.Client]:
    with holding.client() as client:
        yield client
    assert "Traceback" not in holding.log()


@pytest.fixture
def own_key(idle_server: RunningKaiga, client: httpx.Client) -> str:
    """A key of an account whose places nobody else takes."""
    return make_key(client, idle_server, account="1000000000000077")["key"]


def count_polls(server: RunningKaiga) -> int:
    text = httpx.get(f"{server.base_url}/metrics").text
    [line] = [each for each in text.splitlines() if each.startswith("kaiga_queries_total ")]
    return round(float(line.split()[1]))


def begin_poll(
    server: RunningKaiga, task_id: str, key: str, prefer: str = "wait=25", query: str = ""
) -> RawConnection:
    """Send a poll; on return the server has read it.

    Another request stands before it in the same packet, and its answer has come.
    """
    connection = RawConnection(server)
    usual = f"Host: kaiga.test\r\nAuthorization: Bearer {key}\r\n"
    connection.send(
        f"GET /healthz HTTP/1.1\r\n{usual}\r\n"
        f"GET /api/v1/tasks/{task_id}{query} HTTP/1.1\r\n{usual}Prefer: {prefer}\r\n\r\n".encode()
    )
    connection.wait_for(b'{"status":"ok"}')
    return connection


def read_poll(connection: RawConnection) -> tuple[str, dict[str, str]]:
    status, headers, body = connection.read_answer()
    assert status == 200
    return json.loads(body)["output"]["task_status"], headers


class TestTheEnd:
    def test_a_call_of_the_unmodified_sdk_asks_once_and_has_the_end(self, holding: RunningKaiga):
        before = count_polls(holding)

        called = run_program("calling", holding)["called"]

        assert called["status"] == "SUCCEEDED"
        assert len(called["urls"]) == 1
        assert count_polls(holding) - before in {1, 2}

    def test_a_poll_is_held_through_the_beginning_until_the_end(
        self, holding: RunningKaiga, waiter: httpx.Client
    ):
        task_id = holding.submit(waiter)

        answer = waiter.get(f"/tasks/{task_id}")

        assert answer.json()["output"]["task_status"] == "SUCCEEDED"
        assert "preference-applied" not in answer.headers
        assert STANDING.isdisjoint(answer.headers)

    def test_a_client_that_prefers_not_to_wait_is_answered_at_once(
        self, holding: RunningKaiga, waiter: httpx.Client
    ):
        task_id = holding.submit(waiter)

        answer = waiter.get(f"/tasks/{task_id}", headers={"Prefer": "wait=0"})

        assert answer.json()["output"]["task_status"] in {"PENDING", "RUNNING"}
        assert "preference-applied" not in answer.headers

    @pytest.mark.parametrize(
        ("prefer", "applied"), [("wait=20", "wait=20"), ("respond-async, wait=99", "wait=25")]
    )
    @pytest.mark.parametrize("query", ["", "?a=b"], ids=["short way", "long way"])
    def test_a_held_poll_is_woken_by_a_cancel(
        self,
        idle_server: RunningKaiga,
        client: httpx.Client,
        prefer: str,
        applied: str,
        query: str,
    ):
        task_id = idle_server.submit(client)
        with begin_poll(idle_server, task_id, idle_server.key, prefer, query) as connection:
            client.post(f"/tasks/{task_id}/cancel")

            status, headers = read_poll(connection)

        assert status == "CANCELED"
        assert headers["preference-applied"] == applied

    def test_a_hold_that_ends_without_the_end_answers_as_usual(
        self, idle_server: RunningKaiga, client: httpx.Client
    ):
        task_id = idle_server.submit(client)

        answer = client.get(f"/tasks/{task_id}", headers={"Prefer": "wait=1"})

        assert answer.json()["output"].keys() == {"task_id", "task_status", "submit_time"}
        assert answer.headers["preference-applied"] == "wait=1"

    def test_where_there_is_nothing_to_wait_for_nobody_waits(self, client: httpx.Client):
        failed = client.get("/tasks/none", headers={"Prefer": "wait=25"})

        assert failed.json()["output"]["task_status"] == "UNKNOWN"
        assert "preference-applied" not in failed.headers

    def test_another_accounts_task_is_unknown_at_once(
        self, idle_server: RunningKaiga, client: httpx.Client, stranger: httpx.Client
    ):
        task_id = idle_server.submit(client)

        answer = stranger.get(f"/tasks/{task_id}", headers={"Prefer": "wait=25"})

        assert answer.json()["output"]["task_status"] == "UNKNOWN"


class TestPlaces:
    def test_past_its_places_an_account_is_answered_at_once_and_leaving_frees_one(
        self, idle_server: RunningKaiga, own_key: str
    ):
        with ExitStack() as stack, idle_server.client(own_key) as client:
            task_id = idle_server.submit(client)
            held = [
                stack.enter_context(
                    begin_poll(idle_server, task_id, own_key, query="?a=b" if number % 2 else "")
                )
                for number in range(PLACES)
            ]

            def is_held() -> bool:
                answer = client.get(f"/tasks/{task_id}", headers={"Prefer": "wait=1"})
                assert answer.json()["output"]["task_status"] == "PENDING"
                return "preference-applied" in answer.headers

            assert not is_held()
            for way in (0, 1):
                held[way].close()
                wait_until(is_held, "a place is free")
                stack.enter_context(begin_poll(idle_server, task_id, own_key))
                wait_until(lambda: not is_held(), "it is taken again")


class TestStop:
    def test_a_stop_lets_held_polls_and_streams_go(self, start_server):
        running = start_server({"KAIGA_WORKERS": "0", "KAIGA_GRACE_SECONDS": "30"})
        with running.client() as client:
            task_id = running.submit(client)
        with (
            begin_poll(running, task_id, running.key) as polling,
            RawConnection(running) as streaming,
        ):
            streaming.begin({}, "GET /kaiga/v1/events HTTP/1.1")
            streaming.wait_for(b"event:phase")

            assert running.stop() == 0
            status, headers = read_poll(polling)
            last = streaming.wait_for(b"\r\n0\r\n\r\n")

        assert status == "PENDING"
        assert headers["connection"] == "close"
        assert b": the server stops\n\n" in last
        assert "Traceback" not in running.log()
        assert "Cancel" not in running.log()


class TestStanding:
    def test_a_waiting_task_tells_its_place_once_that_is_known(
        self, idle_server: RunningKaiga, own_key: str
    ):
        with idle_server.client(own_key) as client:
            [first, second] = [idle_server.submit(client) for _ in range(2)]

            def place_of(task_id: str) -> int:
                answer = client.get(f"/tasks/{task_id}")
                assert answer.headers["x-kaiga-progress"] == "queue"
                return int(answer.headers.get("x-kaiga-queue-position", "-1"))

            wait_until(lambda: place_of(second) > 0, "its place is known")
            head = client.head(f"/tasks/{second}")

            assert place_of(second) == place_of(first) + 1
            assert int(head.headers["x-kaiga-queue-position"]) == place_of(second)
            assert "x-kaiga-eta-seconds" not in head.headers

    def test_a_running_task_tells_when_it_may_end_once_enough_were_measured(
        self, holding: RunningKaiga, waiter: httpx.Client
    ):
        for _ in range(3):
            holding.wait_for_end(waiter, holding.submit(waiter))
        task_id = holding.submit(waiter)

        def find_eta() -> str | None:
            answer = waiter.get(f"/tasks/{task_id}", headers={"Prefer": "wait=0"})
            return answer.headers.get("x-kaiga-eta-seconds")

        wait_until(lambda: find_eta() is not None, "it is foretold")
        answer = holding.wait_for_end(waiter, task_id)
        assert answer["output"]["task_status"] == "SUCCEEDED"

    def test_a_task_that_has_ended_tells_nothing_more(
        self, painter: httpx.Client, painted: dict[str, dict[str, str]]
    ):
        answer = painter.get(f"/tasks/{painted['output']['task_id']}")

        assert STANDING.isdisjoint(answer.headers)


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("wait=10", 10),
        ("WAIT = 10", 10),
        ('wait="10"', 10),
        ("wait=0", 0),
        ("wait=26", 25),
        ("wait=999999999", 25),
        ("respond-async, wait=10; a=b, handling=lenient", 10),
        ("wait=10, wait=20", 10),
        ("", None),
        ("wait", None),
        ("wait=", None),
        ("wait=-1", None),
        ("wait=1.5", None),
        ("wait=ten", None),
        ("wait=1234567890", None),
        ("wait=\u0661", None),
        ("waiting=3", None),
        ("await=3", None),
    ],
)
def test_of_what_a_call_prefers_only_a_number_of_seconds_is_understood(
    prefer: str, seconds: int | None
):
    call = Call(
        method="GET",
        path="/api/v1/tasks/1",
        connection=Connection(receive=_receive_nothing),
        headers=Headers({b"prefer": prefer.encode("utf-8")}),
        request_id="r",
    )

    assert read_wait(call) == seconds


async def _receive_nothing() -> dict[str, object]:
    return {"type": "http.disconnect"}
