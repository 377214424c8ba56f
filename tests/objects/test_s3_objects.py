"""Objects in a bucket: the port's promises, and what only a network can do to them."""

import asyncio
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from faulty_way import Fault, FaultyWay
from kaiga.domain.errors import ObjectsUnavailable, SettingInvalid, StartRefused
from kaiga.domain.ids import ObjectKey
from kaiga.objects import S3Access, S3Objects, open_objects
from kaiga.ports.object_store import ObjectStore
from objects.object_store_contract import CONTENT, KEY, OTHER_KEY, ObjectStoreContract, list_all
from s3_server import BUCKET, DOMAIN, S3Server

FILM_BYTES = 12 * 1024 * 1024 + 1
"""Three parts."""


@pytest.fixture
def place(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A place of a test's own, whose credentials are in the environment as they usually are."""
    settings = s3_server.make_place()
    for name, value in settings.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    return settings


def open_place(place: dict[str, str], **access: object) -> S3Objects:
    said = {"endpoint": place["AWS_ENDPOINT_URL_S3"], "timeout_seconds": 0.5, **access}
    objects = open_objects(place["KAIGA_OBJECTS"], S3Access(**said))
    assert isinstance(objects, S3Objects)
    return objects


async def fetch(url: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(url)


@pytest.fixture
def bucket(place: dict[str, str]) -> S3Objects:
    return open_place(place, timeout_seconds=10.0)


class TestContract(ObjectStoreContract):
    @pytest.fixture
    def objects(self, bucket: S3Objects) -> ObjectStore:
        return bucket


class TestFaults:
    @pytest.fixture
    def way(self, s3_server: S3Server) -> Iterator[FaultyWay]:
        with FaultyWay(s3_server.endpoint) as way:
            yield way

    @pytest.fixture
    def objects(self, place: dict[str, str], way: FaultyWay) -> S3Objects:
        return open_place(place, endpoint=way.endpoint)

    @pytest.mark.parametrize(
        "fault", [Fault.AWAY, Fault.SILENT, Fault.UNAVAILABLE], ids=lambda each: each.name
    )
    async def test_what_stays_away_is_unavailable_in_bounded_time_and_then_there_again(
        self, objects: S3Objects, way: FaultyWay, tmp_path: Path, fault: Fault
    ):
        await objects.put(KEY, CONTENT)
        file = tmp_path / "film"
        file.write_bytes(os.urandom(FILM_BYTES))
        calls = (
            lambda: objects.put(OTHER_KEY, CONTENT),
            lambda: objects.put_file(OTHER_KEY, file),
            lambda: objects.read_range(KEY, 0, 10),
            lambda: objects.read(KEY),
            lambda: objects.delete([KEY]),
            lambda: list_all(objects),
        )

        with way.broken(fault):
            async with asyncio.timeout(8):
                failed = await asyncio.gather(*(call() for call in calls), return_exceptions=True)

        assert [type(each) for each in failed] == [ObjectsUnavailable] * len(calls)
        assert await objects.read(KEY) == CONTENT
        assert set(await list_all(objects)) == {KEY}

    @pytest.mark.parametrize(
        "fault", [Fault.AWAY, Fault.UNAVAILABLE, Fault.CUT], ids=lambda each: each.name
    )
    async def test_one_fault_is_not_noticed(
        self, objects: S3Objects, way: FaultyWay, tmp_path: Path, fault: Fault
    ):
        file = tmp_path / "film"
        file.write_bytes(film := os.urandom(FILM_BYTES))

        with way.broken(fault, times=1):
            await objects.put_file(KEY, file)
            assert way.faults_met == 1
        with way.broken(fault, times=1):
            assert await objects.read_range(KEY, 1_000_000, 1_000_000) == film[1_000_000:2_000_000]
        with way.broken(fault, times=1):
            assert await objects.read(KEY) == film

    async def test_what_is_cut_again_and_again_is_never_given_short(
        self, objects: S3Objects, way: FaultyWay
    ):
        await objects.put(KEY, CONTENT)

        with way.broken(Fault.CUT):
            with pytest.raises(ObjectsUnavailable):
                await objects.read_range(KEY, 0, len(CONTENT))
            with pytest.raises(ObjectsUnavailable):
                await objects.read(KEY)

    async def test_what_comes_slowly_comes_whole(self, objects: S3Objects, way: FaultyWay):
        """The patience is for a sign of life, not for the whole."""
        content = os.urandom(700_000)
        await objects.put(KEY, content)

        with way.broken(Fault.SLOW):
            assert await objects.read(KEY) == content


class TestOpening:
    async def test_a_bucket_that_is_there_can_be_used(self, bucket: S3Objects):
        await bucket.check()

    @pytest.mark.parametrize(
        ("settings", "told"),
        [
            (
                {"KAIGA_OBJECTS": "s3://no-such-bucket/x"},
                r"s3://no-such-bucket/x .*404.*NoSuchBucket",
            ),
            ({"AWS_SECRET_ACCESS_KEY": "wrong"}, "403 Forbidden SignatureDoesNotMatch"),
            ({"AWS_ACCESS_KEY_ID": "AKIDNOBODY0000000000"}, "403 Forbidden InvalidAccessKeyId"),
            ({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"}, "the connection was refused"),
            ({"AWS_ENDPOINT_URL_S3": "http://no-such-host.invalid"}, "its host is not known"),
        ],
        ids=["bucket", "secret", "key", "port", "host"],
    )
    async def test_what_can_not_be_used_says_why_and_no_secret(
        self,
        place: dict[str, str],
        monkeypatch: pytest.MonkeyPatch,
        settings: dict[str, str],
        told: str,
    ):
        said = place | settings
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, said[name])

        with pytest.raises(StartRefused, match=told) as refused:
            await open_place(said).check()

        whole = repr(refused.value) + repr(refused.value.__cause__)
        assert said["AWS_SECRET_ACCESS_KEY"] not in whole
        assert said["AWS_ACCESS_KEY_ID"] not in whole

    async def test_a_machine_without_credentials_says_so(
        self, place: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")

        with pytest.raises(StartRefused, match="no credentials are set"):
            await open_place(place).check()

    async def test_a_bucket_that_is_gone_is_no_object_that_is_missing(self, place: dict[str, str]):
        """Else a sweep or a link would take what is only away for lost."""
        gone = open_place({**place, "KAIGA_OBJECTS": "s3://no-such-bucket"})

        with pytest.raises(ObjectsUnavailable):
            await gone.read(KEY)

    @pytest.mark.parametrize(
        "address",
        ["s3://", "s3:///prefix", "s3://a", "s3://key:se-cret@bucket/x", "s3://bucket/x?se-cret=1"],
    )
    def test_an_address_that_is_none_is_refused_and_no_secret_in_it_is_told(self, address: str):
        with pytest.raises(SettingInvalid, match=r"KAIGA_OBJECTS.*s3://bucket/prefix") as refused:
            open_objects(address)

        assert "se-cret" not in str(refused.value)

    async def test_without_a_prefix_the_bucket_is_the_place(self, place: dict[str, str]):
        objects = open_place({**place, "KAIGA_OBJECTS": f"s3://{BUCKET}"})
        key = ObjectKey("whole-bucket/1/0")

        await objects.put(key, CONTENT)

        assert await objects.read(key) == CONTENT
        await objects.delete([key])


class TestHostsOfBuckets:
    """The bucket in the host's name, as OSS wants it: the store is its own proxy here."""

    @pytest.fixture
    def objects(
        self, place: dict[str, str], s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
    ) -> S3Objects:
        monkeypatch.setenv("HTTP_PROXY", s3_server.endpoint)
        return open_place(place, endpoint=f"http://{DOMAIN}", virtual_hosts=True)

    async def test_the_bucket_is_named_by_the_host(self, objects: S3Objects):
        await objects.check()
        await objects.put(KEY, CONTENT)

        assert await objects.read(KEY) == CONTENT
        assert objects.sign(KEY, timedelta(minutes=1)).startswith(f"http://{BUCKET}.{DOMAIN}/")
        assert objects.origin == f"http://{BUCKET}.{DOMAIN}"
        await objects.delete([KEY])
        assert await list_all(objects) == {}


class TestSigning:
    async def test_a_signed_link_opens_one_object_and_says_what_it_is(
        self, bucket: S3Objects, tmp_path: Path
    ):
        picture = b"\x89PNG\r\n\x1a\n" + CONTENT
        (tmp_path / "film").write_bytes(film := b"\0\0\0\x18ftypisom" + CONTENT)
        await bucket.put(KEY, picture)
        await bucket.put_file(OTHER_KEY, tmp_path / "film")

        shown = await fetch(bucket.sign(KEY, timedelta(minutes=1)))
        played = await fetch(bucket.sign(OTHER_KEY, timedelta(minutes=1)))
        other = await fetch(bucket.sign(KEY, timedelta(minutes=1)).replace("/1/0", "/1/1"))

        assert (shown.content, shown.headers["content-type"]) == (picture, "image/png")
        assert (played.content, played.headers["content-type"]) == (film, "video/mp4")
        assert other.status_code == 403

    async def test_a_signed_link_is_over_when_its_time_is(self, bucket: S3Objects):
        await bucket.put(KEY, CONTENT)
        link = bucket.sign(KEY, timedelta(seconds=1))

        status, ending = 200, time.monotonic() + 30
        while status == 200 and time.monotonic() < ending:
            status = (await fetch(link)).status_code
            await asyncio.sleep(0.2)

        assert status == 403

    async def test_which_object_a_link_is_of_is_read_from_it(self, bucket: S3Objects):
        await bucket.check()
        link = bucket.sign(KEY, timedelta(minutes=1))

        assert bucket.find_key(link) == KEY
        assert bucket.find_key(link.replace("127.0.0.1", "127.0.0.2")) is None
        assert bucket.find_key("https://example.com/picture.png") is None
