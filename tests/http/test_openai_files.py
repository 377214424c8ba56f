"""The files of videos: clips whole and in part, small pictures, and clips that go meanwhile."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from domain.samples import make_claim, make_result, make_task
from fakes import MemoryObjects
from kaiga.domain.errors import ResultGone
from kaiga.domain.tasks import Task, TaskStatus
from kaiga.http.asgi import AnswerCut, Call, Connection, Headers, Message, StreamedAnswer
from kaiga.http.openai.video_files import VideoFiles
from kaiga.media.inspecting import find_ffmpeg
from kaiga.media.thumbnails import SmallPictures
from kaiga.service.links.drawn_results import drawn_at_once
from kaiga.service.reading.show_thumbnail import ShowThumbnail
from running import RunningKaiga, wait_until

VIDEOS = "/v1/videos"
ORDER = {"model": "wanx2.1-t2v-turbo", "prompt": "a fox", "size": "480x832"}
MP4 = b"ftyp"
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
def files(tmp_path: Path) -> VideoFiles:
    objects, maker = MemoryObjects(), SmallPictures(ffmpeg=find_ffmpeg())
    return VideoFiles(
        have_drawn=drawn_at_once,
        objects=objects,
        show_thumbnail=ShowThumbnail(
            objects=objects, maker=maker, folder=tmp_path / "small", have_drawn=drawn_at_once
        ),
    )


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


@pytest.fixture(scope="module")
def made(server: RunningKaiga) -> Iterator[tuple[httpx.Client, str]]:
    """A client of the server that paints, and the path of a video that is completed there."""
    headers = {"Authorization": f"Bearer {server.key}"}
    with httpx.Client(base_url=server.base_url, headers=headers, timeout=30) as client:
        url = f"{VIDEOS}/{client.post(VIDEOS, json=ORDER).json()['id']}"
        wait_until(lambda: client.get(url).json()["status"] == "completed", "it is made")
        yield client, url


class TestFiles:
    def test_the_clip_comes_whole_or_in_part(self, made):
        client, url = made

        whole = client.get(f"{url}/content")
        part = client.get(f"{url}/content", headers={"Range": "bytes=4-7"})
        beyond = client.get(f"{url}/content", headers={"Range": "bytes=99999999-"})
        head = client.head(f"{url}/content")

        assert whole.status_code == 200
        assert whole.headers["content-type"] == "video/mp4"
        assert whole.content[4:8] == MP4
        assert (part.status_code, part.content) == (206, MP4)
        assert part.headers["content-range"] == f"bytes 4-7/{len(whole.content)}"
        assert beyond.status_code == 416
        assert (head.content, head.headers["content-length"]) == (b"", str(len(whole.content)))

    def test_a_clip_that_one_has_already_is_not_sent_again(self, made):
        client, url = made
        etag = client.head(f"{url}/content").headers["etag"]

        answer = client.get(f"{url}/content", headers={"If-None-Match": etag})

        assert (answer.status_code, answer.content) == (304, b"")

    def test_a_small_picture_stands_for_it(self, made):
        client, url = made

        answer = client.get(f"{url}/content", params={"variant": "thumbnail"})

        assert answer.headers["content-type"] == "image/webp"
        assert answer.content[8:12] == b"WEBP"

    def test_a_variant_that_is_not_there_is_refused(self, made):
        client, url = made

        answer = client.get(f"{url}/content", params={"variant": "spritesheet"})

        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "variant")
        assert "video or thumbnail" in answer.text

    def test_a_completed_video_tells_until_when_it_is_kept(self, made):
        client, url = made

        video = client.get(url).json()

        assert video["progress"] == 100
        assert video["created_at"] <= video["completed_at"] < video["expires_at"]
