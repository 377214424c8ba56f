"""One cluster for all tests, and one server on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.diffusers.conftest import Weights, weights
from ray_cluster.alone import is_alone
from ray_cluster.cluster import ADDRESS, Cluster
from running import MODEL, RunningKaiga

__all__ = ["weights"]
EDITING = "wanx2.1-imageedit"
OPEN_MODEL = "wan2.2-t2i-flash"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if not is_alone():
        pytest.skip("no network with loopback alone could be had (see alone.py)")
    cluster = Cluster(tmp_path_factory.mktemp("cluster")).start()
    cluster.add_node()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def kaiga(
    cluster: Cluster,  # noqa: ARG001  it has to be there
    tmp_path_factory: pytest.TempPathFactory,
    weights: Weights,
) -> Iterator[RunningKaiga]:
    """Sketch on halves of a GPU, and tiny weights in a group of two bundles without any."""
    folder = tmp_path_factory.mktemp("served")
    config = write_config(folder, weights("z_image"))
    running = RunningKaiga(
        folder / "data",
        {
            "KAIGA_RAY_ADDRESS": ADDRESS,
            "KAIGA_CONFIG": str(config),
            "KAIGA_RETRIES": "200",
            "KAIGA_SKETCH_SECONDS": "0.4",
        },
    ).start()
    yield running
    running.stop()


def write_config(folder: Path, folder_of_weights: str) -> Path:
    config = folder / "kaiga.toml"
    config.write_text(
        f"""
        [engines.sketch]
        kind = "sketch"
        ray = {{ num_gpus = 0.5, max = 2, queue_seconds = 0.3, idle_seconds = 2 }}

        [engines.local]
        kind = "diffusers"
        devices = ["cpu"]
        [engines.local.ray]
        num_gpus = 0
        max = 1
        idle_seconds = 2
        placement = [{{ CPU = 1 }}, {{ CPU = 0.5 }}]

        [models."{MODEL}"]
        engines = ["sketch"]

        [models."{EDITING}"]
        engines = ["sketch"]

        [models."{OPEN_MODEL}"]
        engines = ["local"]
        [models."{OPEN_MODEL}".local]
        weights = "{folder_of_weights}"
        steps = 3
        guidance = 0.0
        """,
        "utf-8",
    )
    return config
