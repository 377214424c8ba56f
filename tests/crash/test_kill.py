"""Processes killed for real: nothing accepted is lost, nothing is published twice."""

import random
import time
from collections.abc import Callable

import httpx
import pytest

from crash.processes import child_processes, is_alive, kill
from running import RunningKaiga, wait_until

StartServer = Callable[..., RunningKaiga]

# Painting in 20 steps of 20 ms gives a random moment something to hit.
SLOW = {"KAIGA_WORKERS": "2", "KAIGA_SKETCH_SECONDS": "0.4", "KAIGA_LOG_LEVEL": "info"}
SWEEPING = {
    "KAIGA_LEASE_SECONDS": "1",
    "KAIGA_SWEEP_MARGIN_SECONDS": "0",
    "KAIGA_SWEEP_SECONDS": "1",
}


def wait_for_child(running: RunningKaiga, but_not: int = 0) -> int:
    found: list[int] = []

    def has_child() -> bool:
        found[:] = [child for child in child_processes(running.process_id) if child != but_not]
        return bool(found)

    wait_until(has_child, "an engine child runs")
    return found[0]


def wait_until_running(client: httpx.Client, task_id: str) -> None:
    def is_running() -> bool:
        return client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "RUNNING"

    wait_until(is_running, f"task {task_id} runs")


def tell_of_ends(client: httpx.Client, running: RunningKaiga) -> None:
    """Have an address told of every end: this machine's own, which the rules forbid to ask."""
    told = {"url": "http://127.0.0.1:9/"}
    assert client.post(f"{running.base_url}/kaiga/v1/webhooks", json=told).is_success


def stored_files(running: RunningKaiga) -> set[str]:
    return set(running.objects().list_keys())


def test_a_task_whose_engine_is_killed_is_painted_by_the_next_one(
    start_server: StartServer,
) -> None:
    running = start_server({**SLOW, "KAIGA_WORKERS": "1"})
    with running.client() as client:
        task_id = running.submit(client)
        wait_until_running(client, task_id)
        child = wait_for_child(running)

        kill(child)
        ended = running.wait_for_end(client, task_id)

    assert ended["output"]["task_status"] == "SUCCEEDED"
    assert not is_alive(child)
    assert running.select("SELECT attempt, cause FROM attempts ORDER BY attempt") == [
        (1, "engine_crashed"),
        (2, None),
    ]


def test_a_task_that_kills_every_engine_fails_and_lets_the_next_one_through(
    start_server: StartServer,
) -> None:
    running = start_server({**SLOW, "KAIGA_WORKERS": "1", "KAIGA_SKETCH_SECONDS": "30"})
    with running.client() as client:
        task_id, child = running.submit(client), 0
        for _ in range(3):
            wait_until_running(client, task_id)
            child = wait_for_child(running, but_not=child)
            kill(child)
        ended = running.wait_for_end(client, task_id)

    assert ended["output"]["task_status"] == "FAILED"
    assert ended["output"]["code"] == "InternalError.Algo"
    assert "usage" not in ended
    assert running.select("SELECT count(*) FROM usage_ledger") == [(0,)]


def test_no_child_survives_a_killed_server(start_server: StartServer) -> None:
    running = start_server({**SLOW, "KAIGA_SKETCH_SECONDS": "30"})
    with running.client() as client:
        for _ in range(2):
            running.submit(client)
        wait_until(lambda: len(child_processes(running.process_id)) == 2, "both engines run")
        children = child_processes(running.process_id)

        running.kill()

    wait_until(lambda: not any(is_alive(child) for child in children), "both children are gone")


def test_a_killed_server_goes_on_where_it_was(start_server: StartServer) -> None:
    running = start_server(SLOW)
    with running.client() as client:
        tell_of_ends(client, running)
        ids = [running.submit(client, f"a cat number {number}", n=2) for number in range(6)]
        wait_until_running(client, ids[0])
        running.kill()

    running.start()
    with running.client() as client:
        ended = [running.wait_for_end(client, task_id) for task_id in ids]

    assert [each["output"]["task_status"] for each in ended] == ["SUCCEEDED"] * 6
    assert running.select("SELECT count(*), count(DISTINCT task_id) FROM usage_ledger") == [(6, 6)]
    assert running.select("SELECT count(*), count(DISTINCT task_id) FROM outbox") == [(6, 6)]


def test_a_stopped_server_gives_its_work_back_and_exits_with_0(start_server: StartServer) -> None:
    running = start_server({**SLOW, "KAIGA_SKETCH_SECONDS": "30", "KAIGA_GRACE_SECONDS": "0.2"})
    with running.client() as client:
        task_id = running.submit(client)
        wait_until_running(client, task_id)
        children = child_processes(running.process_id)

    status = running.stop()

    assert status == 0, running.log()
    assert running.select("SELECT status FROM tasks") == [("PENDING",)]
    assert not any(is_alive(child) for child in children)


def test_running_work_ends_within_the_grace(start_server: StartServer) -> None:
    running = start_server({**SLOW, "KAIGA_GRACE_SECONDS": "30"})
    with running.client() as client:
        task_id = running.submit(client)
        wait_until_running(client, task_id)

    running.stop()

    assert running.select("SELECT status FROM tasks") == [("SUCCEEDED",)]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [20261122])
def test_killed_at_random_moments_every_accepted_task_ends_exactly_once(
    start_server: StartServer, seed: int
) -> None:
    chance = random.Random(seed)
    settings = {
        "KAIGA_SKETCH_SECONDS": "0.1",
        "KAIGA_RETRIES": "10",
    }  # it is killed again and again
    running = start_server({**SLOW, **SWEEPING, **settings})
    accepted: list[str] = []
    with running.client() as client:
        tell_of_ends(client, running)

    for round_number in range(6):
        with running.client() as client:
            accepted += [
                running.submit(client, f"a boat {round_number} {number}")
                for number in range(chance.randrange(3, 8))
            ]
            time.sleep(chance.uniform(0, 0.6))  # the random moment itself
            children = child_processes(running.process_id)
            if children and chance.random() < 0.5:
                kill(chance.choice(children))
                time.sleep(chance.uniform(0, 0.3))
        running.kill()
        running.start()

    with running.client() as client:
        ended = {task_id: running.wait_for_end(client, task_id) for task_id in accepted}
        assert {each["output"]["task_status"] for each in ended.values()} == {"SUCCEEDED"}
        for each in ended.values():
            link = each["output"]["results"][0]["url"]
            assert httpx.get(link).content[:8] == b"\x89PNG\r\n\x1a\n"
    _assert_published_once(running, len(accepted))


def _assert_published_once(running: RunningKaiga, task_count: int) -> None:
    for table in ("usage_ledger", "outbox", "results"):
        ids = [row[0] for row in running.select(f"SELECT task_id FROM {table}")]  # noqa: S608  ours
        assert len(ids) == len(set(ids)) == task_count, table
    named = {str(row[0]) for row in running.select("SELECT object_key FROM results")}
    wait_until(lambda: stored_files(running) == named, "one sweep has removed every orphan")


def test_what_a_killed_attempt_leaves_is_swept_and_a_result_is_not(
    start_server: StartServer,
) -> None:
    running = start_server(SWEEPING)
    with running.client() as client:
        task_id = running.submit(client)
        running.wait_for_end(client, task_id)
    results = stored_files(running)
    running.objects().put("1/2/3/0", b"a picture of nobody's")

    wait_until(lambda: stored_files(running) == results, "the sweep has removed it")

    assert len(results) == 1


@pytest.mark.objects_folder("a bucket has no unfinished files")
def test_what_a_killed_write_leaves_in_the_folder_is_swept(start_server: StartServer) -> None:
    running = start_server(SWEEPING)
    unfinished = running.data / "objects" / "1" / "2" / "3" / "0#1"
    unfinished.parent.mkdir(parents=True)
    unfinished.write_bytes(b"half a picture")

    wait_until(lambda: not unfinished.exists(), "the sweep has removed it")


def test_results_of_work_that_is_still_running_are_not_swept(start_server: StartServer) -> None:
    running = start_server({**SWEEPING, "KAIGA_SKETCH_SECONDS": "4"})
    with running.client() as client:
        task_id = running.submit(client, n=4)  # the first picture is older than lease and margin
        ended = running.wait_for_end(client, task_id)

    links = [result["url"] for result in ended["output"]["results"]]
    assert [httpx.get(link).status_code for link in links] == [200] * 4


def test_a_second_server_on_the_same_folder_is_refused_and_the_first_goes_on(
    start_server: StartServer,
) -> None:
    running = start_server({})
    second = RunningKaiga(running.data.parent / "other", {"KAIGA_DATA": str(running.data)})

    with pytest.raises(AssertionError, match=f"process {running.process_id}"):
        second.start()

    assert httpx.get(f"{running.base_url}/readyz").status_code == 200
