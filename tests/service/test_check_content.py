"""Judging orders and results: what is shown to the check, and what becomes of what it leaves."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from endpoint import Asked, Endpoint, judge, running_endpoint
from fakes import make_result
from kaiga.content_checks.moderation import ModerationCheck
from kaiga.content_checks.words import WordCheck
from kaiga.domain.errors import ContentCheckAway
from kaiga.media.inspecting import find_ffmpeg
from kaiga.media.thumbnails import SmallPictures
from kaiga.outgoing.json_endpoint import JsonEndpoint
from kaiga.ports.content_check import ContentCheck
from kaiga.ports.engine import JobMedia, ResultMade
from kaiga.service.running.check_content import (
    INPUT_REFUSED,
    OUTPUT_REFUSED,
    UNCHECKED,
    CheckContent,
    UncheckedContent,
)
from kaiga.service.running.refusals import TaskRefused
from media.clips import make_clip
from noting_meter import NotingMeter


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with running_endpoint() as endpoint:
        endpoint.plan = lambda _: judge(flagged=False)
        yield endpoint


@pytest.fixture
def moderation(endpoint: Endpoint) -> ContentCheck:
    asked = JsonEndpoint(base_url=endpoint.url, key=None, timeout_seconds=10)
    return ModerationCheck(asked, None, pictures=True)


def build(folder: Path, check: ContentCheck, unchecked: str = "refuse") -> CheckContent:
    return CheckContent(
        check=check,
        unchecked=UncheckedContent(unchecked),
        thumbnails=SmallPictures(ffmpeg=find_ffmpeg()),
        folder=folder / "shrinking",
        meter=NotingMeter(),
        patience=timedelta(0),
    )


def make_picture(side: int = 2048) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (side, side // 2), "red").save(file, "PNG")
    return file.getvalue()


def make_input(path: Path, media_type: str) -> JobMedia:
    return JobMedia(role="image", path=str(path), media_type=media_type)


def is_webp(asked: Asked) -> bool:
    [item] = asked.body["input"]
    return item["image_url"]["url"].startswith("data:image/webp;base64,")


async def test_a_result_is_shown_small_and_nothing_of_it_is_left(
    tmp_path: Path, endpoint: Endpoint, moderation: ContentCheck
):
    fault = await build(tmp_path, moderation).find_fault(make_result(0, make_picture()))

    [asked] = endpoint.asked
    assert fault is None
    assert is_webp(asked)
    assert len(str(asked.body)) < 5000
    assert list((tmp_path / "shrinking").iterdir()) == []


async def test_a_clip_is_judged_by_one_of_its_frames(
    tmp_path: Path, endpoint: Endpoint, moderation: ContentCheck
):
    clip = make_clip(tmp_path / "clip.mp4", size="320x240", seconds=1.0)
    endpoint.plan = lambda _: judge(flagged=True)
    content = build(tmp_path, moderation)

    assert await content.find_fault(make_result(0, clip.read_bytes())) == OUTPUT_REFUSED
    with pytest.raises(TaskRefused, match=INPUT_REFUSED.message):
        await content.check_inputs([make_input(clip, "video/mp4")])
    assert [is_webp(asked) for asked in endpoint.asked] == [True, True]


async def test_sounds_are_shown_to_nobody(
    tmp_path: Path, endpoint: Endpoint, moderation: ContentCheck
):
    await build(tmp_path, moderation).check_inputs([make_input(tmp_path / "a.wav", "audio/wav")])

    assert endpoint.asked == []


async def test_a_text_that_an_engine_has_found_is_judged(tmp_path: Path):
    content = build(tmp_path, WordCheck(["gore"]))

    assert await content.find_fault(ResultMade(index=0, findings={"text": "GORE"})) is not None
    assert await content.find_fault(ResultMade(index=0, findings={"text": "a cat"})) is None


class TestUnanswered:
    @pytest.fixture(autouse=True)
    def nobody_judges(self, endpoint: Endpoint) -> None:
        endpoint.plan = lambda _: (500, b"{}")

    async def test_everything_passes_where_that_is_set(
        self, tmp_path: Path, moderation: ContentCheck
    ):
        content = build(tmp_path, moderation, "pass")

        await content.check_text("a cat")
        assert await content.find_fault(make_result(0, make_picture())) is None

    async def test_everything_is_refused_where_that_is_set(
        self, tmp_path: Path, moderation: ContentCheck
    ):
        content = build(tmp_path, moderation, "refuse")

        with pytest.raises(TaskRefused) as refused:
            await content.check_text("a cat")
        assert (refused.value.code, str(refused.value)) == (UNCHECKED.code, UNCHECKED.message)
        assert await content.find_fault(make_result(0, make_picture())) == UNCHECKED

    async def test_else_the_task_is_to_wait(self, tmp_path: Path, moderation: ContentCheck):
        content = build(tmp_path, moderation, "wait")

        with pytest.raises(ContentCheckAway):
            await content.check_text("a cat")
        with pytest.raises(ContentCheckAway):
            await content.find_fault(make_result(0, make_picture()))


@pytest.mark.parametrize(
    ("unchecked", "passes"), [("pass", True), ("refuse", False), ("wait", False)]
)
async def test_what_nobody_can_look_at_passes_only_where_all_may(
    tmp_path: Path, moderation: ContentCheck, unchecked: str, passes: bool
):
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    content = build(tmp_path, moderation, unchecked)

    if passes:
        await content.check_inputs([make_input(broken, "image/png")])
    else:
        with pytest.raises(TaskRefused):
            await content.check_inputs([make_input(broken, "image/png")])
