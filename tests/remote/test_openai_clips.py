"""Clips made by a server of the OpenAI shape: ordered, polled, fetched and removed there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import JSONResponse, Response

from clip_samples import save_clip
from kaiga.domain.errors import EngineCrashed, EngineStopped
from kaiga.engines.openai.options import OpenaiModel, OpenaiOptions
from kaiga.engines.openai.server import OpenaiServer
from kaiga.engines.remote.http_server import HttpServer
from kaiga.ports.engine import JobFailed, StepDone
from remote.pooling import CLIPS, clip, give, pooled, results_of, run, wait_until
from remote.serving import Changing, paint, served
from remote.small_openai import SmallOpenai


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return save_clip(tmp_path_factory.mktemp("film") / "film.mp4").read_bytes()


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Changing, str]]:
    changing = Changing()
    with served(changing) as address:
        yield changing, address


@pytest.fixture
def small(place: tuple[Changing, str], film: bytes) -> SmallOpenai:
    small = SmallOpenai(film)
    place[0].app = small.app
    return small


@pytest.fixture
def url(place: tuple[Changing, str], small: SmallOpenai) -> str:  # noqa: ARG001  it has to be there
    return place[1]


def build(url: str, model: OpenaiModel | None = None, **options: object) -> OpenaiServer:
    return OpenaiServer(
        HttpServer(f"{url}/v1"),
        OpenaiOptions(url=f"{url}/v1", **options),  # pyright: ignore[reportArgumentType]
        {CLIPS: model or OpenaiModel()},
        frozenset({CLIPS}),
    )


async def test_a_clip_is_polled_until_it_is_done_and_then_removed(
    small: SmallOpenai, url: str, film: bytes, tmp_path: Path
):
    model = OpenaiModel(name="Wan-AI/Wan2.2", frames_per_second=16.0, extra={"lora": {"name": "a"}})

    async with pooled(build(url, model), tmp_path) as pool:
        events = await run(pool, clip(sound=True))

    (result,) = results_of(events)
    (file,) = result.files
    assert file.content == film
    assert file.duration_seconds > 0
    assert file.frames_per_second > 0
    steps = [(event.step, event.steps) for event in events if isinstance(event, StepDone)]
    assert steps == [(0, 100), (50, 100)]
    assert small.orders == [
        {
            "is_form": True,
            "prompt": "a boat leaves",
            "model": "Wan-AI/Wan2.2",
            "size": "64x32",
            "seed": "7",
            "seconds": "1",
            "fps": "16",
            "num_frames": "16",
            "generate_sound": "true",
            "lora": '{"name":"a"}',
        }
    ]
    assert small.deleted == ["video-1"]


async def test_a_server_that_takes_json_gets_json(small: SmallOpenai, url: str, tmp_path: Path):
    async with pooled(build(url, clip_body="json"), tmp_path) as pool:
        await run(pool, clip())

    (order,) = small.orders
    assert not order["is_form"]
    assert order["num_frames"] == 8


async def test_the_picture_that_a_clip_begins_with_goes_along(
    small: SmallOpenai, url: str, tmp_path: Path
):
    first = give(tmp_path, "first_frame", paint(8, 8))

    async with pooled(build(url, clip_body="json"), tmp_path) as pool:
        await run(pool, clip(task="image-to-video", media=(first,)))

    assert small.orders[0]["input_reference"] == [paint(8, 8)]


async def test_inputs_that_the_server_has_no_place_for_are_refused_and_not_left_out(
    small: SmallOpenai, url: str, tmp_path: Path
):
    media = (give(tmp_path, "first_frame", b"1"), give(tmp_path, "last_frame", b"2"))

    async with pooled(build(url), tmp_path) as pool:
        events = await run(pool, clip(media=media))

    assert isinstance(events[-1], JobFailed)
    assert events[-1].code == "InvalidParameter"
    assert small.orders == []


async def test_a_stopped_clip_is_deleted_at_the_server(
    small: SmallOpenai, url: str, tmp_path: Path
):
    small.clip_states = [{"status": "in_progress", "progress": 10}]

    async with pooled(build(url), tmp_path) as pool:
        turn = pool.begin_turn(None)  # pyright: ignore[reportArgumentType]
        events = turn.generate([clip()])
        while not isinstance(await anext(events), StepDone):
            pass
        assert turn.stop_batch()
        with pytest.raises(EngineStopped):
            await anext(events)

    assert small.deleted == ["video-1"]


async def test_a_clip_whose_run_is_cancelled_is_deleted_too(
    small: SmallOpenai, url: str, tmp_path: Path
):
    small.clip_states = [{"status": "in_progress", "progress": 10}]

    async with pooled(build(url), tmp_path) as pool:
        events = pool.begin_turn(None).generate([clip()])  # pyright: ignore[reportArgumentType]
        await anext(events)
        await wait_until(lambda: bool(small.orders))
        while not isinstance(await anext(events), StepDone):
            pass
        await events.aclose()

        assert small.deleted == ["video-1"]
        assert pool.has_idle


@pytest.mark.parametrize(
    "state", [{"status": "failed", "error": {"message": "out of memory"}}, {"status": "cancelled"}]
)
async def test_a_clip_that_failed_at_the_server_is_an_engine_that_crashed(
    small: SmallOpenai, url: str, tmp_path: Path, state: dict[str, object]
):
    small.clip_states = [state]

    async with pooled(build(url), tmp_path) as pool:
        with pytest.raises(EngineCrashed) as raised:
            await run(pool, clip())

    assert f"ended as {state['status']}" in str(raised.value.__cause__)
    assert small.deleted == ["video-1"]


async def test_a_clip_whose_content_was_refused_fails_as_such(
    small: SmallOpenai, url: str, tmp_path: Path
):
    small.clip_states = [{"status": "failed", "error": {"code": "moderation_blocked"}}]

    async with pooled(build(url), tmp_path) as pool:
        events = await run(pool, clip())

    assert isinstance(events[-1], JobFailed)
    assert events[-1].code == "DataInspectionFailed"


async def test_a_server_that_has_forgotten_the_clip_has_crashed(
    small: SmallOpenai, url: str, tmp_path: Path
):
    small.look = lambda: JSONResponse({"detail": "Video not found"}, 404)

    async with pooled(build(url), tmp_path) as pool:
        with pytest.raises(EngineCrashed):
            await run(pool, clip())


async def test_some_looks_may_fail(small: SmallOpenai, url: str, tmp_path: Path):
    answers = [Response(status_code=503), Response(b"<html>"), Response(status_code=502)]
    done = JSONResponse({"id": "video-1", "status": "completed"})
    small.look = lambda: answers.pop() if answers else done

    async with pooled(build(url), tmp_path) as pool:
        events = await run(pool, clip())

    assert len(results_of(events)) == 1


async def test_a_picture_in_place_of_a_clip_is_not_published(
    small: SmallOpenai, url: str, tmp_path: Path
):
    small.film = paint(64, 32)

    async with pooled(build(url), tmp_path) as pool:
        with pytest.raises(EngineCrashed):
            await run(pool, clip())
