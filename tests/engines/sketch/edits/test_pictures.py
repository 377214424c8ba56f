"""Opening given pictures of every kind, bringing them to a size, and refusing what is none."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engines.sketch.edits.edit_samples import difference, painted, saved, stored
from kaiga.engines.sketch.edits.pictures import (
    covering,
    fitting,
    laid_over,
    mixed,
    open_layer,
    open_mask,
    open_pixels,
)
from kaiga.engines.sketch.making import Refused


def test_a_png_comes_back_as_it_is(tmp_path: Path) -> None:
    pixels = painted("a red car")

    assert np.array_equal(open_pixels(saved(tmp_path, pixels)), pixels)


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [
        ("L", "png"), ("CMYK", "jpg"), ("P", "gif"), ("P", "png"), ("RGB", "webp"), ("RGB", "bmp"),
        ("CMYK", "tif"), ("LA", "png"), ("1", "png"), ("RGB", "ppm"), ("I;16", "png"),
    ],
)  # fmt: skip
def test_every_mode_looks_as_it_should(tmp_path: Path, mode: str, suffix: str) -> None:
    grey = mode in {"L", "LA", "1", "I;16"}
    image = Image.fromarray(painted("a red car in a meadow")).convert("L" if grey else "RGB")
    path = tmp_path / f"given.{suffix}"
    if mode == "I;16":
        Image.fromarray(np.array(image).astype(np.uint16) * 257).save(path)
    else:
        (image.quantize(256) if mode == "P" else image.convert(mode)).save(path)

    pixels = open_pixels(stored(path))

    assert pixels.shape == (256, 320, 3)
    assert pixels.dtype == np.uint8
    expected = image.convert("1") if mode == "1" else image
    assert difference(pixels, np.array(expected.convert("RGB"))) < 9


def test_a_camera_on_its_side_gives_an_upright_picture(tmp_path: Path) -> None:
    pixels = painted("a lighthouse")
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.png"
    Image.fromarray(np.rot90(pixels)).save(path, exif=exif)

    assert np.array_equal(open_pixels(stored(path)), pixels)


def test_only_the_first_frame_of_an_animation_counts(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("#ff0000", "#0000ff")]
    path = tmp_path / "two.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:])

    assert open_pixels(stored(path)).reshape(-1, 3).mean(axis=0).tolist() == [255, 0, 0]


def test_transparent_places_become_white(tmp_path: Path) -> None:
    layer = np.zeros((8, 8, 4), dtype=np.uint8)
    layer[:, :4] = (0, 128, 0, 255)

    pixels = open_pixels(saved(tmp_path, layer))

    assert pixels[0, 0].tolist() == [0, 128, 0]
    assert pixels[0, 7].tolist() == [255, 255, 255]
    assert open_layer(saved(tmp_path, layer))[0, 7, 3] == 0


def test_a_size_is_covered_and_the_middle_kept(tmp_path: Path) -> None:
    pixels = np.zeros((100, 300, 3), dtype=np.uint8)
    pixels[:, 100:200] = 255

    opened = open_pixels(saved(tmp_path, pixels), width=50, height=50)

    assert opened.shape == (50, 50, 3)
    assert opened.min() > 240


def test_covering_and_fitting_keep_the_ratio() -> None:
    pixels = painted("a cat", width=200, height=100)

    assert covering(pixels, 64, 64).shape == (64, 64, 3)
    assert fitting(pixels, 64, 64).shape == (32, 64, 3)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"no picture", b"\x89PNG\r\n\x1a\n", b"GIF89a\x01\x00", b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff\xe0" + b"\0" * 40,
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_by_its_role(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(content)

    with pytest.raises(Refused, match="mask") as refusal:
        open_pixels(stored(path, "mask"))

    assert refusal.value.code == "InvalidParameter"


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif"])
def test_a_file_that_was_cut_short_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cut.{suffix}"
    Image.fromarray(painted("a city at night")).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with pytest.raises(Refused, match="image"):
        open_pixels(stored(path))


@pytest.mark.parametrize("side", [9000, 60000])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, side: int) -> None:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = b""
    for kind, content in ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000))):
        chunks += struct.pack(">I", len(content)) + kind + content
        chunks += struct.pack(">I", zlib.crc32(kind + content))
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)

    with pytest.raises(Refused, match="image"):
        open_pixels(stored(path))


def test_a_mask_is_what_is_white(tmp_path: Path) -> None:
    pixels = painted("a cat", width=64, height=48)
    drawn = np.zeros((48, 64), dtype=np.uint8)
    drawn[10:20, 30:40] = 255

    mask = open_mask(saved(tmp_path, drawn, "mask"), pixels)

    assert np.array_equal(mask, drawn > 0)


def test_a_mask_in_colours_marks_these_colours_only(tmp_path: Path) -> None:
    pixels = painted("a cat", width=64, height=48)
    drawn = np.full((48, 64, 3), 255, dtype=np.uint8)
    drawn[:, :10] = (250, 4, 0)
    drawn[:, 20:30] = (0, 0, 255)

    mask = open_mask(saved(tmp_path, drawn, "mask"), pixels, [[255, 0, 0], [0, 0, 255]])

    assert mask.any(axis=0).nonzero()[0].tolist() == [*range(10), *range(20, 30)]


def test_a_mask_of_another_size_is_refused(tmp_path: Path) -> None:
    pixels = painted("a cat", width=64, height=48)
    drawn = np.zeros((48, 63), dtype=np.uint8)

    with pytest.raises(Refused, match=r"mask \(63\*48\).*\(64\*48\)"):
        open_mask(saved(tmp_path, drawn, "mask"), pixels)


@pytest.mark.parametrize(("x", "y"), [(10, 5), (-4, -4), (60, 44), (100, 100)])
def test_a_layer_changes_only_where_it_is_seen(x: int, y: int) -> None:
    pixels = painted("a cat", width=64, height=48)
    layer = np.zeros((8, 8, 4), dtype=np.uint8)
    layer[2:6, 2:6] = (255, 0, 255, 255)

    result = laid_over(pixels, layer, x, y)

    expected = pixels.copy()
    for row in range(2, 6):
        for column in range(2, 6):
            if 0 <= y + row < 48 and 0 <= x + column < 64:
                expected[y + row, x + column] = (255, 0, 255)
    assert np.array_equal(result, expected)


def test_blending_leaves_the_first_picture_alone_where_the_share_is_nothing() -> None:
    first, second = painted("a cat"), painted("a city at night")
    share = np.zeros(first.shape[:2], dtype=np.float32)
    share[:, 160:] = 1

    result = mixed(first, second, share)

    assert np.array_equal(result[:, :160], first[:, :160])
    assert np.array_equal(result[:, 160:], second[:, 160:])
