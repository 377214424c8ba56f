"""A whole day is recorded against a real Kaiga, and replayed with that Kaiga gone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from recording.a_day import Seen, Wire, live_a_day, run_sdk
from recording.commands import run_command
from running import KEY, RunningKaiga


@dataclass(frozen=True, kw_only=True)
class Day:
    """What clients met, and the folder that holds it."""

    folder: Path
    port: int
    seen: list[Seen]
    links: list[str]
    sdk: str


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of this machine."""
    file = tmp_path_factory.mktemp("pictures") / "high one 花.png"
    Image.new("RGB", (900, 600), "teal").save(file)
    return file


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
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


def test_every_answer_has_the_same_bytes_and_headers(recorded: Day, replayed: Day):
    assert len(recorded.seen) > 20
    assert replayed.seen == recorded.seen


def test_programs_of_the_sdk_meet_the_same(recorded: Day, replayed: Day):
    assert replayed.sdk == recorded.sdk


def test_links_of_results_lead_through_the_recorder(recorded: Day):
    assert all(link.startswith(f"http://127.0.0.1:{recorded.port}/") for link in recorded.links)


def test_no_secret_is_in_any_file(recorded: Day):
    written = b"\n".join(file.read_bytes() for file in recorded.folder.iterdir())

    assert KEY.encode() not in written
    assert b"sk-wrong" not in written
    assert b"Bearer" not in written
    assert set(re.findall(rb"Signature=([^\"&\\]+)", written)) == {b"scrubbed"}
    assert set(re.findall(rb"\"token\": \"(.*)\"", written)) == {b"st-recorded-token-1"}
    assert re.findall(rb'"(?:signature|policy|caller_uid)": "(?!recorded-)', written) == []
    assert b"1000000000000001" not in written


def test_the_files_are_named_after_what_was_done(recorded: Day):
    names = {re.sub(r"^\d+-", "", file.name) for file in recorded.folder.iterdir()}

    assert {
        "create-image-synthesis.json",
        "query-task.json",
        "cancel-task.json",
        "list-tasks.json",
        "get-upload-policy.json",
        "make-temporary-key.json",
        "upload.json",
        "upload.sent.png",
        "download.json",
        "download.png",
        "index.jsonl",
    } <= names
