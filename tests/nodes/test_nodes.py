"""Two nodes on one database answer as one server."""

import threading
import time
from itertools import pairwise

import httpx
import pytest
from cluster import Cluster

from postgres_server import PostgresServer
from running import RunningKaiga, wait_until

_REFUSED_WITHIN_SECONDS = 2.0


def _make_key(node: RunningKaiga, client: httpx.Client, account: str) -> tuple[str, str]:
    made = client.post(f"{node.base_url}/kaiga/v1/keys", json={"account": account}).json()
    return made["id"], made["key"]


def _set_limits(node: RunningKaiga, client: httpx.Client, **rule: object) -> None:
    answer = client.patch(f"{node.base_url}/kaiga/v1/limits", json=rule)
    assert answer.status_code == 200, answer.text


def test_a_poll_that_one_node_holds_ends_with_a_task_of_the_other(
    cluster: Cluster, one: httpx.Client, other: httpx.Client
):
    node = cluster.nodes[0]
    cluster.start_worker(KAIGA_SKETCH_SECONDS="1")
    task_id = node.submit(one)
    held = other.get(f"/tasks/{task_id}", headers={"Prefer": "wait=20"})
    assert held.json()["output"]["task_status"] == "SUCCEEDED"


def test_a_key_that_one_node_revokes_is_refused_by_the_other_within_two_seconds(
    cluster: Cluster, one: httpx.Client
):
    node, second = cluster.nodes
    key_id, key = _make_key(node, one, "1000000000000101")
    with second.client(key) as client:
        assert client.get("/tasks/none").status_code == 200
        assert one.delete(f"{node.base_url}/kaiga/v1/keys/{key_id}").status_code == 200
        wait_until(
            lambda: client.get("/tasks/none").status_code == 401,
            "the key is refused",
            _REFUSED_WITHIN_SECONDS,
        )


def test_a_limit_that_one_node_sets_holds_on_the_other(cluster: Cluster, one: httpx.Client):
    node, second = cluster.nodes
    account = "1000000000000102"
    _, key = _make_key(node, one, account)
    _set_limits(node, one, account=account, queued_tasks=2)
    with node.client(key) as here, second.client(key) as there:
        node.submit(here)
        second.submit(there)
        assert [_try_to_submit(client) for client in (here, there)] == [429, 429]
        _cancel_waiting(node, here)


def test_a_rate_counts_what_comes_to_any_node(cluster: Cluster, one: httpx.Client):
    node, second = cluster.nodes
    account = "1000000000000103"
    _, key = _make_key(node, one, account)
    _set_limits(node, one, account=account, submissions_per_minute=20)
    with node.client(key) as here, second.client(key) as there:
        assert [_try_to_submit(here) for _ in range(20)] == [200] * 20
        answers: list[int] = []

        def is_refused() -> bool:
            answers.append(_try_to_submit(there))
            return answers[-1] == 429

        wait_until(is_refused, "the other node has heard of what came here")
        _cancel_waiting(node, here)
    assert answers.count(200) < 20, "alone it would have let 20 pass"


def test_a_running_limit_holds_over_all_workers(cluster: Cluster, one: httpx.Client):
    node, second = cluster.nodes
    account = "1000000000000104"
    _, key = _make_key(node, one, account)
    _set_limits(node, one, account=account, running_tasks=1)
    for _ in range(2):
        cluster.start_worker(KAIGA_SKETCH_SECONDS="0.3")
    with node.client(key) as here, second.client(key) as there:
        tasks = [node.submit(here) for _ in range(3)] + [second.submit(there) for _ in range(3)]
        for task_id in tasks:
            node.wait_for_end(here, task_id)
        spans = sorted(_span(here, task_id) for task_id in tasks)
    assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))


def test_a_flood_over_two_nodes_keeps_nobody_else_waiting(cluster: Cluster, one: httpx.Client):
    node, second = cluster.nodes
    _, flooding = _make_key(node, one, "1000000000000105")
    _, modest = _make_key(node, one, "1000000000000106")
    with node.client(flooding) as here, second.client(flooding) as there:
        flood = [node.submit(here) for _ in range(15)] + [second.submit(there) for _ in range(15)]
        with second.client(modest) as client:
            wanted = [second.submit(client) for _ in range(3)]
            cluster.start_worker(KAIGA_SKETCH_SECONDS="0.1")
            for task_id in wanted:
                second.wait_for_end(client, task_id)
            done = [here.get(f"/tasks/{each}").json()["output"]["task_status"] for each in flood]
        _cancel_waiting(node, here)
    assert done.count("SUCCEEDED") < len(flood) // 2


def test_links_open_on_any_node_after_a_rotation_on_one(cluster: Cluster, one: httpx.Client):
    node, second = cluster.nodes
    cluster.start_worker()
    task_id = node.submit(one)
    node.wait_for_end(one, task_id)
    rotated = one.post(f"{node.base_url}/kaiga/v1/links/rotate")
    assert rotated.status_code == 200, rotated.text
    result = one.get(f"/tasks/{task_id}").json()["output"]["results"][0]
    link = result["url"].replace(node.base_url, second.base_url)
    wait_until(lambda: httpx.get(link).status_code == 200, "the other node knows the new key", 2)


def test_a_node_that_starts_again_has_everything(cluster: Cluster, other: httpx.Client):
    second = cluster.nodes[1]
    node = cluster.make_node("c").start()
    try:
        with node.client() as client:
            task_id = node.submit(client)
        node.kill()
        node.start()
        with node.client() as client:
            assert client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "PENDING"
            cluster.start_worker()
            assert node.wait_for_end(client, task_id)["output"]["task_status"] == "SUCCEEDED"
            assert second.wait_for_end(other, task_id)["output"]["task_status"] == "SUCCEEDED"
    finally:
        node.stop()


def test_commands_open_the_database_beside_running_nodes(cluster: Cluster):
    keys = cluster.run("keys", "list", "--json")
    assert "KAIGA_API_KEY" in keys
    assert "PostgreSQL 18" in cluster.run("doctor")
    assert "pg_dump" in cluster.refuse("backup", "copy.tar")


@pytest.fixture
def restarting() -> PostgresServer:
    return PostgresServer.start_new()


def test_a_restart_of_the_database_loses_and_doubles_nothing(
    restarting: PostgresServer, tmp_path_factory: pytest.TempPathFactory
):
    cluster = Cluster(tmp_path_factory.mktemp("restarted"), restarting)
    node, second = (each.start() for each in cluster.nodes)
    tasks: list[str] = []
    refused: list[bool] = []
    try:
        cluster.start_worker(KAIGA_SKETCH_SECONDS="0.1")
        with node.client() as here, second.client() as there:
            is_over = threading.Event()

            def submit_on_and_on() -> None:
                while not is_over.is_set():
                    try:
                        tasks.append(node.submit(here))
                    except AssertionError as refusal:
                        refused.append("ModelUnavailable" in str(refusal))
                    time.sleep(0.02)

            submitting = threading.Thread(target=submit_on_and_on)
            submitting.start()
            wait_until(lambda: len(tasks) > 5, "some were taken")
            restarting.stop()
            while_away = _try_to_submit(there)
            restarting.start()
            taken = len(tasks)
            wait_until(lambda: len(tasks) > taken + 5, "more are taken")
            is_over.set()
            submitting.join()
            ends = [second.wait_for_end(there, each)["output"]["task_status"] for each in tasks]
            usage = there.get(f"{second.base_url}/kaiga/v1/usage").json()
    finally:
        cluster.close()
        restarting.close()
    assert while_away == 503
    assert all(refused), "whatever was refused was told to try again"
    assert ends == ["SUCCEEDED"] * len(tasks)
    assert usage
    assert len(set(tasks)) == len(tasks)


def _cancel_waiting(node: RunningKaiga, client: httpx.Client) -> None:
    """Leave nothing for the workers of other tests."""
    assert client.post(f"{node.base_url}/kaiga/v1/tasks/cancel", json={}).status_code == 200


def _try_to_submit(client: httpx.Client) -> int:
    body = {
        "model": "wan2.5-t2i-preview",
        "input": {"prompt": "a cat"},
        "parameters": {"n": 1, "size": "768*768"},
    }
    headers = {"X-DashScope-Async": "enable"}
    return client.post(
        "/services/aigc/text2image/image-synthesis", json=body, headers=headers
    ).status_code


def _span(client: httpx.Client, task_id: str) -> tuple[str, str]:
    output = client.get(f"/tasks/{task_id}").json()["output"]
    return output["scheduled_time"], output["end_time"]
