"""Servers and clients of the HTTP edge's tests; `http_calls.py` beside it is importable."""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from running import OWN_MODELS, RunningKaiga

sys.path.append(str(Path(__file__).resolve().parent))


@pytest.fixture(scope="session")
def painter(server: RunningKaiga) -> Iterator[httpx.Client]:
    """A client with an admin key of the server that paints."""
    with server.client() as client:
        yield client
    assert "Traceback" not in server.log()


@pytest.fixture(scope="session")
def client(idle_server: RunningKaiga) -> Iterator[httpx.Client]:
    """A client with an admin key of the server on which everything stays PENDING."""
    with idle_server.client() as client:
        yield client
    assert "Traceback" not in idle_server.log()


@pytest.fixture(scope="session")
def stranger(client: httpx.Client, idle_server: RunningKaiga) -> Iterator[httpx.Client]:
    """A client of another account on the same server as `client`."""
    made = client.post(
        f"{idle_server.base_url}/kaiga/v1/keys", json={"account": "1000000000000002"}
    ).json()
    with idle_server.client(made["key"]) as stranger:
        yield stranger


@pytest.fixture(scope="session")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    """A server that paints, with the tests' own models, and that fetches from this machine."""
    folder = tmp_path_factory.mktemp("own-server") / "data"
    settings = {"KAIGA_CATALOGUE": str(OWN_MODELS), "KAIGA_FETCH_ALLOW": "127.0.0.1"}
    running = RunningKaiga(folder, settings).start()
    yield running
    running.stop()
    assert "Traceback" not in running.log()


@pytest.fixture(scope="session")
def own(own_server: RunningKaiga) -> Iterator[httpx.Client]:
    """A client with an admin key of the server with the tests' own models."""
    with own_server.client() as client:
        yield client


@pytest.fixture(scope="session")
def painted(server: RunningKaiga, painter: httpx.Client) -> dict[str, Any]:
    """The last answer about a task that made one picture of 768 by 768."""
    return server.wait_for_end(painter, server.submit(painter, "a red kite"))


@pytest.fixture(scope="module")
def module_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[Mapping[str, str]], RunningKaiga]]:
    """Start servers with settings that several tests of a module share."""
    started: list[RunningKaiga] = []

    def start(settings: Mapping[str, str]) -> RunningKaiga:
        folder = tmp_path_factory.mktemp("module-server") / "data"
        started.append(RunningKaiga(folder, settings))
        return started[-1].start()

    yield start
    for running in started:
        running.stop()


@pytest.fixture(scope="module")
def upload_server(
    module_server: Callable[[Mapping[str, str]], RunningKaiga],
) -> RunningKaiga:
    """A server that takes files of 1 MiB, and holds few bytes at once."""
    return module_server(
        {
            "KAIGA_WORKERS": "0",
            "KAIGA_MAX_UPLOAD_BYTES": str(1024 * 1024),
            "KAIGA_MAX_BODY_BYTES": "300000",
            "KAIGA_MAX_IN_FLIGHT_BYTES": "600000",
        }
    )


@pytest.fixture(scope="module")
def uploader(upload_server: RunningKaiga) -> Iterator[httpx.Client]:
    with upload_server.client() as client:
        yield client
    assert "Traceback" not in upload_server.log()


@pytest.fixture
def policy(uploader: httpx.Client) -> dict[str, Any]:
    """A fresh policy of that server."""
    asked = {"action": "getPolicy", "model": "wan2.5-i2i-preview"}
    return uploader.get("/uploads", params=asked).json()["data"]
