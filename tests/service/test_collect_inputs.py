"""Inputs brought to hand: from wherever they are, judged, and gone when the work is done."""

import asyncio
import os
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

import pytest

from domain.samples import (
    OTHER_ACCOUNT,
)
from kaiga.domain.errors import ObjectsUnavailable, StoreUnavailable, TryLater
from kaiga.service.running.collect_inputs import CollectedInput
from media.origins import Origin, answer
from service.building import read_models
from service.collecting import (
    BLUE,
    RED,
    STORED,
    Collecting,
    make_medium,
    make_png,
    make_stored,
    make_task_with,
    publish,
    read_files,
    upload,
)


def break_down_over(inputs: Sequence[CollectedInput]) -> None:
    assert read_files(inputs) == [RED]
    raise RuntimeError("the engine broke")


class TestWhereFrom:
    async def test_a_task_without_inputs_needs_no_folder(self, collecting: Collecting):
        assert await collecting.read() == []
        assert not collecting.folder.exists()

    async def test_a_file_is_downloaded(self, collecting: Collecting, origin: Origin):
        assert await collecting.read(make_medium(origin.url("/red.png"))) == [RED]

    async def test_a_medium_that_came_inside_its_request_is_read_from_its_object(
        self, collecting: Collecting
    ):
        await collecting.objects.put(STORED, RED)

        assert await collecting.read(make_stored(RED)) == [RED]

    async def test_a_large_object_comes_whole(self, collecting: Collecting):
        content = make_png(10, 10) + os.urandom(9_000_000)
        await collecting.objects.put(STORED, content)

        assert await collecting.read(make_stored(content, limits="")) == [content]

    async def test_an_upload_is_read_by_its_key(self, collecting: Collecting):
        await upload(collecting, "dashscope-instant/0f3a/cat 猫.png", RED)

        medium = make_medium("oss://dashscope-instant/0f3a/cat 猫.png")
        assert await collecting.read(medium) == [RED]

    @pytest.mark.parametrize(
        "host", ["http://127.0.0.1:8600", "https://kaiga.example.com", "http://[::1]:1"]
    )
    async def test_a_result_of_one_s_own_is_read_without_the_network_whatever_its_host(
        self, collecting: Collecting, host: str
    ):
        link = await publish(collecting, RED)

        assert await collecting.read(make_medium(f"{host}{link}")) == [RED]

    async def test_a_result_of_another_account_is_fetched_like_any_address(
        self, collecting: Collecting, origin: Origin
    ):
        link = await publish(collecting, RED)
        origin.plays[link] = answer(BLUE)

        medium = make_medium(origin.url(link))
        assert await collecting.read(medium, account=OTHER_ACCOUNT) == [BLUE]

    async def test_an_address_that_only_looks_like_a_link_is_fetched(
        self, collecting: Collecting, origin: Origin
    ):
        link = (await publish(collecting, RED)).replace("Signature=", "Signature=AA")
        origin.plays[link] = answer(BLUE)

        assert await collecting.read(make_medium(origin.url(link))) == [BLUE]

    async def test_base64_that_was_recorded_in_its_place_is_unpacked(self, collecting: Collecting):
        url = f"data:image/png;base64,{b64encode(RED).decode()}"

        assert await collecting.read(make_medium(url)) == [RED]

    async def test_inputs_keep_the_order_of_the_request(
        self, collecting: Collecting, origin: Origin
    ):
        slow = asyncio.Event()

        async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await slow.wait()
            await answer(RED)(reader, writer)

        async def hurry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await answer(BLUE)(reader, writer)
            slow.set()

        origin.plays |= {"/slow.png": wait, "/quick.png": hurry}
        media = [
            make_medium(origin.url(path), f"input.images[{place}]")
            for place, path in enumerate(("/slow.png", "/quick.png"))
        ]

        assert await collecting.read(*media) == [RED, BLUE]

    async def test_the_address_of_a_page_is_handed_to_nobody(self, collecting: Collecting):
        assert await collecting.read(make_medium("http://127.0.0.1:1/", kind="link")) == []

    async def test_an_engine_is_told_what_the_file_really_is(
        self, collecting: Collecting, origin: Origin
    ):
        [(file, _)] = await collecting.look(make_medium(origin.url("/red.png")))

        assert Path(file.path).is_absolute()
        assert (file.role, file.media_type) == ("reference", "image/png")
        assert (file.width_pixels, file.height_pixels) == (40, 30)


class TestLater:
    """What is nobody's fault is tried again, and leaves nothing behind."""

    async def test_an_object_store_that_is_down(self, collecting: Collecting):
        await collecting.objects.put(STORED, RED)
        collecting.objects.is_down = True

        with pytest.raises(ObjectsUnavailable):
            await collecting.read(make_stored(RED))

    async def test_a_task_store_that_is_down(self, collecting: Collecting):
        link = await publish(collecting, RED)
        collecting.store.tasks.is_down = True

        with pytest.raises(StoreUnavailable):
            await collecting.read(make_medium(f"http://127.0.0.1:1{link}"))

    async def test_a_folder_that_can_not_be_made(self, collecting: Collecting):
        await collecting.objects.put(STORED, RED)
        collecting.folder.write_text("in the way")

        with pytest.raises(TryLater):
            await collecting.read(make_stored(RED))

        collecting.folder.unlink()

    async def test_a_cancellation_in_the_middle_of_a_download(
        self, collecting: Collecting, origin: Origin
    ):
        origin.plays["/endless.png"] = origin.endless()
        medium = make_medium(origin.url("/endless.png"), limits="")
        reading = asyncio.ensure_future(collecting.read(medium))
        await origin.has_sent.wait()

        reading.cancel()
        await asyncio.wait([reading])

        assert reading.cancelled()
        await origin.was_left.wait()

    async def test_an_error_while_the_files_are_in_use(self, collecting: Collecting):
        await collecting.objects.put(STORED, RED)
        model = read_models().find_model("test-edit")
        assert model is not None

        with pytest.raises(RuntimeError, match="engine"):
            async with collecting.collect(make_task_with(make_stored(RED)), model) as inputs:
                break_down_over(inputs)

    async def test_two_tasks_at_once_never_share_a_file(
        self, collecting: Collecting, origin: Origin
    ):
        model = read_models().find_model("test-edit")
        assert model is not None
        task = make_task_with(make_medium(origin.url("/red.png")))

        async with collecting.collect(task, model) as first:
            async with collecting.collect(task, model) as second:
                assert first[0].file.path != second[0].file.path
            assert read_files(first) == [RED]
