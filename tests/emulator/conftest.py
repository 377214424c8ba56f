import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from running import RunningKaiga

sys.path.append(str(Path(__file__).resolve().parent))

from controlling import Tester


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    """An emulator; every test takes a key of its own."""
    folder = tmp_path_factory.mktemp("emulator") / "data"
    running = RunningKaiga(
        folder, {"KAIGA_EMULATOR": "true", "KAIGA_FETCH_ALLOW": "127.0.0.1"}
    ).start()
    yield running
    running.stop()
    assert "Traceback" not in running.log()
    assert "ASGI" not in running.log()


@pytest.fixture
def tester(emulator: RunningKaiga) -> Iterator[Tester]:
    """Somebody with a key that nobody else has."""
    with Tester(emulator) as opened:
        yield opened
