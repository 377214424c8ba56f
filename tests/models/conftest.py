"""One server for every model, and the files that their requests name."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from running import RunningKaiga

sys.path.append(str(Path(__file__).resolve().parent))


@pytest.fixture(scope="session")
def input_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the input files are served."""
    from inputs import serving, write_inputs  # noqa: PLC0415  after the path is set

    folder = tmp_path_factory.mktemp("inputs")
    write_inputs(folder)
    with serving(folder) as url:
        yield url


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    """A server that may fetch from this machine."""
    folder = tmp_path_factory.mktemp("studio") / "data"
    running = RunningKaiga(folder, {"KAIGA_FETCH_ALLOW": "127.0.0.1"}).start()
    yield running
    running.stop()
    assert "Traceback" not in running.log()
