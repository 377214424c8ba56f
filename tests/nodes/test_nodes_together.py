"""Real nodes on one PostgreSQL: what one knows of a task or has let through counts at the other."""

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import httpx
import pytest

from edition import place_shared_objects
from running import CREATE, MODEL, RunningKaiga, RunningWorker, wait_until
from store.opened import share_postgres

A_MINUTE = 6


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[RunningKaiga, RunningKaiga]]:
    """Two that run no task, with a worker beside them that takes its time."""
    postgres = share_postgres()
    database = postgres.make_database()
    shared = {
        "KAIGA_STORE": database,
        **place_shared_objects(tmp_path),
        "KAIGA_WORKERS": "0",
        "KAIGA_LIMIT_SUBMISSIONS_PER_MINUTE": str(A_MINUTE),
    }
    one, other = (RunningKaiga(tmp_path / name / "data", shared) for name in ("one", "other"))
    working = {"KAIGA_WORKERS": "1", "KAIGA_SKETCH_SECONDS": "3"}
    worker = RunningWorker(tmp_path / "worker" / "data", {**shared, **working})
    for each in (one, other, worker):
        each.start()
    yield one, other
    for each in (one, other, worker):
        each.stop()
    postgres.drop_database(database)


def test_both_tell_the_steps_of_a_task_and_hold_its_account_s_rate_together(
    nodes: tuple[RunningKaiga, RunningKaiga],
):
    one, other = nodes
    with one.client() as first, other.client() as second:
        task_id = one.submit(first)

        wait_until(lambda: tells_steps(second, task_id), "a node tells a worker's steps")
        assert {"phase", "step", "end"} <= read_events(one, task_id)

        passed_at_one, passed_at_other = submit_until_refused(first), submit_until_refused(second)
        assert passed_at_one >= A_MINUTE - 1
        assert passed_at_other < A_MINUTE


def tells_steps(client: httpx.Client, task_id: str) -> bool:
    progress = client.get(f"/tasks/{task_id}").headers.get("X-Kaiga-Progress", "")
    return progress.startswith("generate;step=")


def read_events(node: RunningKaiga, task_id: str) -> set[str]:
    """Give the kinds of events until the task has ended."""
    url = f"{node.base_url}/kaiga/v1/tasks/{task_id}/events"
    headers = {"Authorization": f"Bearer {node.key}"}
    with httpx.stream("GET", url, headers=headers, timeout=60) as answer:
        lines = [line for line in answer.iter_lines() if line.startswith("event:")]
    return {line.partition(":")[2].strip() for line in lines}


def submit_until_refused(client: httpx.Client) -> int:
    """Submit as often as it may be; gives how often that was."""
    body = {"model": MODEL, "input": {"prompt": "a cat"}, "parameters": {"size": "768*768"}}
    header = {"X-DashScope-Async": "enable"}
    answers = (client.post(CREATE, json=body, headers=header) for _ in range(100))
    return sum(1 for _ in takewhile(lambda answer: answer.status_code == 200, answers))
