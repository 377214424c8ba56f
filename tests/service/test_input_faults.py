"""Inputs that can't be used: each fault names the member, and what is wrong with it."""

from datetime import timedelta

import pytest
from msgspec import structs

from domain.samples import (
    ACCOUNT,
    OTHER_ACCOUNT,
    START,
)
from fakes import MemoryObjects, SetCalendar
from kaiga.domain.ids import ObjectKey
from kaiga.service.running.collect_inputs import InputUnfit
from media.origins import Origin, answer
from service.building import build_inputs, read_models
from service.collecting import (
    DAY,
    MEMBER,
    RED,
    STORED,
    Collecting,
    make_medium,
    make_png,
    make_stored,
    make_task_with,
    publish,
    upload,
)
from service.troubled_store import TroubledStore


class TestFaults:
    async def test_a_file_that_is_not_there(self, collecting: Collecting, origin: Origin):
        origin.plays["/none.png"] = answer(b"gone", status="404 Not Found")

        fault = await collecting.refuse(make_medium(origin.url("/none.png")))

        assert fault.code == "BadRequest.InputDownloadFailed"
        assert str(fault).startswith(f"Failed to download the input file: {origin.url()[:-1]}")
        assert f"{MEMBER}: the host answered with status 404" in str(fault)

    async def test_a_host_that_takes_no_connection(self, collecting: Collecting):
        fault = await collecting.refuse(make_medium("http://127.0.0.1:1/a.png"))

        assert fault.code == "InvalidURL.ConnectionRefused"
        assert MEMBER in str(fault)

    async def test_an_address_that_is_not_public(self, store: TroubledStore, calendar: SetCalendar):
        collect = build_inputs(
            store.folder / "inputs", store.tasks, store.keys, MemoryObjects(), calendar
        )
        model = read_models().find_model("test-edit")
        assert model is not None

        with pytest.raises(InputUnfit, match=r"input\.images\[0\]: the host has no public") as told:
            async with collect(make_task_with(make_medium("http://127.0.0.1:1/a.png")), model):
                pass

        assert told.value.code == "InvalidURL"

    @pytest.mark.parametrize(
        "url", ["C:\\cat.png", "file:///etc/passwd", "ftp://a/b", "cat", "x" * 100_000]
    )
    async def test_a_text_that_is_no_address(self, collecting: Collecting, url: str):
        fault = await collecting.refuse(make_medium(url))

        assert fault.code == "InvalidParameter"
        assert str(fault).startswith("The provided URL does not appear to be valid.")
        assert MEMBER in str(fault)
        assert len(str(fault)) < 1000

    async def test_base64_that_is_none(self, collecting: Collecting):
        fault = await collecting.refuse(make_medium("data:image/png;base64,iVBO###"))

        assert fault.code == "InvalidParameter"
        assert f"{MEMBER}: its Base64 is" in str(fault)

    async def test_a_file_that_is_no_picture(self, collecting: Collecting):
        await collecting.objects.put(STORED, b"a letter to somebody")

        fault = await collecting.refuse(make_stored(b"a letter to somebody"))

        assert fault.code == "InvalidParameter"
        assert MEMBER in str(fault)

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (make_png(8, 30), "8*30 pixels"),
            (make_png(5000, 20), "5000*20 pixels"),
            (RED + bytes(5_000_000), "bytes"),
        ],
        ids=["small", "wide", "heavy"],
    )
    async def test_a_file_that_breaks_a_limit(
        self, collecting: Collecting, content: bytes, reason: str
    ):
        await collecting.objects.put(STORED, content)

        fault = await collecting.refuse(make_stored(content))

        assert str(fault).startswith("the size of input image is too small or too large.")
        assert MEMBER in str(fault)
        assert reason in str(fault)

    async def test_several_files_that_are_too_much_together(self, collecting: Collecting):
        content = RED + bytes(3_500_000)
        keys = [ObjectKey(f"{ACCOUNT}/a-task/input/{place}") for place in (0, 1)]
        media = [
            make_stored(content, key, member=f"input.images[{place}]")
            for place, key in enumerate(keys)
        ]
        for key in keys:
            await collecting.objects.put(key, content)

        fault = await collecting.refuse(*media)

        assert "input.images: together they have" in str(fault)
        elsewhere = structs.replace(media[1], member="input.base_image")
        assert len(await collecting.read(media[0], elsewhere)) == 2

    async def test_a_mask_that_is_not_of_its_picture_s_size(self, collecting: Collecting):
        mask_key = ObjectKey(f"{ACCOUNT}/a-task/input/1")
        mask = make_png(41, 30)
        await collecting.objects.put(STORED, RED)
        await collecting.objects.put(mask_key, mask)
        media = (
            make_stored(RED),
            make_stored(mask, mask_key, member="input.mask_url", limits="test-mask-file"),
        )

        fault = await collecting.refuse(*media)

        assert "input.mask_url: it has 41*30 pixels, and input.images[0] has 40*30" in str(fault)

    async def test_an_upload_of_another_account_or_of_no_such_key(self, collecting: Collecting):
        await upload(collecting, "a/cat.png", RED)
        foreign, missing = make_medium("oss://a/cat.png"), make_medium("oss://a/dog.png")

        faults = [
            await collecting.refuse(foreign, account=OTHER_ACCOUNT),
            await collecting.refuse(missing),
        ]

        assert {fault.code for fault in faults} == {"BadRequest.InputDownloadFailed"}
        assert all("no file was uploaded under this oss:// address" in str(f) for f in faults)

    async def test_an_upload_from_its_expiry_on(self, collecting: Collecting):
        await upload(collecting, "a/cat.png", RED)
        medium = make_medium("oss://a/cat.png")
        collecting.calendar.at = START + DAY - timedelta(milliseconds=1)
        assert await collecting.read(medium) == [RED]

        collecting.calendar.at = START + DAY

        assert "expired" in str(await collecting.refuse(medium))

    async def test_a_link_of_one_s_own_that_has_expired(self, collecting: Collecting):
        link = await publish(collecting, RED)
        collecting.calendar.at = START + DAY + timedelta(seconds=1)

        fault = await collecting.refuse(make_medium(f"http://127.0.0.1:1{link}"))

        assert fault.code == "BadRequest.InputDownloadFailed"
        assert f"{MEMBER}: Request has expired." in str(fault)

    async def test_an_object_that_is_no_longer_kept(self, collecting: Collecting):
        assert "no longer kept" in str(await collecting.refuse(make_stored(RED)))

    async def test_the_first_of_several_faults_ends_the_other_downloads(
        self, collecting: Collecting, origin: Origin
    ):
        origin.plays["/endless.png"] = origin.endless()
        origin.plays["/none.png"] = answer(status="404 Not Found")
        unlimited = make_medium(origin.url("/endless.png"), "input.images[1]", limits="")

        fault = await collecting.refuse(make_medium(origin.url("/none.png")), unlimited)

        assert MEMBER in str(fault)
