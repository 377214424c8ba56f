"""What breaks clients when they list, cancel and repeat (contract/clients.md, 1: 26 to 28)."""

import httpx
import pytest

from clients.bad_connection import losing_answers
from clients.programs import run_program
from clients.wire import (
    NOWHERE,
    TEXT2IMAGE,
    create_task,
    error_of,
    order_picture,
    status_of,
)
from running import RunningKaiga

TEXTS = {
    *("task_id", "status", "model_name", "api_key_id", "user_api_unique_key", "region"),
    *("caller_parent_id", "caller_uid", "request_id"),
}
TIMES = {"gmt_create", "start_time", "end_time"}
REFUSED = (
    400,
    "UnsupportedOperation",
    "Failed to cancel the task, please confirm if the task is in PENDING status.",
)


class TestLists:
    def test_a_row_has_the_members_and_types_that_clients_read(
        self, server: RunningKaiga, api: httpx.Client
    ):
        """Trap 26: `status` and not `task_status`; times in milliseconds."""
        task_id = create_task(api, TEXT2IMAGE, order_picture())
        server.wait_for_end(api, task_id)

        page = api.get("/tasks", params={"task_id": task_id}).json()

        [row] = page["data"]
        assert row.keys() == TEXTS | TIMES
        assert all(isinstance(row[name], str) and row[name] for name in TEXTS)
        assert all(type(row[name]) is int for name in TIMES)
        assert row["gmt_create"] <= row["start_time"] <= row["end_time"]
        counts = {name: page[name] for name in ("total", "total_page", "page_no", "page_size")}
        assert counts == {"total": 1, "total_page": 1, "page_no": 1, "page_size": 10}
        assert page["request_id"]
        assert "output" not in page

    def test_a_copy_stands_where_the_new_client_looks(self, idle: httpx.Client):
        """Trap 26: under `tasks`, with times as texts."""
        task_id = create_task(idle, TEXT2IMAGE, order_picture())

        page = idle.get("/tasks", params={"task_id": task_id}).json()

        [copy], [row] = page["tasks"], page["data"]
        assert copy["task_id"] == row["task_id"] == task_id
        assert copy["task_status"] == row["status"] == "PENDING"
        assert isinstance(copy["gmt_create"], str)

    def test_a_status_is_matched_in_the_case_of_dotnet(self, idle: httpx.Client):
        """Trap 26: `Canceled`, behind a slash and a leading ampersand."""
        task_id = create_task(idle, TEXT2IMAGE, order_picture())
        idle.post(f"/tasks/{task_id}/cancel")

        answer = idle.get("/tasks/?&status=Canceled&page_size=100")

        assert answer.status_code == 200
        assert task_id in [row["task_id"] for row in answer.json()["data"]]
        assert {row["status"] for row in answer.json()["data"]} == {"CANCELED"}

    def test_times_that_nobody_can_read_are_left_aside(self, idle: httpx.Client):
        """Trap 26: .NET writes `YYYY03DD..`."""
        task_id = create_task(idle, TEXT2IMAGE, order_picture())

        answer = idle.get(
            "/tasks/?&start_time=YYYY03DD101112&end_time=YYYY03DD111112&page_size=100"
        )

        assert answer.status_code == 200
        assert task_id in [row["task_id"] for row in answer.json()["data"]]


class TestCancels:
    def test_a_cancel_is_answered_with_a_request_id_and_nothing_else(self, idle: httpx.Client):
        """Trap 27: an empty body crashes both sides of the SDK."""
        task_id = create_task(idle, TEXT2IMAGE, order_picture())

        answer = idle.post(f"/tasks/{task_id}/cancel")

        assert answer.status_code == 200
        assert answer.json().keys() == {"request_id"}
        assert status_of(idle, task_id) == "CANCELED"

    def test_a_late_cancel_is_refused_in_the_services_words(
        self, server: RunningKaiga, api: httpx.Client
    ):
        """Trap 27."""
        task_id = create_task(api, TEXT2IMAGE, order_picture())
        server.wait_for_end(api, task_id)

        assert error_of(api.post(f"/tasks/{task_id}/cancel")) == REFUSED
        assert error_of(api.post(f"/tasks/{NOWHERE}/cancel")) == REFUSED


class TestRepeats:
    def test_the_same_order_twice_is_two_tasks(self, idle: httpx.Client):
        """Trap 28: no client sends anything by which a repeat could be known."""
        first, second = (create_task(idle, TEXT2IMAGE, order_picture("same")) for _ in range(2))

        assert first != second
        assert {status_of(idle, first), status_of(idle, second)} == {"PENDING"}

    @pytest.mark.parametrize(
        ("surface", "sdk", "lost", "sent"),
        [("classic", "2.0", 1, 2), ("client", "2.0", 2, 3), ("classic", "1.24", 1, 1)],
    )
    def test_a_create_whose_answer_is_lost_has_made_a_task_each_time(
        self,
        idle_server: RunningKaiga,
        idle: httpx.Client,
        surface: str,
        sdk: str,
        lost: int,
        sent: int,
    ):
        """Trap 28: the newer SDK sends it again by itself, 1.24 does not."""
        with losing_answers(idle_server, lost) as (api_url, created):
            told = run_program("creating", idle_server, surface, 1, sdk=sdk, api_url=api_url)

        assert len(set(created)) == len(created) == sent
        assert told.get("task_id") == (created[-1] if sent > lost else None)
        assert {status_of(idle, task_id) for task_id in created} == {"PENDING"}
