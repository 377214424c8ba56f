"""Pictures are measured by their headers; what claims to be huge is never opened."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kaiga.domain.media_faults import MediaProblem, MediaTrouble
from kaiga.domain.media_formats import FORMATS
from kaiga.domain.media_rules import InspectedMedia
from kaiga.media.inspecting.ffmpeg import MOST_PIXELS
from kaiga.media.inspecting.heif import inspect_heif
from kaiga.media.inspecting.pictures import inspect_picture
from media.heif_files import box, heic_header_of
from media.looking import inspect, measure, refuse


def save(path: Path, picture: Image.Image, format_: str, **options: object) -> Path:
    picture.save(path, format_, **options)
    return path


def plain(mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (120, 80), 1)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("PNG", "png"),
        ("JPEG", "jpeg"),
        ("BMP", "bmp"),
        ("TIFF", "tiff"),
        ("WEBP", "webp"),
        ("GIF", "gif"),
        ("PPM", "pnm"),
    ],
)
async def test_a_picture_is_measured_whatever_it_is_called(
    tmp_path: Path, written: str, found: str
):
    path = save(tmp_path / "film.mp4", plain(), written)

    inspected = await measure(path, "https://example.com/film.mp4")

    assert inspected.format == found
    assert (inspected.width_pixels, inspected.height_pixels) == (120, 80)
    assert inspected.size_bytes == path.stat().st_size
    assert not inspected.has_alpha
    assert not inspected.is_animated


@pytest.mark.parametrize(
    ("mode", "options", "has_alpha"),
    [
        ("RGB", {}, False),
        ("L", {}, False),
        ("I;16", {}, False),
        ("P", {}, False),
        ("RGBA", {}, True),
        ("LA", {}, True),
        ("P", {"transparency": 0}, True),
        ("RGB", {"transparency": (1, 2, 3)}, True),
    ],
)
async def test_a_channel_of_transparency_is_seen_in_each_of_its_forms(
    tmp_path: Path, mode: str, options: dict[str, object], has_alpha: bool
):
    path = save(tmp_path / "a", plain(mode), "PNG", **options)

    assert (await measure(path)).has_alpha is has_alpha


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (120, 80)), (3, (120, 80)), (6, (80, 120)), (8, (80, 120))]
)
async def test_a_turned_picture_is_as_wide_as_it_is_shown(
    tmp_path: Path, format_: str, orientation: int, size: tuple[int, int]
):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(tmp_path / "a", plain(), format_, exif=exif)

    found = await measure(path)

    assert (found.width_pixels, found.height_pixels) == size


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG", "TIFF"])
async def test_a_picture_of_several_frames_is_known(tmp_path: Path, format_: str):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "lime", "blue")]
    path = save(tmp_path / "a", frames[0], format_, save_all=True, append_images=frames[1:])

    assert (await measure(path)).is_animated


async def test_a_picture_is_measured_without_its_pixels(tmp_path: Path):
    stream = io.BytesIO()
    Image.effect_noise((500, 400), 50).save(stream, "PNG")
    path = tmp_path / "a"
    path.write_bytes(stream.getvalue()[:100])

    found = await measure(path)

    assert (found.width_pixels, found.height_pixels) == (500, 400)


def chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def png_of(width: int, height: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + pixels


def webp_of(width: int, height: int) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    content = b"WEBPVP8X\x0a\0\0\0\0\0\0\0" + sides
    return b"RIFF" + len(content).to_bytes(4, "little") + content


def gif_of(width: int, height: int) -> bytes:
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0)
    return screen + b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x08\0;"


def bmp_of(width: int, height: int) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + header


def ppm_of(width: int, height: int) -> bytes:
    return f"P6\n{width} {height}\n255\n".encode()


SIZES = [(8200, 8200), (10_000, 9000), (16_000, 16_000), (65_535, 65_535)]


@pytest.mark.parametrize(
    ("make", "size"),
    [
        *(
            (make, size)
            for make in (png_of, gif_of, bmp_of, ppm_of, heic_header_of)
            for size in SIZES
        ),
        (webp_of, (16_000, 16_000)),
    ],
)
async def test_a_picture_that_claims_too_many_pixels_is_not_opened(
    tmp_path: Path, make: Callable[[int, int], bytes], size: tuple[int, int]
):
    path = tmp_path / "a"
    path.write_bytes(make(*size))

    trouble = await refuse(path)

    assert trouble == MediaTrouble(
        problem=MediaProblem.SIDES,
        detail=f"it has more than {MOST_PIXELS} pixels, the most that is opened",
    )


async def test_the_largest_picture_of_the_contract_is_measured(tmp_path: Path):
    path = tmp_path / "a"
    path.write_bytes(png_of(8192, 8192))

    assert (await measure(path)).width_pixels == 8192


async def test_a_text_that_unpacks_without_end_makes_a_picture_unreadable(tmp_path: Path):
    bomb = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 30_000_000, 9))
    path = tmp_path / "a"
    path.write_bytes(png_of(100, 100, bomb))

    assert (await refuse(path)).problem is MediaProblem.UNREADABLE


async def test_what_programs_would_run_on_is_no_picture(tmp_path: Path):
    path = tmp_path / "cat.png"
    for content in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%!PS-Adobe-3.0 EPSF-3.0\n"):
        path.write_bytes(content)

        found = await inspect(path, "cat.png")

        assert isinstance(found, InspectedMedia)
        assert found.format == "txt"  # which no picture's field takes


async def test_avif_is_known_and_not_opened(tmp_path: Path):
    path = save(tmp_path / "a", plain(), "AVIF")

    assert await measure(path) == InspectedMedia(format="avif", size_bytes=path.stat().st_size)


@pytest.mark.parametrize(("turns", "size"), [(0, (400, 300)), (1, (300, 400)), (2, (400, 300))])
async def test_heic_is_measured_by_its_primary_picture(
    tmp_path: Path, turns: int, size: tuple[int, int]
):
    path = tmp_path / "a"
    path.write_bytes(heic_header_of(400, 300, turns, before=box(b"free", bytes(2_000_000))))

    found = await measure(path)

    assert found.format == "heic"
    assert (found.width_pixels, found.height_pixels) == size


BEGINNINGS = {
    "png": b"\x89PNG\r\n\x1a\n",
    "jpeg": b"\xff\xd8\xff",
    "bmp": b"BM",
    "tiff": b"II*\0",
    "webp": b"RIFF\x40\0\0\0WEBPVP8X",
    "gif": b"GIF89a",
    "pnm": b"P6\n",
    "heic": b"\0\0\0\x10ftypheic\0\0\0\0",
}


@given(name=st.sampled_from(sorted(BEGINNINGS)), rest=st.binary(max_size=400))
def test_any_bytes_behind_a_signature_are_answered(
    tmp_path_factory: pytest.TempPathFactory, name: str, rest: bytes
):
    path = tmp_path_factory.getbasetemp() / "picture"
    path.write_bytes(BEGINNINGS[name] + rest)
    look = inspect_heif if name == "heic" else inspect_picture

    found = look(path, FORMATS[name], path.stat().st_size)

    assert isinstance(found, InspectedMedia | MediaTrouble)


@given(data=st.data())
def test_a_damaged_header_of_heic_is_answered(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    content = bytearray(heic_header_of(400, 300))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content)

    found = inspect_heif(path, FORMATS["heic"], len(content))

    assert isinstance(found, InspectedMedia | MediaTrouble)
