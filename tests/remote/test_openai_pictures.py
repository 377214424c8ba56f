"""Pictures made by a server of the OpenAI shape."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import JSONResponse, RedirectResponse, Response

from kaiga.domain.engines import EngineState
from kaiga.domain.errors import EngineAway, EngineCrashed, EngineHung, EngineStopped, EngineUnfit
from kaiga.engines.openai.options import OpenaiModel, OpenaiOptions
from kaiga.engines.openai.server import OpenaiServer
from kaiga.engines.remote.http_server import HttpServer
from kaiga.ports.engine import JobFailed, PhaseBegan
from remote.pooling import (
    CLIPS,
    PICTURES,
    give,
    holds_nothing,
    picture,
    pooled,
    results_of,
    run,
    wait_until,
)
from remote.serving import Changing, cut_off, find_port, paint, served
from remote.small_openai import SmallOpenai, picture_answer, url_answer

MODEL = OpenaiModel(name="Qwen/Qwen-Image", extra={"num_inference_steps": 9})


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Changing, str]]:
    changing = Changing()
    with served(changing) as address:
        yield changing, address


@pytest.fixture
def small(place: tuple[Changing, str]) -> SmallOpenai:
    small = SmallOpenai()
    place[0].app = small.app
    return small


@pytest.fixture
def url(place: tuple[Changing, str], small: SmallOpenai) -> str:  # noqa: ARG001  it has to be there
    return place[1]


def build(
    url: str, *, key: str = "", most_bytes: int = 1024 * 1024, **options: object
) -> OpenaiServer:
    return OpenaiServer(
        HttpServer(f"{url}/v1", key, most_bytes=most_bytes),
        OpenaiOptions(url=f"{url}/v1", **options),  # pyright: ignore[reportArgumentType]
        {PICTURES: MODEL},
        frozenset({CLIPS}),
    )


async def test_a_picture_is_ordered_in_the_servers_words_and_measured(
    small: SmallOpenai, url: str, tmp_path: Path
):
    async with pooled(build(url, key="own-key"), tmp_path) as pool:
        events = await run(pool, picture(negative_prompt="people"))

    (result,) = results_of(events)
    (file,) = result.files
    assert (file.width_pixels, file.height_pixels) == (64, 32)
    assert file.content == paint(64, 32, 7)
    assert isinstance(events[0], PhaseBegan)
    assert small.orders == [
        {
            "prompt": "a red boat",
            "model": "Qwen/Qwen-Image",
            "size": "64x32",
            "negative_prompt": "people",
            "seed": 7,
            "n": 1,
            "response_format": "b64_json",
            "num_inference_steps": 9,
        }
    ]
    assert small.keys == ["Bearer own-key"]
    assert holds_nothing(tmp_path)


async def test_each_picture_has_its_own_seed_and_no_more_are_asked_for_than_are_taken(
    small: SmallOpenai, url: str, tmp_path: Path
):
    small.seconds = 0.1

    async with pooled(build(url), tmp_path, concurrency=2) as pool:
        events = await run(pool, *[picture(seed=seed) for seed in (3, 4, 5)])

    contents = [result.files[0].content for result in results_of(events)]
    assert contents == [paint(64, 32, seed) for seed in (3, 4, 5)]
    assert small.most_at_work == 2


async def test_members_take_the_servers_names_and_those_without_one_are_left_out(
    small: SmallOpenai, url: str, tmp_path: Path
):
    names = {"negative_prompt": "", "num_inference_steps": "step"}

    async with pooled(build(url, rename=names), tmp_path) as pool:
        await run(pool, picture(negative_prompt="people"))

    (order,) = small.orders
    assert order["step"] == 9
    assert not {"negative_prompt", "num_inference_steps"} & order.keys()


@pytest.mark.parametrize(("count", "field"), [(1, "image"), (2, "image[]")])
async def test_pictures_to_edit_go_along_as_files(
    small: SmallOpenai, url: str, tmp_path: Path, count: int, field: str
):
    files = [paint(8, 8, number) for number in range(count)]
    media = [give(tmp_path, "image", file) for file in files]
    mask = give(tmp_path, "mask", paint(8, 8, 255))

    async with pooled(build(url, rename={"mask": "mask_image"}), tmp_path) as pool:
        events = await run(pool, picture(task="image-edit", media=(*media, mask)))

    (order,) = small.orders
    assert order[field] == files
    assert order["mask_image"] == [paint(8, 8, 255)]
    assert order["num_inference_steps"] == "9"
    assert results_of(events)[0].files[0].width_pixels == 64


TROUBLES = [
    (401, {"detail": "no"}, EngineUnfit),
    (404, {"error": {"message": "The model `x` does not exist."}}, EngineUnfit),
    (302, {}, EngineUnfit),
    (429, {"error": {"message": "slow down"}}, EngineAway),
    (503, {"detail": "Diffusion engine not initialized."}, EngineAway),
    (504, {}, EngineHung),
    (500, {"error": "CUDA out of memory"}, EngineCrashed),
]


@pytest.mark.parametrize(("status", "body", "error"), TROUBLES)
async def test_a_servers_troubles_are_those_of_an_engine(
    small: SmallOpenai, url: str, tmp_path: Path, status: int, body: object, error: type[Exception]
):
    small.answer = lambda: JSONResponse(body, status)

    async with pooled(build(url), tmp_path) as pool:
        with pytest.raises(error):
            await run(pool, picture())
        assert pool.count_room() == 1


REFUSALS = [
    (
        400,
        {"error": {"message": "size 3x3 is too small. See /opt/models/a.py or http://in.side/x"}},
        "InvalidParameter",
        "The engine refuses the request: size 3x3 is too small. See … or ….",
    ),
    (
        422,
        {"detail": [{"loc": ["body", "size"], "msg": "field required"}]},
        "InvalidParameter",
        "The engine refuses the request: field required.",
    ),
    (
        400,
        {"error": {"message": "no", "code": "content_policy_violation"}},
        "DataInspectionFailed",
        "Input data may contain inappropriate content.",
    ),
    (413, "<html>", "InvalidParameter", "The engine refuses the request: it gives no reason."),
]


@pytest.mark.parametrize(("status", "body", "code", "message"), REFUSALS)
async def test_a_refused_order_fails_with_what_the_client_can_change(
    small: SmallOpenai,
    url: str,
    tmp_path: Path,
    status: int,
    body: object,
    code: str,
    message: str,
):
    small.answer = lambda: JSONResponse(body, status)

    async with pooled(build(url), tmp_path) as pool:
        events = await run(pool, picture())

    assert events[-1] == JobFailed(index=0, code=code, message=message)


GARBAGE = [
    Response(b"<html>", media_type="text/html"),
    JSONResponse({"data": []}),
    JSONResponse({"data": [{"b64_json": "no base64 at all!"}]}),
    picture_answer(b"GIF89a"),
    picture_answer(b"a text"),
    picture_answer(b"\x89PNG\r\n\x1a\n and then nothing"),
    picture_answer(b"\x00" * 800_000),
]


@pytest.mark.parametrize("answer", GARBAGE, ids=range(len(GARBAGE)))
async def test_what_is_no_picture_is_not_published(
    small: SmallOpenai, url: str, tmp_path: Path, answer: Response
):
    small.answer = lambda: answer

    async with pooled(build(url, most_bytes=1_000_000), tmp_path) as pool:
        with pytest.raises(EngineCrashed):
            await run(pool, picture())


async def test_files_at_the_servers_own_address_are_fetched(
    small: SmallOpenai, url: str, tmp_path: Path
):
    small.answer = lambda: url_answer("/v1/images/1/content")
    small.files["/v1/images/1/content"] = lambda: RedirectResponse(f"{url}/files/1.png", 302)
    small.files["/files/1.png"] = lambda: Response(paint(16, 8))

    async with pooled(build(url), tmp_path) as pool:
        events = await run(pool, picture())

    assert results_of(events)[0].files[0].width_pixels == 16


@pytest.mark.parametrize("is_redirected", [False, True])
async def test_files_at_another_address_are_never_asked_for(
    small: SmallOpenai, url: str, tmp_path: Path, *, is_redirected: bool
):
    other = SmallOpenai()
    other.files["/secret"] = lambda: Response(paint(16, 8))

    with served(other.app) as elsewhere:
        small.files["/1.png"] = lambda: RedirectResponse(f"{elsewhere}/secret", 302)
        small.answer = lambda: url_answer("/1.png" if is_redirected else f"{elsewhere}/secret")
        async with pooled(build(url), tmp_path) as pool:
            with pytest.raises(EngineUnfit, match=r"fetched from 127.0.0.1 alone"):
                await run(pool, picture())

    assert other.fetched == []


async def test_a_file_with_too_many_bytes_is_not_read_to_its_end(
    small: SmallOpenai, url: str, tmp_path: Path
):
    small.answer = lambda: url_answer("/1.png")
    small.files["/1.png"] = lambda: Response(bytes(100_000))

    async with pooled(build(url, most_bytes=50_000), tmp_path) as pool:
        with pytest.raises(EngineCrashed) as raised:
            await run(pool, picture())

    assert "more than 50000 bytes" in str(raised.value.__cause__)


async def test_a_server_that_is_too_slow_has_hung(small: SmallOpenai, url: str, tmp_path: Path):
    small.seconds = 20.0

    async with pooled(build(url), tmp_path, timeout_seconds=0.2) as pool:
        with pytest.raises(EngineHung):
            await run(pool, picture())


async def test_a_server_that_is_not_there_has_begun_nothing(tmp_path: Path):
    async with pooled(build(f"http://127.0.0.1:{find_port()}"), tmp_path) as pool:
        with pytest.raises(EngineAway, match="takes no connection"):
            await run(pool, picture())
        health = await pool.check_health()

    assert health.state is EngineState.AWAY
    assert "takes no connection" in health.message


async def test_a_server_that_breaks_off_has_crashed(tmp_path: Path):
    with cut_off() as url:
        async with pooled(build(url), tmp_path) as pool:
            with pytest.raises(EngineCrashed):
                await run(pool, picture())
            health = await pool.check_health()

    assert health.state is EngineState.AWAY


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, EngineState.READY),
        (404, EngineState.READY),
        (429, EngineState.READY),
        (401, EngineState.AWAY),
        (503, EngineState.AWAY),
    ],
)
async def test_a_server_counts_as_there_where_it_answers_us(
    small: SmallOpenai, url: str, tmp_path: Path, status: int, state: EngineState
):
    small.health = lambda: Response(status_code=status)

    async with pooled(build(url), tmp_path) as pool:
        assert (await pool.check_health()).state is state


async def test_a_server_with_much_to_do_is_asked_again_when_it_says(
    small: SmallOpenai, url: str, tmp_path: Path
):
    asked_at: list[float] = []

    def answer() -> Response:
        asked_at.append(time.monotonic())
        if len(asked_at) == 1:
            return JSONResponse({"error": "later"}, 429, {"Retry-After": "0.3"})
        return picture_answer(paint(64, 32))

    small.answer = answer

    async with pooled(build(url), tmp_path) as pool:
        events = await run(pool, picture())

    assert len(results_of(events)) == 1
    first, second = asked_at
    assert second - first >= 0.29


async def test_a_server_that_puts_off_for_too_long_takes_nothing_now(
    small: SmallOpenai, url: str, tmp_path: Path
):
    small.answer = lambda: JSONResponse({"error": "later"}, 429, {"Retry-After": "3600"})

    async with pooled(build(url), tmp_path) as pool:
        with pytest.raises(EngineAway, match="429"):
            await run(pool, picture())


async def test_a_stopped_batch_is_given_up_at_the_server(
    small: SmallOpenai, url: str, tmp_path: Path
):
    small.seconds = 20.0

    async with pooled(build(url), tmp_path) as pool:
        turn = pool.begin_turn(None)  # pyright: ignore[reportArgumentType]
        events = turn.generate([picture()])
        await anext(events)
        await wait_until(lambda: small.at_work == 1)
        assert turn.stop_batch()
        with pytest.raises(EngineStopped):
            await anext(events)
        await wait_until(lambda: small.given_up == 1)

        assert not turn.stop_batch()
        assert pool.has_idle
