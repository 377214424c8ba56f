"""One account's flood against a real server: how long another account's next task waits."""

import sqlite3
from pathlib import Path

import pytest
from httpx import Client

from running import RunningKaiga

FLOOD = 100_000
WORKERS = 2
_COPY_A_TASK = """
    WITH RECURSIVE copies (number) AS (
        SELECT 1 UNION ALL SELECT number + 1 FROM copies WHERE number < ?)
    INSERT INTO tasks SELECT * FROM (
        SELECT substr(tasks.id, 1, 24) || printf('%012x', number) AS id, {others}
        FROM copies, tasks WHERE tasks.id = ?)
"""


pytestmark = pytest.mark.sqlite("it fills the database by SQL of SQLite")


def flood_with_copies(database: Path, task_id: str) -> None:
    """Write so many waiting tasks like one that is there, as creates would have."""
    with sqlite3.connect(database) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(tasks)")]
        others = ", ".join(f"tasks.{name}" for name in columns if name != "id")
        assert columns[0] == "id"
        connection.execute(_COPY_A_TASK.format(others=others), (FLOOD, task_id))


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
    flood_with_copies(server.data / "kaiga.db", task_id)
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
    return read_number(server, query, task_id)


def count_waiting(server: RunningKaiga) -> int:
    return read_number(server, "SELECT count(*) FROM tasks WHERE status = 'PENDING'")


def read_number(server: RunningKaiga, query: str, *values: str) -> int:
    with sqlite3.connect(f"file:{server.data / 'kaiga.db'}?mode=ro", uri=True) as connection:
        return int(connection.execute(query, values).fetchone()[0])
