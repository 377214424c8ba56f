"""Nodes that the tests of this folder share; `cluster.py` beside it is importable."""

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

sys.path.append(str(Path(__file__).resolve().parent))

from cluster import Cluster

from edition import share_postgres
from postgres_server import PostgresServer


@pytest.fixture(scope="session")
def postgres() -> PostgresServer:
    return share_postgres()


@pytest.fixture(scope="session")
def shared_cluster(
    postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("nodes"), postgres)
    for node in cluster.nodes:
        node.start()
    yield cluster
    cluster.close()
    for node in cluster.nodes:
        assert "Traceback" not in node.log()


@pytest.fixture
def cluster(shared_cluster: Cluster) -> Iterator[Cluster]:
    """Two nodes, and no worker that another test has left."""
    yield shared_cluster
    shared_cluster.end_workers()


@pytest.fixture(scope="session")
def one(shared_cluster: Cluster) -> Iterator[httpx.Client]:
    """A client of the one node."""
    with shared_cluster.nodes[0].client() as client:
        yield client


@pytest.fixture(scope="session")
def other(shared_cluster: Cluster) -> Iterator[httpx.Client]:
    """A client of the other node, with the same key."""
    with shared_cluster.nodes[1].client() as client:
        yield client
