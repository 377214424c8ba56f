"""`kaiga backup` and `kaiga restore`: from under a running server, and without one."""

import json
import stat
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.conftest import QuickTerminal, data_of
from running import RunningKaiga, wait_until

LARGE = "y" * 40_000

pytestmark = pytest.mark.sqlite("a PostgreSQL is backed up by its own tools, such as pg_dump")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "kaiga.tar"


@contextmanager
def creating(running: RunningKaiga) -> Iterator[list[str]]:
    """Have tasks created without a pause while the block lasts; gives the ids as they come."""
    accepted: list[str] = []
    is_over = threading.Event()

    def create_on_and_on() -> None:
        with running.client() as client:
            while not is_over.is_set():
                accepted.append(running.submit(client, junk=LARGE if len(accepted) % 9 else ""))

    thread = threading.Thread(target=create_on_and_on)
    thread.start()
    try:
        yield accepted
    finally:
        is_over.set()
        thread.join()


def back_up_under_load(terminal: QuickTerminal, running: RunningKaiga, archive: Path) -> list[str]:
    """Give the tasks that were answered before the backup began."""
    with creating(running) as accepted:
        wait_until(lambda: len(accepted) >= 10, "tasks are created")
        before = list(accepted)
        terminal.succeed("backup", str(archive), settings=data_of(running))
        after = len(accepted)
    assert after > len(before)  # creates went on
    return before


def test_what_was_answered_before_a_backup_is_there_after_its_restoration(
    quick_terminal: QuickTerminal, start_server: Any, archive: Path
):
    running = start_server({})
    with running.client() as client:
        painted = running.submit(client, "a red boat")
        running.wait_for_end(client, painted)
    before = back_up_under_load(quick_terminal, running, archive)
    assert list((running.data / "snapshots").iterdir()) == []
    running.kill()

    restored = {"KAIGA_DATA": str(archive.with_name("restored"))}
    quick_terminal.succeed("restore", str(archive), settings=restored)
    again = start_server({"KAIGA_WORKERS": "2"}, "restored")

    with again.client() as client:
        picture = again.wait_for_end(client, painted)["output"]["results"][0]["url"]
        assert httpx.get(picture).content[:4] == b"\x89PNG"
        for task_id in before:
            assert again.wait_for_end(client, task_id)["output"]["task_status"] == "SUCCEEDED"


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole archive, of a folder on which no server runs any more."""
    folder = tmp_path_factory.mktemp("backed-up")
    running = RunningKaiga(folder / "data", {"KAIGA_API_KEY": ""}).start()
    running.key = (running.data / "local-key").read_text().strip()
    with running.client() as client:
        running.wait_for_end(client, running.submit(client, "a green house"))
    running.stop()
    QuickTerminal(folder).succeed("backup", "kaiga.tar")
    return folder / "kaiga.tar"


def rewrite(archive: Path, copy: Path, *, without: str = "", damaged: str = "") -> Path:
    """Copy an archive, leaving out or spoiling the members whose names begin so."""
    with tarfile.open(archive) as old, tarfile.open(copy, "w") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            if without and member.name.startswith(without):
                continue
            if damaged and member.name.startswith(damaged):
                member.size = 4096
                new.addfile(member, BytesIO(bytes(member.size)))
            else:
                new.addfile(member, content)
    return copy


def test_an_archive_is_for_its_owner_alone_and_holds_the_key_of_the_folder(backed_up: Path):
    with tarfile.open(backed_up) as tar:
        names = tar.getnames()

    assert stat.S_IMODE(backed_up.stat().st_mode) == 0o600
    assert names[:2] == ["kaiga.db", "local-key"]
    assert names[-1] == "manifest.json"
    assert len([name for name in names if name.startswith("objects/")]) == 1


def test_a_restored_folder_is_opened_by_the_key_that_lies_in_it(
    quick_terminal: QuickTerminal, backed_up: Path
):
    quick_terminal.succeed("restore", str(backed_up))

    data = quick_terminal.folder / "data"
    assert len(json.loads(quick_terminal.succeed("keys", "list", "--json"))["keys"]) == 1
    for secret in ("local-key", "kaiga.db"):
        assert stat.S_IMODE((data / secret).stat().st_mode) == 0o600


def test_a_folder_that_holds_something_is_left_as_it_is(
    quick_terminal: QuickTerminal, backed_up: Path
):
    quick_terminal.succeed("keys", "create")
    before = (quick_terminal.folder / "data" / "kaiga.db").read_bytes()

    message = quick_terminal.fail("restore", str(backed_up))

    assert "Restore into an empty folder" in message
    assert (quick_terminal.folder / "data" / "kaiga.db").read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"without": "manifest.json"}, "no whole backup"),
        ({"without": "objects/"}, "lacks 1 objects"),
        ({"damaged": "kaiga.db"}, "database"),
        ({"without": "kaiga.db"}, "kaiga.db"),
    ],
)
def test_an_archive_that_is_not_whole_is_refused_and_leaves_nothing(
    quick_terminal: QuickTerminal, backed_up: Path, changes: dict[str, str], named: str
):
    broken = rewrite(backed_up, quick_terminal.folder / "broken.tar", **changes)

    message = quick_terminal.fail("restore", str(broken))

    assert named in message
    quick_terminal.succeed("restore", str(backed_up))


def test_an_archive_that_was_cut_short_is_refused(quick_terminal: QuickTerminal, backed_up: Path):
    cut = quick_terminal.folder / "cut.tar"
    whole = backed_up.read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])

    assert "no whole backup" in quick_terminal.fail("restore", str(cut))


def test_what_is_no_archive_is_refused(quick_terminal: QuickTerminal):
    letter = quick_terminal.folder / "letter.txt"
    letter.write_text("Dear reader")

    assert "no whole backup" in quick_terminal.fail("restore", str(letter))
    assert "No such file" in quick_terminal.fail("restore", str(letter.with_name("missing")))


def test_a_folder_with_nothing_in_it_has_no_backup(quick_terminal: QuickTerminal, archive: Path):
    message = quick_terminal.fail("backup", str(archive))

    assert "There is nothing in" in message
    assert not archive.exists()


def test_a_backup_that_can_not_be_written_leaves_the_older_one(
    quick_terminal: QuickTerminal, backed_up: Path
):
    quick_terminal.succeed("restore", str(backed_up))
    folder = quick_terminal.folder / "kaiga.tar"
    folder.mkdir()

    message = quick_terminal.fail("backup", str(folder))

    assert "can't be written" in message
    assert not list(quick_terminal.folder.glob(".*.part"))


def test_a_key_without_the_role_admin_gets_no_copy(
    idle_server: RunningKaiga, quick_terminal: QuickTerminal
):
    made = json.loads(
        quick_terminal.succeed("keys", "create", "--json", settings=data_of(idle_server))
    )
    with idle_server.client(made["key"]) as client:
        answer = client.post(f"{idle_server.base_url}/kaiga/v1/snapshots")

    assert answer.status_code == 403
