from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from running import RunningKaiga

WIDE, HIGH = (900, 600), (600, 900)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of one colour each, on this machine; two have the same name."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "again").mkdir()
    Image.new("RGB", WIDE, "teal").save(folder / "wide.png")
    Image.new("RGB", HIGH, "maroon").save(folder / "high one 花.png")
    Image.new("RGB", WIDE, "gold").save(folder / "again/wide.png")
    return folder


@pytest.fixture(scope="session")
def api(server: RunningKaiga) -> Iterator[httpx.Client]:
    """A client of the server that paints."""
    with server.client() as client:
        yield client


@pytest.fixture(scope="session")
def idle(idle_server: RunningKaiga) -> Iterator[httpx.Client]:
    """A client of the server on which every task waits."""
    with idle_server.client() as client:
        yield client
