"""The port `UploadStore`: over both databases, and over the dictionary that stands in for it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from domain.samples import ACCOUNT, OTHER_ACCOUNT, START
from fakes import MemoryUploads
from kaiga.domain.ids import AccountId, ObjectKey
from kaiga.ports.upload_store import Upload, UploadStore
from kaiga.store.postgres.upload_store import PostgresUploadStore
from kaiga.store.sqlite import SqliteUploadStore
from store.opened import OpenedPostgres, OpenedSqlite

HOUR = timedelta(hours=1)
KEY = "dashscope-instant/0f/2026-05-02/2c5e/花 cat.png"


@pytest.fixture(params=["sqlite", "postgres", "memory"])
async def uploads(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[UploadStore]:
    if request.param == "memory":
        yield MemoryUploads()
        return
    if request.param == "postgres":
        postgres = await OpenedPostgres.start(tmp_path)
        yield PostgresUploadStore(postgres.database)
        await postgres.close()
        return
    sqlite = OpenedSqlite(tmp_path)
    yield SqliteUploadStore(sqlite.database)
    await sqlite.close()


def make_upload(number: int = 0, *, account: AccountId = ACCOUNT, key: str = KEY) -> Upload:
    """An upload that expires so many hours after `START`."""
    return Upload(
        key=key,
        account=account,
        model="wan2.5-i2i-preview",
        object_key=ObjectKey(f"{account}/uploads/{number}"),
        size_bytes=12_345,
        uploaded_at=START,
        expires_at=START + number * HOUR,
    )


async def test_an_upload_comes_back_as_it_was_added(uploads: UploadStore):
    assert await uploads.add_upload(make_upload())

    assert await uploads.find_upload(ACCOUNT, KEY) == make_upload()


@pytest.mark.parametrize("key", ["", "x", KEY.upper(), KEY + " ", KEY[:-1]])
async def test_another_key_finds_nothing(uploads: UploadStore, key: str):
    await uploads.add_upload(make_upload())

    assert await uploads.find_upload(ACCOUNT, key) is None


async def test_another_account_finds_nothing_and_may_use_the_same_key(uploads: UploadStore):
    await uploads.add_upload(make_upload())
    assert await uploads.find_upload(OTHER_ACCOUNT, KEY) is None

    theirs = make_upload(1, account=OTHER_ACCOUNT)

    assert await uploads.add_upload(theirs)
    assert await uploads.find_upload(OTHER_ACCOUNT, KEY) == theirs
    assert await uploads.find_upload(ACCOUNT, KEY) == make_upload()


async def test_a_key_is_taken_once_and_keeps_its_first_object(uploads: UploadStore):
    await uploads.add_upload(make_upload(1))

    assert not await uploads.add_upload(make_upload(2))

    assert await uploads.find_upload(ACCOUNT, KEY) == make_upload(1)
    assert list(await uploads.purge_uploads(START + 9 * HOUR, 10)) == [make_upload(1).object_key]


async def test_an_upload_that_has_expired_is_there_until_it_is_purged(uploads: UploadStore):
    await uploads.add_upload(make_upload(1))
    assert await uploads.find_upload(ACCOUNT, KEY) is not None

    assert list(await uploads.purge_uploads(START + HOUR, 10)) == [make_upload(1).object_key]

    assert await uploads.find_upload(ACCOUNT, KEY) is None
    assert list(await uploads.purge_uploads(START + HOUR, 10)) == []


async def test_before_its_expiry_an_upload_is_not_purged(uploads: UploadStore):
    await uploads.add_upload(make_upload(1))

    almost = START + HOUR - timedelta(milliseconds=1)

    assert list(await uploads.purge_uploads(almost, 10)) == []
    assert await uploads.find_upload(ACCOUNT, KEY) is not None


async def test_a_purge_takes_the_oldest_and_no_more_than_its_limit(uploads: UploadStore):
    added = [make_upload(number, key=f"{KEY}{number}") for number in (3, 1, 2)]
    for upload in added:
        await uploads.add_upload(upload)

    first = await uploads.purge_uploads(START + 9 * HOUR, 2)
    second = await uploads.purge_uploads(START + 9 * HOUR, 2)

    assert sorted(first) == [make_upload(1).object_key, make_upload(2).object_key]
    assert list(second) == [make_upload(3).object_key]


async def test_a_key_may_be_used_again_once_it_is_forgotten(uploads: UploadStore):
    await uploads.add_upload(make_upload(1))
    await uploads.purge_uploads(START + HOUR, 10)

    assert await uploads.add_upload(make_upload(2))


async def test_of_many_at_once_for_one_key_one_wins(uploads: UploadStore):
    won = [await uploads.add_upload(make_upload(number)) for number in range(20)]

    assert won == [True] + [False] * 19


async def test_uploads_outlive_a_restart_and_their_objects_are_named(sqlite: OpenedSqlite):
    upload = make_upload(1)
    await SqliteUploadStore(sqlite.database).add_upload(upload)

    await sqlite.reopen()

    assert await SqliteUploadStore(sqlite.database).find_upload(ACCOUNT, KEY) == upload
    stray = ObjectKey("nobody/uploads/1")
    asked = [upload.object_key, stray]
    assert await sqlite.tasks.find_named_objects(asked) == {upload.object_key}


async def test_a_large_size_is_kept(uploads: UploadStore):
    upload = msgspec.structs.replace(make_upload(), size_bytes=2**40)

    await uploads.add_upload(upload)

    assert await uploads.find_upload(ACCOUNT, KEY) == upload
