import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

import edition
from running import RunningKaiga
from s3_server import S3Server


def pytest_xdist_auto_num_workers() -> int:
    """Give one more than there are cores: tests wait for servers, clocks and disks as well."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """See `edition`."""
    edition.pass_over(items)


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


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3-compatible server; `make_place` gives each test a place of its own."""
    started = S3Server.start(tmp_path_factory.mktemp("s3-server"))
    yield started
    started.stop()


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
