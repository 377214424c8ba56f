"""`kaiga worker`: it runs what nodes take, and may come and go."""

import time
from collections.abc import Callable

import httpx
from cluster import Cluster

from running import wait_until


def _submit_to_a_killed_worker(cluster: Cluster, one: httpx.Client) -> str:
    """Submit a task and kill the only worker, which runs it by then."""
    only = cluster.start_worker(KAIGA_SKETCH_SECONDS="60")
    task_id = cluster.nodes[0].submit(one)
    wait_until(lambda: _status(one, task_id) == "RUNNING", "it runs")
    only.kill()
    return task_id


def _status(client: httpx.Client, task_id: str) -> str:
    return client.get(f"/tasks/{task_id}").json()["output"]["task_status"]


def _attempts(client: httpx.Client, task_id: str) -> list[dict[str, object]]:
    url = client.base_url.join(f"/kaiga/v1/tasks/{task_id}")
    return client.get(url).json()["attempts"]


def test_what_one_node_took_a_worker_runs_and_the_other_node_shows(
    cluster: Cluster, one: httpx.Client, other: httpx.Client
):
    node, second = cluster.nodes
    task_id = node.submit(one, "a lighthouse")
    assert _status(other, task_id) == "PENDING"
    cluster.start_worker()
    ended = second.wait_for_end(other, task_id)
    assert ended["output"]["task_status"] == "SUCCEEDED"
    assert _status(one, task_id) == "SUCCEEDED"


def test_a_result_is_served_by_the_node_that_the_link_names(
    cluster: Cluster, one: httpx.Client, other: httpx.Client
):
    node, second = cluster.nodes
    cluster.start_worker()
    task_id = node.submit(one)
    links = [
        running.wait_for_end(client, task_id)["output"]["results"][0]["url"]
        for running, client in ((node, one), (second, other))
    ]
    assert links[0].startswith(node.base_url)
    assert links[1].startswith(second.base_url)
    assert httpx.get(links[0]).content == httpx.get(links[1]).content


def test_tasks_of_a_killed_worker_are_run_by_another(cluster: Cluster, one: httpx.Client):
    node = cluster.nodes[0]
    doomed = cluster.start_worker(KAIGA_SKETCH_SECONDS="60")
    task_id = node.submit(one)
    wait_until(lambda: _status(one, task_id) == "RUNNING", "it runs")
    doomed.kill()
    cluster.start_worker()
    assert node.wait_for_end(one, task_id)["output"]["task_status"] == "SUCCEEDED"
    assert [each["cause"] for each in _attempts(one, task_id)] == ["worker_lost", None]


def test_a_task_of_the_last_worker_waits_again_once_that_one_is_killed(
    cluster: Cluster, one: httpx.Client
):
    node = cluster.nodes[0]
    task_id = _submit_to_a_killed_worker(cluster, one)
    wait_until(lambda: _status(one, task_id) == "PENDING", "it waits again")
    cluster.start_worker()
    assert node.wait_for_end(one, task_id)["output"]["task_status"] == "SUCCEEDED"


def test_a_task_that_was_to_be_stopped_is_canceled_once_its_killed_worker_is_missed(
    cluster: Cluster, one: httpx.Client
):
    node = cluster.nodes[0]
    task_id = _submit_to_a_killed_worker(cluster, one)
    one.post(f"{node.base_url}/kaiga/v1/tasks/{task_id}/cancel").raise_for_status()
    assert node.wait_for_end(one, task_id)["output"]["task_status"] == "CANCELED"
    assert [each["cause"] for each in _attempts(one, task_id)] == ["worker_lost"]


def test_a_worker_that_starts_leaves_what_others_run_to_them(cluster: Cluster, one: httpx.Client):
    node = cluster.nodes[0]
    cluster.start_worker(KAIGA_SKETCH_SECONDS="3")
    task_id = node.submit(one)
    wait_until(lambda: _status(one, task_id) == "RUNNING", "it runs")
    cluster.start_worker()
    node.wait_for_end(one, task_id)
    assert len(_attempts(one, task_id)) == 1


def test_a_worker_that_is_stopped_ends_what_it_can_and_gives_back_the_rest(
    cluster: Cluster, one: httpx.Client
):
    node = cluster.nodes[0]
    patient = cluster.start_worker(KAIGA_SKETCH_SECONDS="1", KAIGA_GRACE_SECONDS="30")
    quick = node.submit(one)
    wait_until(lambda: _status(one, quick) == "RUNNING", "it runs")
    assert patient.stop() == 0
    assert _status(one, quick) == "SUCCEEDED"

    hurried = cluster.start_worker(KAIGA_SKETCH_SECONDS="60", KAIGA_GRACE_SECONDS="0")
    slow = node.submit(one)
    wait_until(lambda: _status(one, slow) == "RUNNING", "it runs")
    assert hurried.stop() == 0
    assert _status(one, slow) == "PENDING"
    cluster.start_worker()
    assert node.wait_for_end(one, slow)["output"]["task_status"] == "SUCCEEDED"


def test_a_worker_keeps_to_its_models(cluster: Cluster, one: httpx.Client):
    node = cluster.nodes[0]
    picky = cluster.start_worker("--model", "wan2.2-t2i-flash")
    task_id = node.submit(one)
    body = {
        "model": "wan2.2-t2i-flash",
        "input": {"prompt": "a cat"},
        "parameters": {"n": 1, "size": "768*768", "prompt_extend": False},
    }
    answer = one.post(
        "/services/aigc/text2image/image-synthesis",
        json=body,
        headers={"X-DashScope-Async": "enable"},
    )
    chosen = answer.json()["output"]["task_id"]
    assert node.wait_for_end(one, chosen)["output"]["task_status"] == "SUCCEEDED"
    assert _status(one, task_id) == "PENDING"
    assert picky.stop() == 0
    cluster.start_worker("--engine", "sketch")
    assert node.wait_for_end(one, task_id)["output"]["task_status"] == "SUCCEEDED"


def test_a_worker_is_refused_where_there_is_nothing_to_work_for(cluster: Cluster):
    on_sqlite = cluster.refuse("worker", KAIGA_STORE="", KAIGA_WORKERS="1")
    assert "KAIGA_STORE=postgresql://" in on_sqlite
    of_no_engine = cluster.refuse("worker", "--engine", "gpu", KAIGA_WORKERS="1")
    assert "There are: sketch" in of_no_engine


def test_two_nodes_have_two_folders(cluster: Cluster):
    folder = cluster.nodes[0].data
    refusal = cluster.refuse("serve", "--port", "0", KAIGA_DATA=str(folder))
    assert "Another Kaiga" in refusal


def test_workers_of_one_machine_take_the_folders_that_killed_ones_have_left(cluster: Cluster):
    for _ in range(3):
        cluster.start_worker().kill()
    folders = list((cluster.folder / "machine" / "workers").iterdir())
    assert len(folders) <= 2  # as many as ever worked there at the same time


def test_every_node_tells_who_is_at_work(cluster: Cluster, one: httpx.Client, other: httpx.Client):
    picky = cluster.start_worker("--model", "wan2.2-t2i-flash")
    seen = [
        wait_for_members(client, lambda members: "wan2.2-t2i-flash" in str(members))
        for client in (one, other)
    ]
    for members in seen:
        nodes = [each for each in members if each["kind"] == "node"]
        assert [each["engines"] for each in nodes] == [[], []]
        [ours] = [each for each in members if each["models"] == ["wan2.2-t2i-flash"]]
        assert (ours["kind"], ours["engines"], ours["slots"]) == ("worker", ["sketch"], 1)
    picky.stop()
    wait_for_members(one, lambda members: "wan2.2-t2i-flash" not in str(members))


def test_nodes_that_run_nothing_tell_when_a_task_may_end(
    cluster: Cluster, one: httpx.Client, other: httpx.Client
):
    node = cluster.nodes[0]
    cluster.start_worker(KAIGA_SKETCH_SECONDS="1.5")
    for client in (one, other):
        seen: set[str] = set()

        def look(client: httpx.Client = client, seen: set[str] = seen) -> bool:
            task_ids = [node.submit(one, size="1024*768") for _ in range(2)]
            for task_id in reversed(task_ids):
                seen.update(when_its_end_is_told(client, task_id))
            return {"PENDING", "RUNNING"} <= seen

        wait_until(look, "a node tells when waiting and running tasks may end")


def when_its_end_is_told(client: httpx.Client, task_id: str) -> set[str]:
    """Poll until a task has ended; gives at which statuses it was told when that may be."""
    told: set[str] = set()
    while True:
        answer = client.get(f"/tasks/{task_id}")
        status = answer.json()["output"]["task_status"]
        if "X-Kaiga-Eta-Seconds" in answer.headers:
            told.add(status)
        if status == "SUCCEEDED":
            return told
        time.sleep(0.1)


def wait_for_members(
    client: httpx.Client, condition: Callable[[list[dict[str, object]]], bool]
) -> list[dict[str, object]]:
    members: list[dict[str, object]] = []

    def look() -> bool:
        members[:] = client.get(client.base_url.join("/kaiga/v1/status")).json()["members"]
        return condition(members)

    wait_until(look, "the members are as they should be")
    return members
