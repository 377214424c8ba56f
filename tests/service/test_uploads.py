"""Uploads at work: what is granted, what is taken under a grant, and what every refusal leaves."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from domain.samples import ACCOUNT, OTHER_PRINCIPAL, PRINCIPAL, START
from fakes import MemoryObjects, MemoryUploads, SetCalendar
from kaiga.domain.errors import (
    FormIncomplete,
    FormMalformed,
    KaigaError,
    ObjectNameInvalid,
    ObjectsUnavailable,
    PolicyBroken,
    PolicyExpired,
    SignatureWrong,
    StoreUnavailable,
    UploadExists,
    UploadTooLarge,
)
from kaiga.domain.ids import AccountId
from kaiga.domain.keys import Caller
from kaiga.domain.links import make_link_query
from kaiga.domain.uploads import find_policy, sign_policy
from kaiga.ports.upload_store import Upload
from kaiga.service.links.link_keys import LinkKeys
from kaiga.service.uploads.grant_upload import GrantUpload, UploadGrant
from kaiga.service.uploads.take_upload import TakeUpload
from service.troubled_store import TroubledStore

MODEL = "wan2.5-i2i-preview"
LARGEST = 1000
CONTENT = b"a picture of a cat"
CALLER = Caller(principal=PRINCIPAL, workspace=PRINCIPAL.workspace, region="cn-beijing")


class TroubledUploads(MemoryUploads):
    """An upload store that may be down, or only find out late that a key is taken."""

    def __init__(self) -> None:
        super().__init__()
        self.is_down = False
        self.is_blind = False

    async def add_upload(self, upload: Upload) -> bool:
        if self.is_down:
            raise StoreUnavailable
        return await super().add_upload(upload)

    async def find_upload(self, account: AccountId, key: str) -> Upload | None:
        return None if self.is_blind else await super().find_upload(account, key)


@pytest.fixture
async def keys(store: TroubledStore, calendar: SetCalendar) -> LinkKeys:
    keys = LinkKeys(store.keys, calendar)
    await keys.load()
    return keys


@pytest.fixture
def uploads() -> TroubledUploads:
    return TroubledUploads()


@pytest.fixture
def grant(keys: LinkKeys, calendar: SetCalendar) -> UploadGrant:
    return GrantUpload(keys=keys, calendar=calendar, max_bytes=LARGEST)(CALLER, MODEL, "2c5e")


@pytest.fixture
def take(
    keys: LinkKeys,
    uploads: TroubledUploads,
    objects: MemoryObjects,
    calendar: SetCalendar,
    tmp_path: Path,
) -> TakeUpload:
    return TakeUpload(
        keys=keys,
        uploads=uploads,
        objects=objects,
        calendar=calendar,
        max_bytes=LARGEST,
        folder=tmp_path / "arriving",
    )


def fill_in(grant: UploadGrant, name: str = "cat.png", **others: str) -> dict[str, str]:
    """The fields of a form, as the route gives them."""
    return {
        "ossaccesskeyid": grant.key_id,
        "signature": grant.signature,
        "policy": grant.policy,
        "key": f"{grant.upload_dir}/{name}",
        **others,
    }


async def send(*parts: bytes, error: Exception | None = None) -> AsyncGenerator[bytes]:
    for part in parts or (CONTENT,):
        yield part
    if error is not None:
        raise error


async def is_refused_without_a_trace(
    take: TakeUpload,
    objects: MemoryObjects,
    form: Mapping[str, str],
    content: AsyncIterator[bytes],
    error: type[Exception],
) -> bool:
    before = dict(objects.contents)
    with pytest.raises(error):
        await take(form, content)
    files = [*take.folder.iterdir()] if take.folder.exists() else []
    return objects.contents == before and files == []


class TestGrant:
    def test_a_grant_is_for_the_callers_account_and_for_a_while(self, grant: UploadGrant):
        policy = find_policy(grant.policy)

        assert policy is not None
        assert (policy.account, policy.model, policy.max_bytes) == (ACCOUNT, MODEL, LARGEST)
        assert policy.upload_dir == grant.upload_dir
        assert policy.expires_at >= START + grant.lifetime_told

    def test_two_grants_share_no_folder(self, keys: LinkKeys, calendar: SetCalendar):
        grant = GrantUpload(keys=keys, calendar=calendar, max_bytes=LARGEST)

        assert grant(CALLER, MODEL, "1").upload_dir != grant(CALLER, MODEL, "2").upload_dir


class TestTaking:
    async def test_a_file_is_stored_and_found_under_its_key(
        self,
        take: TakeUpload,
        grant: UploadGrant,
        uploads: TroubledUploads,
        objects: MemoryObjects,
    ):
        await take(fill_in(grant, "花 cat.png"), send(b"a picture ", b"", b"of a cat"))

        upload = await uploads.find_upload(ACCOUNT, f"{grant.upload_dir}/花 cat.png")
        assert upload is not None
        assert objects.contents == {upload.object_key: CONTENT}
        assert (upload.account, upload.model) == (ACCOUNT, MODEL)
        assert upload.size_bytes == len(CONTENT)
        assert upload.expires_at - upload.uploaded_at == timedelta(hours=48)
        assert upload.uploaded_at == START
        assert list(take.folder.iterdir()) == []

    async def test_nothing_that_a_client_wrote_names_the_object(
        self, take: TakeUpload, grant: UploadGrant, objects: MemoryObjects
    ):
        await take(fill_in(grant, "secret-name.png"), send())

        (key,) = objects.contents
        assert key.startswith(f"{ACCOUNT}/uploads/")
        assert "secret-name" not in key
        assert "2c5e" not in key

    async def test_one_policy_is_good_for_many_files(
        self, take: TakeUpload, grant: UploadGrant, objects: MemoryObjects
    ):
        for name in ("a.png", "b.png", "below/a.png"):
            await take(fill_in(grant, name), send())

        assert len(objects.contents) == 3

    async def test_the_second_file_of_a_key_is_refused_and_the_first_stays(
        self,
        take: TakeUpload,
        grant: UploadGrant,
        objects: MemoryObjects,
        uploads: TroubledUploads,
    ):
        await take(fill_in(grant), send(b"first"))

        assert await is_refused_without_a_trace(
            take, objects, fill_in(grant), send(b"second"), UploadExists
        )

        upload = await uploads.find_upload(ACCOUNT, fill_in(grant)["key"])
        assert upload is not None
        assert objects.contents[upload.object_key] == b"first"

    async def test_of_two_files_of_a_key_at_once_one_is_refused_and_leaves_nothing(
        self,
        take: TakeUpload,
        grant: UploadGrant,
        objects: MemoryObjects,
        uploads: TroubledUploads,
    ):
        uploads.is_blind = True
        await take(fill_in(grant), send(b"first"))

        assert await is_refused_without_a_trace(
            take, objects, fill_in(grant), send(b"second"), UploadExists
        )

        assert list(objects.contents.values()) == [b"first"]

    async def test_an_empty_file_is_a_file(
        self, take: TakeUpload, grant: UploadGrant, objects: MemoryObjects
    ):
        await take(fill_in(grant), send(b""))

        assert list(objects.contents.values()) == [b""]

    async def test_the_largest_file_is_taken_and_one_byte_more_is_not(
        self, take: TakeUpload, grant: UploadGrant, objects: MemoryObjects
    ):
        await take(fill_in(grant), send(b"x" * (LARGEST - 1), b"x"))

        assert await is_refused_without_a_trace(
            take,
            objects,
            fill_in(grant, "b"),
            send(b"x" * LARGEST, b"x"),
            UploadTooLarge,
        )

    async def test_a_policy_never_allows_more_than_the_service_does_now(
        self,
        keys: LinkKeys,
        take: TakeUpload,
        objects: MemoryObjects,
        calendar: SetCalendar,
    ):
        generous = GrantUpload(keys=keys, calendar=calendar, max_bytes=10 * LARGEST)
        grant = generous(CALLER, MODEL, "2c5e")

        assert await is_refused_without_a_trace(
            take, objects, fill_in(grant), send(b"x" * (LARGEST + 1)), UploadTooLarge
        )


class TestPolicies:
    async def test_a_policy_is_good_until_it_expires(
        self,
        take: TakeUpload,
        grant: UploadGrant,
        objects: MemoryObjects,
        calendar: SetCalendar,
    ):
        policy = find_policy(grant.policy)
        assert policy is not None
        calendar.at = policy.expires_at - timedelta(milliseconds=1)
        await take(fill_in(grant, "in time"), send())

        calendar.at = policy.expires_at

        assert await is_refused_without_a_trace(
            take, objects, fill_in(grant, "late"), send(), PolicyExpired
        )

    async def test_a_policy_signed_before_a_rotation_stays_good(
        self, take: TakeUpload, grant: UploadGrant, keys: LinkKeys, objects: MemoryObjects
    ):
        await keys.rotate()

        await take(fill_in(grant), send())

        assert len(objects.contents) == 1

    @pytest.mark.parametrize(
        "changed",
        [
            {"signature": "x"},
            {"ossaccesskeyid": "KAIGA0"},
            {"policy": "x"},
            {"policy": "e30="},
        ],
    )
    async def test_what_this_service_did_not_sign_is_refused(
        self,
        take: TakeUpload,
        grant: UploadGrant,
        objects: MemoryObjects,
        changed: dict[str, str],
    ):
        form = fill_in(grant) | changed

        assert await is_refused_without_a_trace(take, objects, form, send(), SignatureWrong)

    async def test_a_policy_changed_for_another_account_is_refused(
        self,
        take: TakeUpload,
        grant: UploadGrant,
        keys: LinkKeys,
        objects: MemoryObjects,
        calendar: SetCalendar,
    ):
        other = Caller(
            principal=OTHER_PRINCIPAL, workspace=OTHER_PRINCIPAL.workspace, region="cn-beijing"
        )
        grant_upload = GrantUpload(keys=keys, calendar=calendar, max_bytes=LARGEST)
        theirs = grant_upload(other, MODEL, "2c5e")
        form = fill_in(grant) | {"policy": theirs.policy}

        assert await is_refused_without_a_trace(take, objects, form, send(), SignatureWrong)

    async def test_a_signature_over_something_else_is_no_policys(
        self, take: TakeUpload, grant: UploadGrant, keys: LinkKeys, objects: MemoryObjects
    ):
        key = keys.get_newest()
        link = make_link_query(key, "/1d/aa/20260502/00000000/x-1.png", START)
        signed = sign_policy(key, link)
        form = fill_in(grant) | {"policy": link, "signature": signed}

        assert await is_refused_without_a_trace(take, objects, form, send(), SignatureWrong)

    @pytest.mark.parametrize("missing", ["key", "policy", "signature", "ossaccesskeyid"])
    @pytest.mark.parametrize("value", [None, ""])
    async def test_a_missing_field_is_named(
        self,
        take: TakeUpload,
        grant: UploadGrant,
        missing: str,
        value: str | None,
    ):
        form = fill_in(grant)
        del form[missing]
        if value is not None:
            form[missing] = value

        with pytest.raises(FormIncomplete) as refused:
            await take(form, send())

        assert f"'{missing}'" in str(refused.value).lower()

    @pytest.mark.parametrize(
        ("name", "error"),
        [("../cat.png", ObjectNameInvalid), ("", ObjectNameInvalid), ("a\nb", ObjectNameInvalid)],
    )
    async def test_a_name_that_can_not_be_is_refused(
        self,
        take: TakeUpload,
        grant: UploadGrant,
        objects: MemoryObjects,
        name: str,
        error: type[KaigaError],
    ):
        assert await is_refused_without_a_trace(take, objects, fill_in(grant, name), send(), error)

    async def test_a_key_below_another_folder_is_refused(
        self, take: TakeUpload, grant: UploadGrant, objects: MemoryObjects
    ):
        form = fill_in(grant, key="dashscope-instant/other/2026-05-02/1/cat.png")

        assert await is_refused_without_a_trace(take, objects, form, send(), PolicyBroken)


class TestTrouble:
    @pytest.mark.parametrize("error", [FormMalformed(), ConnectionResetError(), RuntimeError()])
    async def test_a_file_that_breaks_off_leaves_nothing(
        self, take: TakeUpload, grant: UploadGrant, objects: MemoryObjects, error: Exception
    ):
        raised = ObjectsUnavailable if isinstance(error, OSError) else type(error)

        assert await is_refused_without_a_trace(
            take, objects, fill_in(grant), send(CONTENT, error=error), raised
        )

    async def test_a_caller_that_goes_away_leaves_nothing(
        self, take: TakeUpload, grant: UploadGrant, objects: MemoryObjects
    ):
        has_begun = asyncio.Event()

        async def never_ending() -> AsyncGenerator[bytes]:
            yield CONTENT
            has_begun.set()
            await asyncio.Event().wait()

        taking = asyncio.ensure_future(take(fill_in(grant), never_ending()))
        await has_begun.wait()
        taking.cancel()
        await asyncio.wait([taking])

        assert objects.contents == {}
        assert list(take.folder.iterdir()) == []

    async def test_an_object_store_that_takes_nothing_is_told(
        self, take: TakeUpload, grant: UploadGrant, objects: MemoryObjects
    ):
        objects.is_down = True

        assert await is_refused_without_a_trace(
            take, objects, fill_in(grant), send(), ObjectsUnavailable
        )

    async def test_a_folder_that_can_not_be_written_is_told(
        self, take: TakeUpload, grant: UploadGrant, objects: MemoryObjects
    ):
        take.folder.write_text("a file where a folder must be")

        with pytest.raises(ObjectsUnavailable):
            await take(fill_in(grant), send())

        assert objects.contents == {}

    async def test_an_upload_that_could_not_be_recorded_is_no_upload(
        self,
        take: TakeUpload,
        grant: UploadGrant,
        objects: MemoryObjects,
        uploads: TroubledUploads,
    ):
        uploads.is_down = True
        with pytest.raises(StoreUnavailable):
            await take(fill_in(grant), send(b"first"))

        uploads.is_down = False
        await take(fill_in(grant), send(b"again"))

        upload = await uploads.find_upload(ACCOUNT, fill_in(grant)["key"])
        assert upload is not None
        assert objects.contents[upload.object_key] == b"again"
