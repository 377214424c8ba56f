from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from running import RunningKaiga


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    """A server that paints."""
    running = RunningKaiga(tmp_path_factory.mktemp("server") / "data").start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def idle_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    """A server without workers: everything stays PENDING."""
    folder = tmp_path_factory.mktemp("idle-server") / "data"
    running = RunningKaiga(folder, {"KAIGA_WORKERS": "0"}).start()
    yield running
    running.stop()


@pytest.fixture
def start_server(
    tmp_path: Path,
) -> Iterator[Callable[[Mapping[str, str]], RunningKaiga]]:
    """Start servers of a test's own, with settings; they are ended with the test."""
    started: list[RunningKaiga] = []

    def start(settings: Mapping[str, str], folder: str = "data") -> RunningKaiga:
        running = RunningKaiga(tmp_path / folder, settings)
        started.append(running)
        return running.start()

    yield start
    for running in started:
        running.stop()
