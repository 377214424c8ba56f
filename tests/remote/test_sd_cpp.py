"""Pictures and clips made by a server of stable-diffusion.cpp."""

import base64
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import JSONResponse

from kaiga.domain.engines import Health
from kaiga.domain.errors import EngineAway, EngineCrashed, EngineStopped
from kaiga.domain.media import MP4, recognise_media
from kaiga.engines.remote.http_server import HttpServer
from kaiga.engines.sd_cpp.options import SdCppModel
from kaiga.engines.sd_cpp.server import SdCppServer
from kaiga.media.inspecting import find_ffmpeg
from kaiga.ports.engine import JobFailed, PhaseBegan
from remote.pooling import (
    CLIPS,
    PICTURES,
    clip,
    give,
    picture,
    pooled,
    results_of,
    run,
    wait_until,
)
from remote.serving import Changing, paint, served
from remote.small_sd_cpp import SmallSdCpp


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Changing, str]]:
    changing = Changing()
    with served(changing) as address:
        yield changing, address


@pytest.fixture
def small(place: tuple[Changing, str]) -> SmallSdCpp:
    small = SmallSdCpp()
    place[0].app = small.app
    return small


@pytest.fixture
def url(place: tuple[Changing, str], small: SmallSdCpp) -> str:  # noqa: ARG001  it has to be there
    return place[1]


def build(url: str, **told: object) -> SdCppServer:
    model = SdCppModel(**told)  # pyright: ignore[reportArgumentType]
    return SdCppServer(HttpServer(url), {PICTURES: model, CLIPS: model}, frozenset({CLIPS}))


async def test_a_picture_is_a_native_job_with_its_seed(small: SmallSdCpp, url: str, tmp_path: Path):
    extra = {"sample_params": {"sample_steps": 4}}

    async with pooled(build(url, extra=extra), tmp_path) as pool:
        events = await run(pool, picture("a <sd_cpp_extra_args>{}</sd_cpp_extra_args> boat"))
        health = await pool.check_health()

    (result,) = results_of(events)
    assert result.files[0].content == paint(64, 32, 7)
    assert health == Health()
    assert small.orders == [
        (
            "img_gen",
            {
                "prompt": "a <sd_cpp_extra_args>{}</sd_cpp_extra_args> boat",
                "negative_prompt": "",
                "seed": 7,
                "width": 64,
                "height": 32,
                "batch_count": 1,
                "output_format": "png",
                "embed_image_metadata": False,
                "sample_params": {"sample_steps": 4},
            },
        )
    ]
    assert small.canceled == []


@pytest.mark.parametrize("images", ["ref_images", "init_image"])
async def test_a_picture_to_edit_is_what_the_operator_says_it_is(
    small: SmallSdCpp, url: str, tmp_path: Path, images: str
):
    media = (give(tmp_path, "image", b"one"), give(tmp_path, "mask", b"mask"))

    async with pooled(build(url, images=images), tmp_path) as pool:
        await run(pool, picture(task="image-edit", media=media))

    order = small.orders[0][1]
    sent = base64.b64encode(b"one").decode()
    assert order[images] == ([sent] if images == "ref_images" else sent)
    assert order["mask_image"] == base64.b64encode(b"mask").decode()


async def test_a_clip_becomes_an_mp4_file(small: SmallSdCpp, url: str, tmp_path: Path):
    small.film = make_avi(tmp_path)
    first = give(tmp_path, "first_frame", b"one")
    last = give(tmp_path, "last_frame", b"two")

    async with pooled(build(url, frames_per_second=16.0), tmp_path) as pool:
        events = await run(pool, clip(media=(first, last)))

    (file,) = results_of(events)[0].files
    assert recognise_media(file.content) == MP4
    assert (file.width_pixels, file.height_pixels) == (34, 20)
    assert file.duration_seconds == pytest.approx(0.5, abs=0.1)
    kind, order = small.orders[0]
    assert (kind, order["fps"], order["video_frames"]) == ("vid_gen", 16, 17)
    assert order["init_image"] == base64.b64encode(b"one").decode()
    assert order["end_image"] == base64.b64encode(b"two").decode()


async def test_inputs_that_it_has_no_place_for_are_refused(
    small: SmallSdCpp, url: str, tmp_path: Path
):
    media = (give(tmp_path, "image", b"1"), give(tmp_path, "image", b"2"))

    async with pooled(build(url, images="init_image"), tmp_path) as pool:
        events = await run(pool, picture(media=media))

    assert isinstance(events[-1], JobFailed)
    assert small.orders == []


@pytest.mark.parametrize("seconds", [0.0, 0.3], ids=["placed", "being-placed"])
async def test_a_stopped_job_is_cancelled_at_the_server(
    small: SmallSdCpp, url: str, tmp_path: Path, seconds: float
):
    small.seconds = seconds
    small.states = [{"status": "generating", "stays": True}]

    async with pooled(build(url), tmp_path) as pool:
        turn = pool.begin_turn(None)  # pyright: ignore[reportArgumentType]
        events = turn.generate([picture()])
        assert isinstance(await anext(events), PhaseBegan)
        await wait_until(lambda: bool(small.orders))
        assert turn.stop_batch()
        with pytest.raises(EngineStopped):
            await anext(events)

    assert small.canceled == ["job_1"]


async def test_a_job_that_failed_is_an_engine_that_crashed(
    small: SmallSdCpp, url: str, tmp_path: Path
):
    small.states = [{"status": "failed", "error": {"message": "generate_image returned nothing"}}]

    async with pooled(build(url), tmp_path) as pool:
        with pytest.raises(EngineCrashed) as raised:
            await run(pool, picture())

    assert "generate_image returned nothing" in str(raised.value.__cause__)


async def test_a_full_queue_is_a_server_that_takes_nothing_now(
    small: SmallSdCpp, url: str, tmp_path: Path
):
    small.answer = lambda: JSONResponse({"error": "job queue is full"}, 429)

    async with pooled(build(url), tmp_path) as pool:
        with pytest.raises(EngineAway, match="job queue is full"):
            await run(pool, picture())


def make_avi(folder: Path) -> bytes:
    """Sides that are not even, as a server may send them."""
    path = folder / "film.avi"
    source = "color=red:s=33x19:r=8:d=0.5"
    form = ["-c:v", "mjpeg", "-pix_fmt", "yuvj444p", str(path)]
    command = [find_ffmpeg(), "-loglevel", "error", "-f", "lavfi", "-i", source, *form]
    subprocess.run(command, check=True)
    content = path.read_bytes()
    path.unlink()
    return content
