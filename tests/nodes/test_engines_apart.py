"""Workers that run different engines: one takes over for the other, and every node tells why."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster import Cluster

from postgres_server import PostgresServer
from running import MODEL, wait_until

GPU_AWAY = f"""
[engines.gpu]
kind = "openai"
url = "http://127.0.0.1:9/v1"

[models."{MODEL}"]
engines = ["gpu", "sketch"]

[models."{MODEL}".gpu]
name = "a-model"
"""


@pytest.fixture
def apart(postgres: PostgresServer, tmp_path: Path) -> Iterator[Cluster]:
    config = tmp_path / "kaiga.toml"
    config.write_text(GPU_AWAY, "utf-8")
    cluster = Cluster(tmp_path, postgres, KAIGA_CONFIG=str(config))
    cluster.nodes[0].start()
    yield cluster
    cluster.end_workers()
    cluster.nodes[0].stop()


def test_a_worker_of_the_next_engine_takes_over_where_the_first_is_away_elsewhere(apart: Cluster):
    node = apart.nodes[0]
    apart.start_worker("--engine", "gpu")
    with node.client() as client:

        def show_gpu() -> dict[str, str]:
            engines = client.get(f"{node.base_url}/kaiga/v1/status").json()["engines"]
            return {each["name"]: each for each in engines}["gpu"]

        task_id = node.submit(client)
        wait_until(lambda: show_gpu()["state"] == "away", "the node tells of the worker's engine")
        assert show_gpu()["message"].startswith(f"{socket.gethostname()}: ")
        assert client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "PENDING"

        apart.start_worker("--engine", "sketch")
        ended = node.wait_for_end(client, task_id)
        engine = client.get(f"/tasks/{task_id}").headers["x-kaiga-engine"]

    assert ended["output"]["task_status"] == "SUCCEEDED"
    assert engine == "sketch"
