"""What engines can't open is made into what they can, and looks the same."""

from pathlib import Path

import numpy as np
from PIL import Image

from kaiga.domain.media_faults import MediaProblem, MediaTrouble
from kaiga.domain.media_rules import InspectedMedia
from kaiga.media.inspecting import ContentInspector
from media.clips import FFMPEG, run_ffmpeg
from media.heif_files import heic_header_of, write_heic, write_tiled_heic
from media.looking import measure
from media.origins import names_in


def picture_of(source: str, folder: Path) -> np.ndarray:
    made = run_ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "1", to=folder / "expected.png")
    return opened(made)


def opened(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), dtype=np.int16)


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())


async def convert(path: Path) -> InspectedMedia | MediaTrouble:
    inspector = ContentInspector(ffmpeg=FFMPEG)
    found = await inspector.inspect(path)
    assert isinstance(found, InspectedMedia)
    return await inspector.make_openable(path, found)


async def test_a_heic_picture_becomes_a_png_of_the_same_pixels(folder: Path, tmp_path: Path):
    path = write_heic(folder / "input", "testsrc=s=320x240", (320, 240))

    made = await convert(path)

    assert made == InspectedMedia(
        format="png", size_bytes=path.stat().st_size, width_pixels=320, height_pixels=240
    )
    assert difference(opened(path), picture_of("testsrc=s=320x240", tmp_path)) < 6
    assert names_in(folder) == ["input"]


async def test_a_turned_heic_picture_is_upright_afterwards(folder: Path, tmp_path: Path):
    path = write_heic(folder / "input", "testsrc=s=320x240", (320, 240), turns=1)

    await convert(path)

    expected = np.rot90(picture_of("testsrc=s=320x240", tmp_path))
    assert opened(path).shape == (320, 240, 3)
    assert difference(opened(path), expected) < 6


async def test_the_tiles_of_a_telephones_picture_are_put_together(folder: Path, tmp_path: Path):
    sources = ["testsrc=s=256x256", "testsrc2=s=256x256"]
    path = write_tiled_heic(folder / "input", sources, 256, (500, 256))

    assert (await measure(path)).width_pixels == 500
    await convert(path)

    expected = np.hstack([picture_of(source, tmp_path) for source in sources])[:, :500]
    assert opened(path).shape == (256, 500, 3)
    assert difference(opened(path), expected) < 6


async def test_a_heic_file_without_pixels_stays_as_it_is(folder: Path):
    path = folder / "input"
    path.write_bytes(heic_header_of(400, 300))

    made = await convert(path)

    assert made == MediaTrouble(
        problem=MediaProblem.UNREADABLE, detail="the picture in it can't be decoded"
    )
    assert path.read_bytes() == heic_header_of(400, 300)
    assert names_in(folder) == ["input"]


async def test_a_header_that_claims_another_size_is_not_believed(folder: Path):
    path = write_heic(folder / "input", "testsrc=s=320x240", (640, 480))

    assert isinstance(await convert(path), MediaTrouble)


async def test_what_engines_open_anyway_is_not_touched(folder: Path):
    path = folder / "input"
    Image.new("RGB", (30, 20), "teal").save(path, "JPEG")
    before = path.read_bytes()

    made = await convert(path)

    assert isinstance(made, InspectedMedia)
    assert made.format == "jpeg"
    assert path.read_bytes() == before
