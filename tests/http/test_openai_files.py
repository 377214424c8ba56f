"""Clips that are larger than a chunk, and clips that go while they are sent."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from domain.samples import make_claim, make_result, make_task
from fakes import MemoryObjects, SetCalendar
from kaiga.domain.errors import ResultGone
from kaiga.domain.tasks import Task, TaskStatus
from kaiga.http.asgi import AnswerCut, Call, Connection, Headers, Message, StreamedAnswer
from kaiga.http.openai.video_files import VideoFiles
from kaiga.media.inspecting import find_ffmpeg
from kaiga.media.thumbnails import SmallPictures
from kaiga.service.show_thumbnail import ShowThumbnail
from service.building import open_links
from service.troubled_store import TroubledStore

MEBIBYTE = 1024 * 1024
CONTENT = bytes(range(256)) * (5 * MEBIBYTE // 512)
"""Two chunks and a half."""


async def receive_nothing() -> Message:
    return await asyncio.get_running_loop().create_future()


def make_call(**headers: str) -> Call:
    named = {name.encode(): value.encode() for name, value in headers.items()}
    return Call(
        method="GET",
        path="/v1/videos/x/content",
        connection=Connection(receive=receive_nothing),
        headers=Headers(named),
        request_id="r",
    )


def make_made() -> Task:
    """A task that has made one clip of that content."""
    task = make_claim(make_task(), 1).task
    clip = msgspec.structs.replace(
        make_result(task), media_type="video/mp4", size_bytes=len(CONTENT)
    )
    return msgspec.structs.replace(task, status=TaskStatus.SUCCEEDED, results=(clip,))


@pytest.fixture
async def files(tmp_path: Path) -> AsyncIterator[VideoFiles]:
    store, objects = TroubledStore(tmp_path), MemoryObjects()
    maker = SmallPictures(ffmpeg=find_ffmpeg())
    yield VideoFiles(
        links=await open_links(store.tasks, store.keys, SetCalendar()),
        objects=objects,
        show_thumbnail=ShowThumbnail(objects=objects, maker=maker, folder=tmp_path / "small"),
    )
    store.database.close()


async def send(files: VideoFiles, **headers: str) -> StreamedAnswer:
    answer = await files.send(make_call(**headers), make_made())
    assert isinstance(answer, StreamedAnswer)
    return answer


async def put_clip(files: VideoFiles) -> str:
    [clip] = make_made().results
    await files.objects.put(clip.object_key, CONTENT)
    return clip.object_key


async def test_a_large_clip_comes_chunk_by_chunk(files: VideoFiles):
    await put_clip(files)

    chunks = [chunk async for chunk in (await send(files)).parts]

    assert b"".join(chunks) == CONTENT
    assert [len(chunk) for chunk in chunks] == [MEBIBYTE, MEBIBYTE, MEBIBYTE // 2]


async def test_a_large_part_of_it_begins_and_ends_where_it_was_asked_to(files: VideoFiles):
    await put_clip(files)

    answer = await send(files, range="bytes=100-1500000")

    assert b"".join([chunk async for chunk in answer.parts]) == CONTENT[100:1500001]
    assert (b"content-length", b"1499901") in answer.headers


async def test_a_clip_that_is_gone_is_told_before_anything_is_sent(files: VideoFiles):
    with pytest.raises(ResultGone):
        await send(files)


async def test_a_clip_that_goes_while_it_is_sent_cuts_the_answer_short(files: VideoFiles):
    key = await put_clip(files)
    parts = (await send(files)).parts
    await anext(parts)
    await files.objects.delete([key])

    with pytest.raises(AnswerCut):
        await anext(parts)
