"""What every adapter of the port `ObjectStore` promises, as one suite.

A test module of an adapter subclasses `ObjectStoreContract` and provides the fixture `objects`.
"""

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kaiga.domain.errors import ObjectMissing, ObjectsUnavailable
from kaiga.domain.ids import ObjectKey
from kaiga.ports.object_store import ObjectEntry, ObjectStore

KEY = ObjectKey("1000000000000001/019de821-7578-7000-8000-000000000001/1/0")
OTHER_KEY = ObjectKey("1000000000000001/019de821-7578-7000-8000-000000000001/1/1")
CONTENT = os.urandom(300_000)
TRICKS = ["../outside", "a/../../outside", "a/../../../../outside"]


async def list_all(objects: ObjectStore) -> dict[ObjectKey, ObjectEntry]:
    pages: list[Sequence[ObjectEntry]] = [page async for page in objects.list_entries()]
    return {entry.key: entry for page in pages for entry in page}


class ObjectStoreContract:
    """The promises; `objects` comes from the subclass."""

    @pytest.fixture
    def objects(self) -> ObjectStore:
        raise NotImplementedError

    async def test_what_was_put_is_read_back(self, objects: ObjectStore):
        await objects.put(KEY, CONTENT)

        assert await objects.read_range(KEY, 0, len(CONTENT)) == CONTENT

    async def test_what_was_put_is_read_whole(self, objects: ObjectStore):
        await objects.put(KEY, CONTENT)

        assert await objects.read(KEY) == CONTENT

    async def test_nothing_is_read_where_nothing_was_put(self, objects: ObjectStore):
        with pytest.raises(ObjectMissing):
            await objects.read(KEY)

    @pytest.mark.parametrize(
        ("start", "length"), [(0, 1), (1, 10), (299_999, 1), (150_000, 150_000)]
    )
    async def test_a_range_is_read_exactly(self, objects: ObjectStore, start: int, length: int):
        await objects.put(KEY, CONTENT)

        assert await objects.read_range(KEY, start, length) == CONTENT[start : start + length]

    async def test_the_same_bytes_may_be_put_again(self, objects: ObjectStore):
        await objects.put(KEY, CONTENT)
        await objects.put(KEY, CONTENT)

        assert await objects.read_range(KEY, 0, len(CONTENT)) == CONTENT
        assert set(await list_all(objects)) == {KEY}

    @pytest.mark.parametrize("size", [0, 1, 300_000, 12 * 1024 * 1024 + 1])
    async def test_a_file_that_was_put_is_read_back(
        self, objects: ObjectStore, tmp_path: Path, size: int
    ):
        file = tmp_path / "a file"
        file.write_bytes(content := os.urandom(size))

        await objects.put_file(KEY, file)

        assert (await list_all(objects))[KEY].size_bytes == size
        if size:
            assert await objects.read_range(KEY, 0, size) == content
        assert file.read_bytes() == content

    async def test_a_file_that_can_not_be_read_leaves_nothing(
        self, objects: ObjectStore, tmp_path: Path
    ):
        for unreadable in (tmp_path / "missing", tmp_path):
            with pytest.raises(ObjectsUnavailable):
                await objects.put_file(KEY, unreadable)

        assert await list_all(objects) == {}

    async def test_the_same_file_may_be_put_again(self, objects: ObjectStore, tmp_path: Path):
        file = tmp_path / "a file"
        file.write_bytes(CONTENT)

        await objects.put_file(KEY, file)
        await objects.put_file(KEY, file)

        assert await objects.read_range(KEY, 0, len(CONTENT)) == CONTENT
        assert set(await list_all(objects)) == {KEY}

    async def test_what_was_never_put_is_missing(self, objects: ObjectStore):
        with pytest.raises(ObjectMissing):
            await objects.read_range(KEY, 0, 1)
        with pytest.raises(ObjectMissing):
            await objects.read(KEY)

    async def test_a_small_object_is_read_without_naming_its_size(self, objects: ObjectStore):
        await objects.put(KEY, CONTENT)

        assert await objects.read(KEY) == CONTENT

    async def test_what_was_deleted_is_missing_and_the_rest_stays(self, objects: ObjectStore):
        await objects.put(KEY, CONTENT)
        await objects.put(OTHER_KEY, CONTENT)

        await objects.delete([KEY])

        with pytest.raises(ObjectMissing):
            await objects.read_range(KEY, 0, 1)
        assert set(await list_all(objects)) == {OTHER_KEY}

    async def test_deleting_what_is_not_there_is_no_error(self, objects: ObjectStore):
        await objects.put(OTHER_KEY, CONTENT)

        await objects.delete([])
        await objects.delete([KEY, OTHER_KEY, KEY])

        assert await list_all(objects) == {}

    async def test_a_key_can_be_put_again_after_it_was_deleted(self, objects: ObjectStore):
        await objects.put(KEY, CONTENT)
        await objects.delete([KEY])

        await objects.put(KEY, CONTENT)

        assert await objects.read_range(KEY, 0, 5) == CONTENT[:5]

    async def test_a_listing_shows_every_object_with_its_size(self, objects: ObjectStore):
        assert await list_all(objects) == {}
        sizes = {ObjectKey(f"account/task-{number}/1/0"): number + 1 for number in range(30)}
        for key, size in sizes.items():
            await objects.put(key, CONTENT[:size])

        listed = await list_all(objects)

        assert {key: entry.size_bytes for key, entry in listed.items()} == sizes

    async def test_a_listing_tells_when_an_object_was_stored_in_utc(self, objects: ObjectStore):
        await objects.put(KEY, CONTENT)
        first = (await list_all(objects))[KEY].stored_at

        await objects.put(OTHER_KEY, CONTENT)

        assert first.utcoffset() == timedelta(0)
        assert first <= (await list_all(objects))[OTHER_KEY].stored_at
        assert first > datetime(2020, 1, 1, tzinfo=UTC)

    async def test_many_puts_at_once_all_arrive(self, objects: ObjectStore):
        keys = [ObjectKey(f"account/task/1/{number}") for number in range(40)]

        await asyncio.gather(*(objects.put(key, key.encode()) for key in keys))

        for key in keys:
            assert await objects.read_range(key, 0, len(key)) == key.encode()

    @pytest.mark.parametrize("key", [*TRICKS, ".."])
    async def test_a_key_that_leads_outside_is_refused(
        self, objects: ObjectStore, tmp_path: Path, key: str
    ):
        refusals = (ObjectsUnavailable, ObjectMissing, ValueError)
        file = tmp_path / "a file"
        file.write_bytes(b"x")

        with pytest.raises(refusals):
            await objects.put(ObjectKey(key), b"x")
        with pytest.raises(refusals):
            await objects.put_file(ObjectKey(key), file)
        with pytest.raises(refusals):
            await objects.read_range(ObjectKey(key), 0, 1)

        assert await list_all(objects) == {}
