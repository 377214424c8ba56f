"""Small pictures of results: of the right shape, and never of what can't be read."""

import io
from pathlib import Path

import pytest
from PIL import Image

from kaiga.media.thumbnails import SmallPictures
from media.clips import FFMPEG, make_clip


@pytest.fixture
def maker() -> SmallPictures:
    return SmallPictures(ffmpeg=FFMPEG)


def open_picture(content: bytes | None) -> Image.Image:
    assert content is not None
    return Image.open(io.BytesIO(content), formats=["WEBP"])


async def test_a_picture_keeps_its_shape(maker: SmallPictures, tmp_path: Path):
    Image.new("RGB", (2048, 1024), "red").save(tmp_path / "result", "PNG")

    assert open_picture(await maker.make(tmp_path / "result")).size == (512, 256)


async def test_a_small_picture_is_not_made_larger(maker: SmallPictures, tmp_path: Path):
    Image.new("RGB", (90, 60)).save(tmp_path / "result", "JPEG")

    assert open_picture(await maker.make(tmp_path / "result")).size == (90, 60)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16"])
async def test_every_kind_of_pixel_is_shown(maker: SmallPictures, tmp_path: Path, mode: str):
    Image.new(mode, (600, 600)).save(tmp_path / "result", "PNG")

    made = open_picture(await maker.make(tmp_path / "result"))

    assert made.size == (512, 512)
    assert made.has_transparency_data == (mode in {"RGBA", "LA"})


async def test_a_clip_is_shown_by_one_of_its_frames(maker: SmallPictures, tmp_path: Path):
    clip = make_clip(tmp_path / "result.mp4", size="640x320", seconds=1.0)

    made = open_picture(await maker.make(clip))

    assert made.size == (512, 256)
    assert len(made.convert("RGB").getcolors(maxcolors=10_000_000) or []) > 8  # no empty frame


@pytest.mark.parametrize("form", ["BMP", "GIF", "TIFF", "PPM"])
async def test_what_is_only_taken_as_an_input_has_one_too(
    maker: SmallPictures, tmp_path: Path, form: str
):
    Image.new("RGB", (1024, 512)).save(tmp_path / "input", form)

    assert open_picture(await maker.make(tmp_path / "input")).size == (512, 256)


@pytest.mark.parametrize("beginning", [b"\x89PNG\r\n\x1a\n", b"\0\0\0\x18ftypmp42", b"<svg "])
async def test_a_broken_file_has_none(maker: SmallPictures, tmp_path: Path, beginning: bytes):
    (tmp_path / "result").write_bytes(beginning + b"broken")

    assert await maker.make(tmp_path / "result") is None
