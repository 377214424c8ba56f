"""The visible mark, where an order wants it: on what servers make as on everything else."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clip_samples import save_clip, see_clip
from kaiga.domain.errors import EngineCrashed
from kaiga.engines.openai.options import OpenaiModel, OpenaiOptions
from kaiga.engines.openai.server import OpenaiServer
from kaiga.engines.remote.http_server import HttpServer
from kaiga.engines.sketch.film.frames import SAMPLES_PER_SECOND
from kaiga.ports.engine import GenerationJob, MadeFile
from remote.pooling import CLIPS, PICTURES, clip, holds_nothing, picture, pooled, results_of, run
from remote.serving import paint, served
from remote.small_openai import SmallOpenai, picture_answer

MARK = "AI生成"
WIDTH, HEIGHT = 512, 256
LOWER_RIGHT = (slice(HEIGHT // 2, None), slice(WIDTH // 2, None))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    wave = np.sin(np.arange(SAMPLES_PER_SECOND) / 20) * 8000
    sound = np.stack([wave, wave], axis=1).astype(np.int16)
    return save_clip(path, width=256, height=160, sound=sound).read_bytes()


@pytest.fixture
def small(film: bytes) -> SmallOpenai:
    return SmallOpenai(film)


@pytest.fixture
def url(small: SmallOpenai) -> Iterator[str]:
    with served(small.app) as address:
        yield f"{address}/v1"


async def make(url: str, folder: Path, job: GenerationJob) -> MadeFile:
    models = {PICTURES: OpenaiModel(), CLIPS: OpenaiModel()}
    server = OpenaiServer(HttpServer(url), OpenaiOptions(url=url), models, frozenset({CLIPS}))
    async with pooled(server, folder) as pool:
        (result,) = results_of(await run(pool, job))
    return result.files[0]


def see(content: bytes) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(content)).convert("RGB")).astype(np.int16)


@pytest.mark.parametrize(("form", "tolerance"), [("PNG", 0), ("JPEG", 24), ("WEBP", 24)])
async def test_a_picture_gets_its_mark_at_the_lower_right_and_nowhere_else(
    small: SmallOpenai, url: str, tmp_path: Path, form: str, tolerance: int
):
    plain = paint(WIDTH, HEIGHT, form=form)
    small.answer = lambda: picture_answer(plain)

    file = await make(url, tmp_path, picture(watermark=MARK))

    assert Image.open(io.BytesIO(file.content)).format == form
    assert (file.width_pixels, file.height_pixels) == (WIDTH, HEIGHT)
    changed = np.abs(see(file.content) - see(plain)).max(axis=2)
    assert changed[LOWER_RIGHT].max() > 60
    changed[LOWER_RIGHT] = 0
    assert changed.max() <= tolerance


async def test_a_picture_with_transparent_places_is_left_as_it_is(
    small: SmallOpenai, url: str, tmp_path: Path
):
    stream = io.BytesIO()
    Image.new("RGBA", (WIDTH, HEIGHT), (200, 90, 160, 0)).save(stream, "PNG")
    small.answer = lambda: picture_answer(stream.getvalue())

    assert (await make(url, tmp_path, picture(watermark=MARK))).content == stream.getvalue()


async def test_a_picture_that_breaks_off_is_not_published(
    small: SmallOpenai, url: str, tmp_path: Path
):
    small.answer = lambda: picture_answer(paint(WIDTH, HEIGHT)[:-40])

    with pytest.raises(EngineCrashed):
        await make(url, tmp_path, picture(watermark=MARK))


async def test_a_clip_bears_its_mark_on_every_frame_and_keeps_its_sound(
    url: str, film: bytes, tmp_path: Path
):
    folder = tmp_path / "files"

    file = await make(url, folder, clip(watermark=MARK, sound=True))

    plain = see_clip(film, tmp_path / "plain.mp4")
    seen = see_clip(file.content, tmp_path / "seen.mp4")
    assert (seen.size, seen.rate, len(seen.frames)) == (plain.size, plain.rate, len(plain.frames))
    assert seen.sound_seconds == pytest.approx(plain.sound_seconds, abs=0.1)
    assert seen.samples is not None
    assert np.abs(seen.samples).max() > 0.1
    for before, after in zip(plain.frames, seen.frames, strict=True):
        changed = np.abs(after.astype(np.int16) - before).max(axis=2)
        assert changed[changed.shape[0] // 2 :].max() > 60
        assert changed[: changed.shape[0] // 2].max() < 60
    assert holds_nothing(folder)
