"""`kaiga tasks`: list, show, cancel, watch."""

import json
from itertools import pairwise
from typing import Any

import httpx
import pytest

from running import MODEL, wait_until


@pytest.fixture
def waiting_task(idle_server: Any) -> str:
    with idle_server.client() as client:
        return idle_server.submit(client)


@pytest.fixture
def finished_task(server: Any) -> str:
    with server.client() as client:
        task_id = server.submit(client, "a cat")
        server.wait_for_end(client, task_id)
        return task_id


def test_the_list_shows_whole_ids_with_their_status(
    terminal: Any, at_idle_server: dict[str, str], waiting_task: str
):
    told = terminal.succeed("tasks", "list", settings=at_idle_server)

    row = next(line for line in told.splitlines() if waiting_task in line)
    assert "PENDING" in row
    assert MODEL in row


def test_the_list_can_be_narrowed_and_turned(
    quick_terminal: Any, at_idle_server: dict[str, str], waiting_task: str
):
    nothing = quick_terminal.succeed(
        "tasks", "list", "--status", "SUCCEEDED", settings=at_idle_server
    )
    elsewhere = quick_terminal.succeed("tasks", "list", "--model", "other", settings=at_idle_server)
    page = json.loads(
        quick_terminal.succeed(
            "tasks", "list", "--page", "1", "--page-size", "1", "--json", settings=at_idle_server
        )
    )

    assert nothing == elsewhere == "No tasks.\n"
    assert [row["task_id"] for row in page["data"]] == [waiting_task]


def test_a_task_is_shown_with_everything_that_is_known(
    quick_terminal: Any, at_server: dict[str, str], finished_task: str
):
    told = quick_terminal.succeed("tasks", "show", finished_task, settings=at_server)
    raw = json.loads(
        quick_terminal.succeed("tasks", "show", finished_task, "--json", settings=at_server)
    )

    assert raw["output"]["task_status"] == "SUCCEEDED"
    assert raw["output"]["results"][0]["url"] in told
    assert raw["output"]["end_time"] in told
    assert "image_count" in told


@pytest.mark.parametrize("command", ["show", "watch"])
def test_a_task_that_is_not_there_is_told(
    quick_terminal: Any, at_server: dict[str, str], command: str
):
    task_id = "01890000-0000-7000-8000-000000000000"

    assert f"no task {task_id}" in quick_terminal.fail(
        "tasks", command, task_id, settings=at_server
    )


def test_what_is_no_id_is_refused(quick_terminal: Any, at_server: dict[str, str]):
    message = quick_terminal.fail("tasks", "show", "../keys", settings=at_server, status=2)

    assert "'../keys' is not a task id" in message


def test_a_waiting_task_is_canceled_once(
    quick_terminal: Any, at_idle_server: dict[str, str], waiting_task: str
):
    told = quick_terminal.succeed("tasks", "cancel", waiting_task, settings=at_idle_server)
    again = quick_terminal.fail("tasks", "cancel", waiting_task, settings=at_idle_server)
    watched = quick_terminal.fail("tasks", "watch", waiting_task, settings=at_idle_server, status=5)

    assert told == f"Task {waiting_task} is canceled.\n"
    assert again.startswith("UnsupportedOperation: ")
    assert watched == f"Task {waiting_task} was canceled."


def test_a_waiting_task_is_canceled_by_kaigas_own_route_as_well(
    quick_terminal: Any, at_idle_server: dict[str, str], waiting_task: str
):
    told = quick_terminal.succeed(
        "tasks", "cancel", waiting_task, "--running", settings=at_idle_server
    )

    assert told == f"Task {waiting_task} is canceled.\n"


def test_a_running_task_is_stopped(quick_terminal: Any, start_server: Any):
    running = start_server({"KAIGA_SKETCH_SECONDS": "600", "KAIGA_CANCEL_GRACE_SECONDS": "0"})
    settings = {"KAIGA_DATA": str(running.data), "KAIGA_API_KEY": running.key}
    with running.client() as client:
        task_id = running.submit(client)

        def is_running() -> bool:
            return client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "RUNNING"

        wait_until(is_running, "the task runs")
        refused = quick_terminal.fail("tasks", "cancel", task_id, settings=settings)
        told = quick_terminal.succeed("tasks", "cancel", task_id, "--running", settings=settings)
        ended = running.wait_for_end(client, task_id)

    assert refused.startswith("UnsupportedOperation: ")
    assert told == f"Task {task_id} is being stopped.\n"
    assert ended["output"]["task_status"] == "CANCELED"


def test_all_waiting_tasks_of_a_key_are_canceled(
    quick_terminal: Any, idle_server: Any, at_idle_server: dict[str, str], waiting_task: str
):
    with idle_server.client() as admin:
        url = f"{idle_server.base_url}/kaiga/v1/keys"
        key = admin.post(url, json={"account": "1000000000000009"}).json()["key"]
    with idle_server.client(key) as client:
        for _ in range(3):
            idle_server.submit(client)

    told = [
        quick_terminal.succeed(
            "tasks", "cancel", "--all-pending", "--key", key, settings=at_idle_server
        )
        for _ in range(2)
    ]

    assert told == ["Tasks canceled: 3.\n", "Tasks canceled: 0.\n"]
    kept = quick_terminal.succeed("tasks", "show", waiting_task, settings=at_idle_server)
    assert "PENDING" in kept


@pytest.mark.parametrize("given", [[], ["ID", "--all-pending"], ["--running", "--all-pending"]])
def test_one_task_is_canceled_or_all_and_never_both(
    quick_terminal: Any, at_idle_server: dict[str, str], given: list[str]
):
    message = quick_terminal.fail("tasks", "cancel", *given, settings=at_idle_server, status=2)

    assert "--all-pending" in message


def test_a_watched_task_ends_with_links_that_open(
    quick_terminal: Any, at_server: dict[str, str], finished_task: str
):
    told = quick_terminal.succeed("tasks", "watch", finished_task, settings=at_server)

    status, link = told.splitlines()
    assert status == "SUCCEEDED"
    assert httpx.get(link).headers["content-type"] == "image/png"


def test_a_watched_task_is_saved_where_a_folder_is_named(
    terminal: Any, at_server: dict[str, str], finished_task: str
):
    told = terminal.succeed("tasks", "watch", finished_task, "--output", ".", settings=at_server)

    assert told.strip() == f"{finished_task}-1.png"
    assert (terminal.folder / told.strip()).read_bytes().startswith(b"\x89PNG")


def test_without_a_server_it_is_said_how_to_start_one(terminal: Any):
    message = terminal.fail("tasks", "list")

    assert "kaiga serve" in message
    assert not (terminal.folder / "data").exists()


def test_the_address_that_a_killed_server_left_is_not_believed(
    quick_terminal: Any, start_server: Any
):
    killed = start_server({})
    killed.kill()

    message = quick_terminal.fail("tasks", "list", settings={"KAIGA_DATA": str(killed.data)})

    assert (killed.data / "server.json").exists()
    assert message.startswith("No Kaiga runs on")


def test_several_tasks_are_watched_to_their_ends_and_the_worst_is_the_status(
    quick_terminal: Any, server: Any, at_server: dict[str, str], finished_task: str
):
    with server.client() as client:
        failing = server.submit(client, "a cat", size="1*1")

    done = quick_terminal.run("tasks", "watch", finished_task, failing, settings=at_server)

    lines = done.told.splitlines()
    assert done.status == 4
    assert {f"{finished_task} SUCCEEDED", f"{failing} FAILED"} <= set(lines)
    assert lines[lines.index(f"{finished_task} SUCCEEDED") + 1].startswith("http")
    assert done.problems.splitlines()[-1].startswith("kaiga: InvalidParameter")


def test_each_change_of_a_watched_task_is_a_line_of_json(quick_terminal: Any, start_server: Any):
    running = start_server({"KAIGA_SKETCH_SECONDS": "0.5"})
    settings = {"KAIGA_DATA": str(running.data), "KAIGA_API_KEY": running.key}
    with running.client() as client:
        task_ids = [running.submit(client) for _ in range(2)]

    told = quick_terminal.succeed(
        "tasks", "watch", *task_ids, "--json", "--output", "made", settings=settings
    )

    changes = [json.loads(line) for line in told.splitlines()]
    for task_id in task_ids:
        own = [change for change in changes if change["task_id"] == task_id]
        assert own[-1]["task_status"] == "SUCCEEDED"
        assert own[-1]["usage"] == {"image_count": 1}
        assert own[-1]["files"] == [f"made/{task_id}-1.png"]
        assert "generate" in {change.get("phase") for change in own}
        assert all(before != after for before, after in pairwise(own))


def test_a_watched_task_that_has_not_ended_in_time_is_told_as_it_stands(
    quick_terminal: Any, at_idle_server: dict[str, str], waiting_task: str
):
    told = quick_terminal.run(
        "tasks", "watch", waiting_task, "--timeout", "0.3", "--json", settings=at_idle_server
    )

    assert json.loads(told.told) == {"task_id": waiting_task, "task_status": "PENDING"}
    assert told.status == 6
    assert "kaiga tasks watch" in json.loads(told.problems.splitlines()[-1])["message"]


def test_what_was_canceled_is_told_as_json(
    quick_terminal: Any, at_idle_server: dict[str, str], waiting_task: str
):
    told = json.loads(
        quick_terminal.succeed("tasks", "cancel", waiting_task, "--json", settings=at_idle_server)
    )

    assert told == {"task_id": waiting_task, "task_status": "CANCELED"}
