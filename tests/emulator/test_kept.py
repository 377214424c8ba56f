"""What an emulator keeps in its folder: over a kill, and in a backup."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.driving import control, find_links, status_of
from receiving import open_receiver
from running import CREATE, MODEL, RunningKaiga, wait_until

EMULATOR = {"KAIGA_EMULATOR": "true", "KAIGA_FETCH_ALLOW": "127.0.0.1"}
LONG = 3600.0


def run_kaiga(*arguments: str, **settings: str) -> None:
    command = [sys.executable, "-m", "kaiga", *arguments]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KAIGA_")} | settings
    subprocess.run(command, env=environment, check=True, timeout=60, capture_output=True)


@pytest.fixture(scope="module")
def unfetched(emulator: RunningKaiga) -> str:
    """A link of the shared emulator, behind which nothing is drawn."""
    with emulator.client("sk-backed-up") as client:
        [link] = find_links(emulator.wait_for_end(client, emulator.submit(client, seed=5)))
        return link.removeprefix(emulator.base_url)


@pytest.fixture(scope="module")
def restored(
    emulator: RunningKaiga, unfetched: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningKaiga]:
    """An emulator over a backup that was made of the shared one while that ran."""
    assert unfetched
    folder = tmp_path_factory.mktemp("restored")
    archive = str(folder / "kaiga.tar")
    own = {"KAIGA_API_KEY": emulator.key, "KAIGA_API_KEY_ROLE": "admin"}
    run_kaiga("backup", archive, KAIGA_DATA=str(emulator.data), **own)
    run_kaiga("restore", archive, KAIGA_DATA=str(folder / "data"), **own)
    running = RunningKaiga(folder / "data", EMULATOR).start()
    yield running
    running.stop()


def test_what_nobody_has_fetched_is_drawn_from_a_backup_too(
    emulator: RunningKaiga, restored: RunningKaiga, unfetched: str
):
    with emulator.client() as client:
        here, there = (
            client.get(f"{server.base_url}{unfetched}") for server in (emulator, restored)
        )

        assert here.content.startswith(b"\x89PNG")
        assert there.content == here.content


def test_a_webhook_is_told_when_the_clock_passes_the_end_and_not_again_by_a_fetch(
    restored: RunningKaiga,
):
    with open_receiver() as receiver, restored.client("sk-told") as client:
        control(restored, client, "PUT", "pace", default={"running_seconds": LONG})
        headers = {"X-DashScope-Async": "enable", "X-Kaiga-Webhook": receiver.url("/end")}
        body = {"model": MODEL, "input": {"prompt": "a cat"}, "parameters": {"n": 1}}
        task = client.post(CREATE, json=body, headers=headers).json()["output"]["task_id"]
        assert receiver.told_at("/end") == []

        control(restored, client, "PATCH", "clock", advance_seconds=LONG)
        [told] = receiver.wait_for("/end")
        [link] = find_links(restored.wait_for_end(client, task))
        assert client.get(link).status_code == 200
        control(restored, client, "DELETE", "pace")
        client.get(find_links(restored.wait_for_end(client, restored.submit(client)))[0])

        assert task.encode() in told.body
        assert len(receiver.told_at("/end")) == 1


def test_after_a_kill_files_are_drawn_and_tasks_go_on(tmp_path: Path):
    running = RunningKaiga(tmp_path / "data", EMULATOR).start()
    with running.client("sk-kept") as client:
        [fetched] = find_links(running.wait_for_end(client, running.submit(client, seed=5)))
        [unfetched] = find_links(running.wait_for_end(client, running.submit(client, seed=5)))
        content = client.get(fetched).content
        control(running, client, "PUT", "pace", default={"pending_seconds": LONG})
        waiting = running.submit(client)
        control(running, client, "PUT", "pace", default={"running_seconds": LONG})
        runs = running.submit(client)
        wait_until(lambda: status_of(client, runs) == "RUNNING", "it runs")
    old_address = running.base_url
    running.kill()

    running.start()
    try:
        with running.client("sk-kept") as client:
            for link in (fetched, unfetched):
                again = client.get(link.replace(old_address, running.base_url))
                assert again.content == content
            for task in (waiting, runs):
                ended = running.wait_for_end(client, task)
                assert ended["output"]["task_status"] == "SUCCEEDED"
    finally:
        running.stop()
    packed = list((tmp_path / "data" / "objects").rglob("*.job"))
    assert packed
    assert not any(file.parts[-3] in fetched + unfetched for file in packed), "it was replaced"
