"""Tasks made by actors that die, on nodes that are lost, over a bridge that ends."""

import base64
import contextlib
import io
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from PIL import Image

from ray_cluster.cluster import Cluster, list_actors, list_bridges
from ray_cluster.conftest import EDITING, OPEN_MODEL
from running import CREATE, MODEL, RunningKaiga, wait_until

PATIENCE_SECONDS = 100.0


def wait_for_all(kaiga: RunningKaiga, client: httpx.Client, tasks: Sequence[str]) -> list[str]:
    """Give the statuses that the tasks end with."""
    ends = [kaiga.wait_for_end(client, task, PATIENCE_SECONDS) for task in tasks]
    return [end["output"]["task_status"] for end in ends]


def count_pictures(client: httpx.Client, kaiga: RunningKaiga) -> int:
    """Give how many pictures the ledger has."""
    usage = client.get(f"{kaiga.base_url}/kaiga/v1/usage", params={"by": "model"}).json()["usage"]
    return sum(line["images"] for line in usage if line["model"] == MODEL)


def kill(processes: Sequence[int]) -> int:
    """Kill a process of these; gives how many were."""
    for process in processes[:1]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
            return 1
    return 0


class Killer:
    """Kills every actor that it finds at work when it is asked; says when these were enough."""

    def __init__(self) -> None:
        self.killed: set[int] = set()

    def __call__(self) -> bool:
        for actor in list_actors(method="make"):
            if actor not in self.killed and kill([actor]):
                self.killed.add(actor)
        return len(self.killed) >= 10


def test_a_picture_is_made_by_an_actor_and_the_cluster_is_left_when_nothing_waits(
    kaiga: RunningKaiga,
):
    with kaiga.client() as client:
        wait_until(lambda: not list_actors(), "no actor runs")

        ended = kaiga.wait_for_end(client, kaiga.submit(client, seed=7))

        assert ended["output"]["task_status"] == "SUCCEEDED", kaiga.log()
        assert list_actors()
        picture = httpx.get(ended["output"]["results"][0]["url"]).content
        assert Image.open(io.BytesIO(picture)).size == (768, 768)
    wait_until(lambda: not list_actors(), "the idle actor is ended")


def test_inputs_reach_the_actor(kaiga: RunningKaiga):
    picture = io.BytesIO()
    Image.new("RGB", (512, 512), "teal").save(picture, "PNG")
    data = base64.b64encode(picture.getvalue()).decode()
    with kaiga.client() as client:
        answer = client.post(
            "/services/aigc/image2image/image-synthesis",
            json={
                "model": EDITING,
                "input": {
                    "function": "description_edit",
                    "prompt": "a boat",
                    "base_image_url": f"data:image/png;base64,{data}",
                },
            },
            headers={"X-DashScope-Async": "enable"},
        )

        ended = kaiga.wait_for_end(client, answer.json()["output"]["task_id"])

    assert ended["output"]["task_status"] == "SUCCEEDED", ended


def test_every_task_ends_once_while_actors_are_killed(kaiga: RunningKaiga):
    with kaiga.client() as client:
        pictures_before = count_pictures(client, kaiga)
        tasks = [kaiga.submit(client, f"cat {number}") for number in range(16)]

        wait_until(Killer(), "ten actors were killed", PATIENCE_SECONDS)

        assert wait_for_all(kaiga, client, tasks) == ["SUCCEEDED"] * len(tasks)
        assert count_pictures(client, kaiga) - pictures_before == len(tasks)


def test_a_canceled_task_leaves_its_actor_alive(kaiga: RunningKaiga):
    with kaiga.client() as client:
        kaiga.wait_for_end(client, kaiga.submit(client))
        actors = list_actors()
        task = kaiga.submit(client)
        wait_until(
            lambda: client.get(f"/tasks/{task}").json()["output"]["task_status"] == "RUNNING",
            "the task runs",
        )

        client.post(f"{kaiga.base_url}/kaiga/v1/tasks/{task}/cancel")

        ended = kaiga.wait_for_end(client, task)
        assert ended["output"]["task_status"] == "CANCELED", ended
        assert set(actors) <= set(list_actors())


def test_tasks_outlive_the_bridge_to_the_cluster(kaiga: RunningKaiga):
    with kaiga.client() as client:
        tasks = [kaiga.submit(client, f"dog {number}") for number in range(4)]
        wait_until(list_actors, "an actor runs")

        assert kill(list_bridges()) == 1

        assert wait_for_all(kaiga, client, tasks) == ["SUCCEEDED"] * len(tasks)


@pytest.mark.timeout(170)
def test_tiny_weights_run_on_actors_that_are_killed(kaiga: RunningKaiga):
    def submit(client: httpx.Client, seed: int) -> str:
        answer = client.post(
            CREATE,
            json={
                "model": OPEN_MODEL,
                "input": {"prompt": "a red boat"},
                "parameters": {"n": 1, "size": "512*512", "seed": seed, "prompt_extend": False},
            },
            headers={"X-DashScope-Async": "enable"},
        )
        return answer.json()["output"]["task_id"]

    def kill_one() -> bool:
        return kill(list_actors()) == 1

    with kaiga.client() as client:
        assert wait_for_all(kaiga, client, [submit(client, 1)]) == ["SUCCEEDED"], kaiga.log()

        tasks = [submit(client, seed) for seed in range(2, 5)]
        wait_until(kill_one, "the actor was killed")

        assert wait_for_all(kaiga, client, tasks) == ["SUCCEEDED"] * len(tasks)
        assert client.get(f"/tasks/{tasks[0]}").headers["x-kaiga-engine"] == "local"


def test_tasks_outlive_their_node(kaiga: RunningKaiga, cluster: Cluster):
    with kaiga.client() as client:
        tasks = [kaiga.submit(client, f"fox {number}") for number in range(4)]
        wait_until(list_actors, "an actor runs")

        cluster.lose(cluster.nodes.pop())
        cluster.add_node()

        assert wait_for_all(kaiga, client, tasks) == ["SUCCEEDED"] * len(tasks)


class TestStarting:
    def refuse(self, folder: Path, address: str) -> str:
        kaiga = RunningKaiga(folder / "data", {"KAIGA_RAY_ADDRESS": address})
        with pytest.raises(AssertionError):
            kaiga.start()
        return kaiga.log()

    @pytest.mark.usefixtures("cluster")
    def test_a_cluster_that_does_not_answer_is_told(self, tmp_path: Path):
        log = self.refuse(tmp_path, "127.0.0.1:6999")

        assert "No Ray cluster can be used at KAIGA_RAY_ADDRESS=127.0.0.1:6999" in log
        assert "Traceback" not in log
