from collections.abc import Iterator

import pytest

from running import RunningKaiga


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    """An emulator; every test takes a key of its own."""
    folder = tmp_path_factory.mktemp("emulator") / "data"
    running = RunningKaiga(folder, {"KAIGA_EMULATOR": "true"}).start()
    yield running
    running.stop()
