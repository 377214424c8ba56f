from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from recording.a_day import Day, Wire, live_a_day, run_sdk
from recording.commands import run_command
from running import KEY, RunningKaiga


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of this machine."""
    file = tmp_path_factory.mktemp("pictures") / "high one 花.png"
    Image.new("RGB", (900, 600), "teal").save(file)
    return file


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory, picture: Path) -> Day:
    """The day as it was recorded; the Kaiga behind it is gone afterwards."""
    home = tmp_path_factory.mktemp("recorded")
    server = RunningKaiga(home / "data").start()
    arguments = ("record", home / "day", "--upstream", server.api_url, "--port", 0)
    try:
        with run_command(home, *arguments) as recorder:
            wire = Wire(recorder.api_url, server.key)
            links = live_a_day(wire, picture.read_bytes())
            wire.close()
            sdk = run_sdk(server, recorder.api_url, picture)
            port = recorder.port
    finally:
        server.stop()
    return Day(folder=home / "day", port=port, seen=wire.seen, links=links, sdk=sdk)


@pytest.fixture(scope="session")
def replayed(recorded: Day, picture: Path) -> Iterator[Day]:
    """The same day again, from the folder alone."""
    home = recorded.folder.parent
    with run_command(home, "replay", recorded.folder, "--port", recorded.port) as replay:
        wire = Wire(replay.api_url, KEY)
        links = live_a_day(wire, picture.read_bytes())
        wire.close()
        server = RunningKaiga(home / "none")
        sdk = run_sdk(server, replay.api_url, picture)
        yield Day(folder=recorded.folder, port=replay.port, seen=wire.seen, links=links, sdk=sdk)
