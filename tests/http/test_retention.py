"""What is left of a task once its time is over: nothing but what it was billed for."""

from collections.abc import Sequence

import httpx
from http_calls import create, make_order

from edition import HAS_DAYS
from running import RunningKaiga, wait_until

# 3.6 seconds, and a look every tenth of a second.
SHORT = {"KAIGA_RETENTION_HOURS": "0.001", "KAIGA_HOUSEKEEPING_SECONDS": "0.1"}


def count_rows(server: RunningKaiga, table: str, task_ids: Sequence[str]) -> int:
    column = "id" if table == "tasks" else "task_id"
    marks = ", ".join("?" for _ in task_ids)
    [(count,)] = server.select(
        f"SELECT count(*) FROM {table} WHERE {column} IN ({marks})",  # noqa: S608  names of our own
        *task_ids,
    )
    assert isinstance(count, int)
    return count


def test_an_expired_task_leaves_only_its_line_in_the_usage_ledger(start_server):
    server = start_server(SHORT)
    with server.client() as client:
        large = {**make_order(), "padding": "A" * 100_000}  # kept as an object, not in the row
        painted = create(client, large).json()["output"]["task_id"]
        failed = create(client, make_order(n=9)).json()["output"]["task_id"]
        answer = server.wait_for_end(client, painted)
        url = answer["output"]["results"][0]["url"]
        assert httpx.get(url).status_code == 200
        assert server.objects().list_keys()

        def is_unknown(task_id: str) -> bool:
            output = client.get(f"/tasks/{task_id}").json()["output"]
            return output == {"task_id": task_id, "task_status": "UNKNOWN"}

        wait_until(lambda: is_unknown(painted) and is_unknown(failed), "both have expired")
        if not HAS_DAYS:
            wait_until(lambda: not count_rows(server, "tasks", [painted, failed]), "no row is left")
            assert count_rows(server, "results", [painted]) == 0
            assert count_rows(server, "attempts", [painted]) == 0
        wait_until(lambda: not server.objects().list_keys(), "no object is left")

        assert client.get("/tasks").json()["total"] == 0
        assert client.post(f"/tasks/{painted}/cancel").status_code == 400
        assert httpx.get(url).status_code == 404
        assert count_rows(server, "usage_ledger", [painted]) == 1


def test_an_unfinished_task_does_not_expire(start_server):
    server = start_server({**SHORT, "KAIGA_WORKERS": "0"})
    with server.client() as client:
        waiting = server.submit(client)
        ended = create(client, make_order(n=9)).json()["output"]["task_id"]

        def has_expired(task_id: str) -> bool:
            return client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "UNKNOWN"

        wait_until(lambda: has_expired(ended), "a task that ended at the same time has expired")

        assert client.get(f"/tasks/{waiting}").json()["output"]["task_status"] == "PENDING"
