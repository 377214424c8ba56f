"""What breaks clients when they ask how a task stands (contract/clients.md, 1: traps 9 to 14)."""

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest

from clients.wire import (
    IMAGE_GENERATION,
    NOWHERE,
    TEXT2IMAGE,
    VIDEO,
    create_task,
    error_of,
    make_stranger,
    numbers_in,
    order_picture,
    say,
    status_of,
)
from running import RunningKaiga, wait_until

StartServer = Callable[[Mapping[str, str]], RunningKaiga]
EMPTY_BODY = {"model": "", "parameters": {}, "input": ""}
BEIJING = timezone(timedelta(hours=8))


class TestSlashes:
    def test_a_query_with_a_slash_is_answered_directly(self, idle: httpx.Client):
        """Trap 9: a redirect may drop the key."""
        task_id = create_task(idle, TEXT2IMAGE, order_picture())

        plain, slashed = idle.get(f"/tasks/{task_id}"), idle.get(f"/tasks/{task_id}/")

        assert slashed.status_code == plain.status_code == 200
        assert slashed.json()["output"] == plain.json()["output"]

    def test_a_cancel_with_a_slash_and_an_empty_order_cancels(self, idle: httpx.Client):
        """Trap 9: so the asyncio SDK cancels."""
        task_id = create_task(idle, TEXT2IMAGE, order_picture())

        answer = idle.post(f"/tasks/{task_id}/cancel/", json=EMPTY_BODY)

        assert answer.status_code == 200
        assert status_of(idle, task_id) == "CANCELED"

    def test_a_cancel_by_get_finds_no_path(self, idle: httpx.Client):
        """Trap 9: a fault of SDK 1.24."""
        task_id = create_task(idle, TEXT2IMAGE, order_picture())

        answer = idle.get(f"/tasks/{task_id}/cancel/")

        assert error_of(answer)[0] == 404
        assert status_of(idle, task_id) == "PENDING"

    @pytest.mark.parametrize("query", ["?page_no=1&page_size=50", "?&page_size=50"])
    def test_a_list_with_a_slash_is_answered_directly(self, idle: httpx.Client, query: str):
        """Trap 9: so SDK 1.24 and .NET list."""
        task_id = create_task(idle, TEXT2IMAGE, order_picture())

        answer = idle.get(f"/tasks/{query}")

        assert answer.status_code == 200
        assert task_id in [row["task_id"] for row in answer.json()["data"]]

    def test_a_policy_is_given_behind_a_slash(self, idle: httpx.Client):
        """Trap 9: so .NET asks for it."""
        answer = idle.get("/uploads/?action=getPolicy&model=wan2.5-i2i-preview")

        assert answer.status_code == 200
        assert answer.json()["data"]["upload_dir"]


def test_statuses_are_spelled_as_clients_match_them(start_server: StartServer):
    """Trap 10: upper case, CANCELED with one L, and never another word."""
    server = start_server({"KAIGA_SKETCH_SECONDS": "3"})
    met: list[str] = []
    with server.client() as client:
        running = create_task(client, TEXT2IMAGE, order_picture())
        wait_until(lambda: status_of(client, running) == "RUNNING", "the first task runs")
        waiting = create_task(client, TEXT2IMAGE, order_picture())
        failing = create_task(client, TEXT2IMAGE, order_picture(size="1*1"))
        met += [status_of(client, task_id) for task_id in (running, waiting, failing, NOWHERE)]
        client.post(f"/tasks/{waiting}/cancel")
        met.append(status_of(client, waiting))
        server.wait_for_end(client, running)
        met.append(status_of(client, running))

    assert met == ["RUNNING", "PENDING", "FAILED", "UNKNOWN", "CANCELED", "SUCCEEDED"]


class TestUnknown:
    @pytest.mark.parametrize("task_id", [NOWHERE, "1111", "no id at all"])
    def test_a_task_that_never_was_is_unknown_with_200(self, idle: httpx.Client, task_id: str):
        """Trap 11: a 404 ends most clients with an error that tells nothing."""
        answer = idle.get(f"/tasks/{task_id}")

        assert answer.status_code == 200
        assert answer.json().keys() == {"request_id", "output"}
        assert answer.json()["output"] == {"task_id": task_id, "task_status": "UNKNOWN"}

    def test_somebody_elses_task_is_unknown_too(
        self, idle_server: RunningKaiga, idle: httpx.Client
    ):
        """Trap 11."""
        task_id = create_task(idle, TEXT2IMAGE, order_picture())

        with idle_server.client(make_stranger(idle_server)) as stranger:
            answer = stranger.get(f"/tasks/{task_id}")

        assert answer.status_code == 200
        assert answer.json()["output"] == {"task_id": task_id, "task_status": "UNKNOWN"}

    def test_a_task_that_is_too_old_is_unknown_too(self, start_server: StartServer):
        """Trap 11: after 3.6 seconds, as this server is set."""
        server = start_server({"KAIGA_RETENTION_HOURS": "0.001"})
        with server.client() as client:
            task_id = create_task(client, TEXT2IMAGE, order_picture(size="1*1"))
            assert status_of(client, task_id) == "FAILED"

            wait_until(lambda: status_of(client, task_id) == "UNKNOWN", "the task has expired")

            answer = client.get(f"/tasks/{task_id}")

        assert answer.status_code == 200
        assert answer.json()["output"] == {"task_id": task_id, "task_status": "UNKNOWN"}


def test_no_poll_is_throttled_or_failed_however_many_come(server: RunningKaiga, api: httpx.Client):
    """Trap 12: any 429, 500 or 502 loses the task to its caller, or creates it anew."""
    task_id = create_task(api, TEXT2IMAGE, order_picture(n=4))

    def poll(_: int) -> tuple[int, str]:
        answer = api.get(f"/tasks/{task_id}")
        return answer.status_code, answer.json()["output"]["task_status"]

    with ThreadPoolExecutor(8) as pool:
        polled = list(pool.map(poll, range(400)))

    assert {status for status, _ in polled} == {200}
    assert {told for _, told in polled} <= {"PENDING", "RUNNING", "SUCCEEDED"}
    assert server.wait_for_end(api, task_id)["output"]["task_status"] == "SUCCEEDED"


class TestTimes:
    def test_the_time_of_submission_is_told_from_the_first_poll_on(self, idle: httpx.Client):
        """Trap 13: the Rust client needs it on each, and LiteLLM reads it as UTC+8."""
        task_id = create_task(idle, TEXT2IMAGE, order_picture())

        told = idle.get(f"/tasks/{task_id}").json()["output"]["submit_time"]

        [row] = idle.get("/tasks", params={"task_id": task_id}).json()["data"]
        listed = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=row["gmt_create"])
        assert read_time(told) == listed

    def test_all_three_times_are_texts_of_beijing_in_their_order(
        self, server: RunningKaiga, api: httpx.Client
    ):
        """Trap 13: .NET rejects ISO, and zod rejects numbers."""
        task_id = create_task(api, TEXT2IMAGE, order_picture())

        output = server.wait_for_end(api, task_id)["output"]

        submitted, scheduled, ended = (
            read_time(output[name]) for name in ("submit_time", "scheduled_time", "end_time")
        )
        assert submitted <= scheduled <= ended


def read_time(text: str) -> datetime:
    """Read a time as LiteLLM does; .NET wants exactly three digits after the seconds."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", text)
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=BEIJING)


class TestNumbers:
    def test_the_usage_of_a_clip_has_whole_numbers_only(
        self, server: RunningKaiga, api: httpx.Client
    ):
        """Trap 14: "720" breaks the AI SDK, 5.0 breaks Go, a fractional fps breaks LiteLLM."""
        order = {
            "model": "wan2.6-t2v",
            "input": {"prompt": "a kite"},
            "parameters": {"size": "1280*720", "duration": 2},
        }

        usage = server.wait_for_end(api, create_task(api, VIDEO, order))["usage"]

        assert {"SR": 720, "duration": 2, "video_count": 1}.items() <= usage.items()
        assert {type(number) for number in numbers_in(usage)} == {int}

    @pytest.mark.parametrize(
        ("path", "order"),
        [
            (TEXT2IMAGE, order_picture(n=2)),
            (
                IMAGE_GENERATION,
                {"model": "wan2.6-t2i", "input": say({"text": "a"}), "parameters": {"n": 2}},
            ),
        ],
    )
    def test_the_usage_of_pictures_is_an_object_of_whole_numbers(
        self, server: RunningKaiga, api: httpx.Client, path: str, order: dict[str, object]
    ):
        """Trap 14: and never a list."""
        answer = server.wait_for_end(api, create_task(api, path, order))

        assert isinstance(answer["usage"], dict)
        assert answer["usage"]["image_count"] == 2
        assert {type(number) for number in numbers_in(answer)} == {int}

    @pytest.mark.parametrize("size", ["768*768", "1*1"])
    def test_there_is_no_usage_without_results(self, idle: httpx.Client, size: str):
        """Trap 14: absent, or an object."""
        task_id = create_task(idle, TEXT2IMAGE, order_picture(size=size))

        assert idle.get(f"/tasks/{task_id}").json().get("usage") is None
