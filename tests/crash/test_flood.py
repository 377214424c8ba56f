"""One account's flood against a real server: how long another account's next task waits."""

import pytest
from httpx import Client

from running import RunningKaiga

FLOOD = 100_000
WORKERS = 2


def flood_with_copies(server: RunningKaiga, task_id: str) -> None:
    """Write so many waiting tasks like one that is there, as creates would have."""
    [task] = server.select("SELECT * FROM tasks WHERE id = ?", task_id)
    assert task[0] == task_id
    copies = [(f"{task_id[:24]}{number:012x}", *task[1:]) for number in range(FLOOD)]
    server.rows().insert("tasks", copies)


@pytest.fixture(scope="module")
def flooded(tmp_path_factory: pytest.TempPathFactory) -> RunningKaiga:
    """A server that has not started yet and in which one account's tasks wait."""
    server = RunningKaiga(
        tmp_path_factory.mktemp("flood") / "data",
        {"KAIGA_WORKERS": "0", "KAIGA_SKETCH_SECONDS": "0.2"},
    ).start()
    with server.client() as client:
        task_id = server.submit(client)
    server.stop()
    flood_with_copies(server, task_id)
    return server


def make_stranger(server: RunningKaiga, admin: Client) -> str:
    answer = admin.post(f"{server.base_url}/kaiga/v1/keys", json={"account": "the-other"})
    return answer.json()["key"]


def test_a_flood_of_100_000_delays_another_account_by_one_task_a_worker(flooded: RunningKaiga):
    flooded.set(KAIGA_WORKERS=str(WORKERS)).start()
    try:
        with flooded.client() as admin, flooded.client(make_stranger(flooded, admin)) as other:
            overtaken = [count_overtaken(flooded, other) for _ in range(5)]
    finally:
        flooded.stop()

    assert max(overtaken) <= WORKERS
    assert count_waiting(flooded) > FLOOD // 2


def count_overtaken(server: RunningKaiga, other: Client) -> int:
    """Submit a task and give how many of the flood were claimed before it."""
    task_id = server.submit(other)
    server.wait_for_end(other, task_id)
    query = """
        SELECT count(*) FROM attempts, tasks
        WHERE tasks.id = ? AND attempts.task_id <> tasks.id
            AND attempts.claimed_ms > tasks.submitted_ms
            AND attempts.claimed_ms < tasks.scheduled_ms
    """
    [(overtaken,)] = server.select(query, task_id)
    assert isinstance(overtaken, int)
    return overtaken


def count_waiting(server: RunningKaiga) -> int:
    [(waiting,)] = server.select("SELECT count(*) FROM tasks WHERE status = 'PENDING'")
    assert isinstance(waiting, int)
    return waiting
