"""An emulator that keeps everything in memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from running import MODEL, RunningKaiga

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(50)
SEEDED = "0198f0a0-0000-7000-8000-000000000001"
SEED = f"""
[[keys]]
text = "sk-seeded"
account = "florist"

[[tasks]]
key = "sk-seeded"
id = "{SEEDED}"
model = "{MODEL}"
input = {{ prompt = "a cat" }}
results = [{{ file = "cat.png" }}]
"""


@pytest.fixture
def forgetful(tmp_path: Path) -> Iterator[RunningKaiga]:
    """An emulator in memory: it tells its address in `data/server.json`, and has `tmp` for files
    in use."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "cat.png").write_bytes(PICTURE)
    (tmp_path / "seed.toml").write_text(SEED)
    settings = {
        "KAIGA_EMULATOR": "true",
        "KAIGA_EMULATOR_MEMORY": "true",
        "KAIGA_EMULATOR_SEED": str(tmp_path / "seed.toml"),
        "KAIGA_ADDRESS_FILE": str(tmp_path / "data" / "server.json"),
        "TMPDIR": str(tmp_path / "tmp"),
    }
    running = RunningKaiga(tmp_path / "data", settings).start()
    yield running
    running.stop()


def test_in_memory_tasks_end_seeds_are_there_and_no_file_is_left(forgetful: RunningKaiga):
    with forgetful.client("sk-anybody") as client:
        answer = forgetful.wait_for_end(client, forgetful.submit(client))
        picture = client.get(find_link(answer))
        kept = {path.name for path in forgetful.data.iterdir()}
    with forgetful.client("sk-seeded") as client:
        seeded = client.get(find_link(client.get(f"/tasks/{SEEDED}").json()))
    forgetful.stop()

    assert seeded.content == PICTURE
    assert picture.content.startswith(b"\x89PNG")
    assert kept == {"server.json"}
    assert not list(forgetful.data.iterdir())
    assert not [path for path in (forgetful.data.parent / "tmp").rglob("*") if path.is_file()]


def test_a_restart_knows_no_task_and_the_same_request_makes_the_same_picture(
    forgetful: RunningKaiga,
):
    with forgetful.client("sk-one") as client:
        task = forgetful.submit(client)
        before = client.get(find_link(forgetful.wait_for_end(client, task))).content
    forgetful.stop()

    forgetful.start()

    with forgetful.client("sk-other") as client:
        after = client.get(find_link(forgetful.wait_for_end(client, forgetful.submit(client))))
    with forgetful.client("sk-one") as client:
        assert client.get(f"/tasks/{task}").json()["output"]["task_status"] == "UNKNOWN"
    assert after.content == before


def find_link(answer: dict[str, Any]) -> str:
    return answer["output"]["results"][0]["url"]
