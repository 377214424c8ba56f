"""Objects in a folder: the port's promises, and what only a folder can suffer."""

import asyncio
import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kaiga.domain.errors import ObjectsUnavailable, SettingInvalid, StartRefused
from kaiga.domain.ids import ObjectKey
from kaiga.objects import open_objects
from kaiga.objects.local_objects import LocalObjects
from kaiga.ports.object_store import ObjectStore
from objects.object_store_contract import (
    CONTENT,
    KEY,
    TRICKS,
    ObjectStoreContract,
    list_all,
)

UNFINISHED = ObjectKey(f"{KEY}#7")
TRACE_WRITES = """
import asyncio, os, sys
from pathlib import Path
from kaiga.objects.local_objects import LocalObjects

synced = []

def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, os.PathLike)):
        synced.append(os.fspath(arguments[0]))

root = Path(sys.argv[1])
objects = LocalObjects(root)
sys.addaudithook(hook)
if sys.argv[2] == "put":
    asyncio.run(objects.put("account/task/1/0", b"content"))
else:
    asyncio.run(objects.put_file("account/task/1/0", Path(sys.argv[3])))
print(*synced, sep="\\n")
"""


@pytest.fixture
def local(tmp_path: Path) -> LocalObjects:
    return LocalObjects(tmp_path / "objects")


def leave_unfinished(tmp_path: Path) -> Path:
    """Leave what a crash in the middle of a put leaves."""
    path = tmp_path / "objects" / UNFINISHED
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    return path


class TestContract(ObjectStoreContract):
    @pytest.fixture
    def objects(self, tmp_path: Path) -> ObjectStore:
        return LocalObjects(tmp_path / "objects")


class TestUnfinished:
    async def test_an_unfinished_file_is_listed_once_and_can_be_deleted(
        self, tmp_path: Path, local: LocalObjects
    ):
        await local.put(KEY, CONTENT)
        path = leave_unfinished(tmp_path)

        pages = [page async for page in local.list_entries()]
        listed = sorted((entry.key, entry.size_bytes) for page in pages for entry in page)
        assert listed == [(KEY, len(CONTENT)), (UNFINISHED, 4)]

        await local.delete([UNFINISHED])
        assert not path.exists()
        assert set(await list_all(local)) == {KEY}

    async def test_a_put_after_a_crash_is_not_disturbed(self, tmp_path: Path, local: LocalObjects):
        leave_unfinished(tmp_path)

        await local.put(KEY, CONTENT)

        assert await local.read_range(KEY, 0, len(CONTENT)) == CONTENT

    async def test_deleting_an_unfinished_file_that_is_gone_is_no_error(self, local: LocalObjects):
        await local.delete([UNFINISHED])

    async def test_a_listing_beside_puts_that_come_and_go_never_fails(self, local: LocalObjects):
        """A file may be renamed between being seen and being looked at."""

        async def put_for_ever() -> None:
            while True:
                await local.put(KEY, b"a picture")

        putting = asyncio.ensure_future(put_for_ever())
        for _ in range(150):
            await list_all(local)
        putting.cancel()
        await asyncio.wait([putting])

        assert putting.cancelled()

    @pytest.mark.parametrize("trick", [f"{trick}#1" for trick in TRICKS])
    async def test_no_key_deletes_anything_outside(
        self, tmp_path: Path, local: LocalObjects, trick: str
    ):
        outside = tmp_path / "outside#1"
        outside.write_bytes(b"precious")

        with pytest.raises(ObjectsUnavailable):
            await local.delete([ObjectKey(trick)])
        with pytest.raises(ObjectsUnavailable):
            await local.delete([ObjectKey(str(outside))])

        assert outside.read_bytes() == b"precious"


class TestOutages:
    async def test_a_place_that_can_not_be_written_is_unavailable_and_nothing_can_be_read(
        self, tmp_path: Path, local: LocalObjects
    ):
        (tmp_path / "objects" / "1000000000000001").write_bytes(b"a file where a folder must be")

        file = tmp_path / "a file"
        file.write_bytes(CONTENT)

        with pytest.raises(ObjectsUnavailable):
            await local.put(KEY, CONTENT)
        with pytest.raises(ObjectsUnavailable):
            await local.put_file(KEY, file)

        with pytest.raises(ObjectsUnavailable):
            await local.read_range(KEY, 0, 1)

    async def test_an_absolute_key_never_leaves_the_folder(
        self, tmp_path: Path, local: LocalObjects
    ):
        outside = tmp_path / "outside"

        with contextlib.suppress(ObjectsUnavailable):
            await local.put(ObjectKey(str(outside)), b"x")

        assert not outside.exists()

    async def test_a_folder_that_went_away_comes_back_with_the_next_put(
        self, tmp_path: Path, local: LocalObjects
    ):
        (tmp_path / "objects").rmdir()

        await local.put(KEY, CONTENT)

        assert set(await list_all(local)) == {KEY}

    async def test_a_listing_under_which_the_folder_goes_away_is_unavailable(
        self, tmp_path: Path, local: LocalObjects
    ):
        for number in range(300):
            (tmp_path / "objects" / str(number) / "1").mkdir(parents=True)
        kept, in_the_way = tmp_path / "kept", tmp_path / "file"
        in_the_way.write_bytes(b"")

        async def replace_the_folder_on_and_on() -> None:
            while True:
                (tmp_path / "objects").rename(kept)
                in_the_way.rename(tmp_path / "objects")
                await asyncio.sleep(0.002)
                (tmp_path / "objects").rename(in_the_way)
                kept.rename(tmp_path / "objects")
                await asyncio.sleep(0.002)

        replacing = asyncio.ensure_future(replace_the_folder_on_and_on())
        for _ in range(60):
            with contextlib.suppress(ObjectsUnavailable):
                await list_all(local)
        replacing.cancel()
        await asyncio.wait([replacing])

        assert replacing.cancelled()

    async def test_what_can_not_be_deleted_is_unavailable(
        self, tmp_path: Path, local: LocalObjects
    ):
        folder = tmp_path / "objects" / "a#1"
        folder.mkdir()

        with pytest.raises(ObjectsUnavailable):
            await local.delete([ObjectKey("a#1")])

    async def test_a_range_past_the_end_is_an_error_and_not_less(self, local: LocalObjects):
        await local.put(KEY, b"0123456789")

        with pytest.raises(ObjectsUnavailable):
            await local.read_range(KEY, 20, 5)


@pytest.mark.parametrize("how", ["put", "put_file"])
def test_the_file_and_every_folder_above_it_are_synced(tmp_path: Path, how: str):
    """A file is as safe as the least safe of the folders that name it."""
    root, file = tmp_path / "objects", tmp_path / "a file"
    file.write_bytes(b"content")
    done = subprocess.run(
        [sys.executable, "-c", TRACE_WRITES, root, how, file],
        capture_output=True,
        text=True,
        check=True,
    )

    opened = done.stdout.split()

    wanted = ["account/task/1/0", "account/task/1", "account/task", "account", ""]
    assert {os.path.normpath(root / each) for each in wanted} <= {*map(os.path.normpath, opened)}


class TestOpening:
    async def test_a_folder_is_made_where_it_is_missing(self, tmp_path: Path):
        objects = open_objects((tmp_path / "new" / "objects").as_uri())

        await objects.put(KEY, CONTENT)

        assert (tmp_path / "new" / "objects" / KEY).read_bytes() == CONTENT

    async def test_a_folder_with_odd_letters_in_its_name_is_found(self, tmp_path: Path):
        folder = tmp_path / "my files 絵 #1"

        await open_objects(folder.as_uri()).put(KEY, CONTENT)

        assert (folder / KEY).read_bytes() == CONTENT

    @pytest.mark.parametrize("address", ["", "objects", "ftp://host/x", "file://", "s4://bucket"])
    def test_an_address_of_no_known_kind_is_refused_with_what_is_allowed(self, address: str):
        with pytest.raises(SettingInvalid, match=r"KAIGA_OBJECTS.*Allowed: file:///"):
            open_objects(address)

    def test_a_folder_that_can_not_be_made_is_refused(self, tmp_path: Path):
        (tmp_path / "file").write_text("in the way")

        with pytest.raises(StartRefused, match="can't be used"):
            open_objects((tmp_path / "file" / "objects").as_uri())
