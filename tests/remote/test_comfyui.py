"""Pictures made by a ComfyUI, with a workflow of the operator's own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse

from kaiga.domain.engines import EngineState, Health
from kaiga.domain.errors import EngineAway, EngineCrashed, EngineStopped, EngineUnfit
from kaiga.engines.comfyui.options import ComfyuiModel
from kaiga.engines.comfyui.server import ComfyuiServer
from kaiga.engines.comfyui.workflow import read_workflow
from kaiga.engines.remote.http_server import HttpServer
from kaiga.ports.engine import JobFailed, PreviewMade, StepDone
from remote.pooling import PICTURES, give, picture, pooled, results_of, run
from remote.serving import Changing, find_port, paint, served
from remote.small_comfyui import (
    PROMPT_ID,
    SmallComfyui,
    show_with_metadata,
    tell,
)

WORKFLOW = {
    "3": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20, "model": ["4", 0]}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "old"}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "bad hands"}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0]}},
    "10": {"class_type": "LoadImage", "inputs": {"image": "example.png"}},
}
SLOTS: dict[str, Any] = {
    "prompt": "6.inputs.text",
    "negative_prompt": "7.inputs.text",
    "seed": ["3.inputs.seed"],
    "width": "5.inputs.width",
    "height": "5.inputs.height",
    "image": "10.inputs.image",
}
FORGOTTEN = ("history", {"delete": [PROMPT_ID]})


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Changing, str]]:
    changing = Changing()
    with served(changing) as address:
        yield changing, address


@pytest.fixture
def small(place: tuple[Changing, str]) -> SmallComfyui:
    small = SmallComfyui()
    place[0].app = small.app
    return small


@pytest.fixture
def url(place: tuple[Changing, str], small: SmallComfyui) -> str:  # noqa: ARG001  it has to be there
    return place[1]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workflow") / "workflow.json"
    path.write_text(json.dumps(WORKFLOW), "utf-8")
    return path


def build(url: str, file: Path, **told: Any) -> ComfyuiServer:
    model = ComfyuiModel(workflow=str(file), slots=SLOTS, **told)
    return ComfyuiServer(HttpServer(url), {PICTURES: read_workflow("[a]", model)})


async def test_a_workflow_is_filled_watched_and_forgotten(
    small: SmallComfyui, url: str, file: Path, tmp_path: Path
):
    async with pooled(build(url, file), tmp_path) as pool:
        events = await run(pool, picture())
        health = await pool.check_health()

    (result,) = results_of(events)
    assert result.files[0].content == paint(64, 32, 9)
    assert (result.files[0].width_pixels, result.files[0].height_pixels) == (64, 32)
    steps = [(event.step, event.steps) for event in events if isinstance(event, StepDone)]
    assert steps == [(1, 2), (2, 2)]
    previews = [event.content for event in events if isinstance(event, PreviewMade)]
    assert previews == [paint(8, 8, 1, "JPEG")]
    (order,) = small.orders
    assert order["6"]["inputs"]["text"] == "a red boat"
    assert order["7"]["inputs"]["text"] == "bad hands"
    assert order["3"]["inputs"] == {"seed": 7, "steps": 20, "model": ["4", 0]}
    assert order["5"]["inputs"] == {"width": 64, "height": 32}
    assert small.viewed == [{"filename": "ä b.png", "subfolder": "x", "type": "output"}]
    assert small.asked == [FORGOTTEN]
    assert health == Health()


async def test_two_jobs_do_not_share_a_filled_workflow(
    small: SmallComfyui, url: str, file: Path, tmp_path: Path
):
    async with pooled(build(url, file), tmp_path) as pool:
        await run(pool, picture(seed=1), picture(seed=2, negative_prompt="people"))

    assert [order["3"]["inputs"]["seed"] for order in small.orders] == [1, 2]
    assert [order["7"]["inputs"]["text"] for order in small.orders] == ["bad hands", "people"]


async def test_input_pictures_are_uploaded_and_named_in_their_slots(
    small: SmallComfyui, url: str, file: Path, tmp_path: Path
):
    media = give(tmp_path, "image", paint(8, 8), "image/jpeg")

    async with pooled(build(url, file), tmp_path) as pool:
        await run(pool, picture(media=(media,)))

    ((name, content),) = small.uploads
    assert name.startswith("kaiga-")
    assert name.endswith(".jpg")
    assert content == paint(8, 8)
    assert small.orders[0]["10"]["inputs"]["image"] == name


async def test_inputs_without_a_slot_are_refused(
    small: SmallComfyui, url: str, file: Path, tmp_path: Path
):
    async with pooled(build(url, file), tmp_path) as pool:
        events = await run(pool, picture(media=(give(tmp_path, "mask", b"1"),)))

    assert events[-1] == JobFailed(
        index=0,
        code="InvalidParameter",
        message="This model takes no mask here: its workflow has no place for it.",
    )
    assert small.orders == []


async def test_what_is_told_of_others_workflows_does_not_count(
    small: SmallComfyui, url: str, file: Path, tmp_path: Path
):
    small.messages = [
        tell("progress", prompt_id="other", value=9, max=9),
        tell("executing", prompt_id="other", node=None),
        tell("execution_error", prompt_id="other"),
        "no json",
        b"\x00\x00\x00\x03text",
        show_with_metadata(b"preview"),
        tell("executing", node=None),
    ]

    async with pooled(build(url, file), tmp_path) as pool:
        events = await run(pool, picture())

    assert [type(event).__name__ for event in events] == ["PhaseBegan", "PreviewMade", "ResultMade"]
    assert [event.content for event in events if isinstance(event, PreviewMade)] == [b"preview"]


async def test_a_workflow_whose_socket_is_lost_is_found_in_the_history(
    small: SmallComfyui, url: str, file: Path, tmp_path: Path
):
    small.messages, small.closes_socket = small.messages[:2], True
    small.history_after, small.running = 2, [[1, PROMPT_ID, {}]]

    async with pooled(build(url, file), tmp_path) as pool:
        events = await run(pool, picture())

    assert len(results_of(events)) == 1


async def test_a_workflow_that_the_server_does_not_know_any_more_has_crashed(
    small: SmallComfyui, url: str, file: Path, tmp_path: Path
):
    small.messages, small.closes_socket, small.history_after = [], True, 99

    async with pooled(build(url, file), tmp_path) as pool:
        with pytest.raises(EngineCrashed) as raised:
            await run(pool, picture())

    assert "knows no such workflow" in str(raised.value.__cause__)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            tell("execution_error", node_type="KSampler", exception_message="OOM at /srv/x.py"),
            "failed at KSampler: OOM at …",
        ),
        (tell("execution_interrupted"), "somebody stopped"),
    ],
)
async def test_a_workflow_that_fails_is_an_engine_that_crashed(
    small: SmallComfyui, url: str, file: Path, tmp_path: Path, message: str, told: str
):
    small.messages = [message]

    async with pooled(build(url, file), tmp_path) as pool:
        with pytest.raises(EngineCrashed) as raised:
            await run(pool, picture())

    assert told in str(raised.value.__cause__)
    assert FORGOTTEN in small.asked


@pytest.mark.parametrize(
    "part",
    [
        {"status": {"status_str": "error", "completed": False, "messages": []}},
        {"outputs": {}},
        {"outputs": {"8": {"text": ["no file"]}}},
    ],
)
async def test_a_workflow_that_leaves_no_file_has_crashed(
    small: SmallComfyui, url: str, file: Path, tmp_path: Path, part: dict[str, Any]
):
    for name, value in part.items():
        setattr(small, name, value)

    async with pooled(build(url, file), tmp_path) as pool:
        with pytest.raises(EngineCrashed):
            await run(pool, picture())


FAULT = {"type": "value_not_in_list", "message": "Value not in list", "details": "ckpt_name: 'a'"}


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ([], "does not take the workflow: Prompt outputs failed validation."),
        (
            {"4": {"errors": [FAULT], "class_type": "CheckpointLoaderSimple"}},
            r"node 4 \(CheckpointLoaderSimple\): Value not in list \(ckpt_name: 'a'\).",
        ),
    ],
)
async def test_a_workflow_that_comfyui_does_not_take_is_the_operators_to_repair(
    small: SmallComfyui, url: str, file: Path, tmp_path: Path, nodes: object, said: str
):
    error = {
        "type": "prompt_outputs_failed_validation",
        "message": "Prompt outputs failed validation",
    }
    small.refusal = JSONResponse({"error": error, "node_errors": nodes}, 400)

    async with pooled(build(url, file), tmp_path) as pool:
        with pytest.raises(EngineUnfit, match=said):
            await run(pool, picture())


@pytest.mark.parametrize(
    ("queue", "asked"),
    [
        ("running", ("interrupt", {"prompt_id": PROMPT_ID})),
        ("pending", ("queue", {"delete": [PROMPT_ID]})),
    ],
)
async def test_a_stopped_workflow_is_stopped_at_the_server(
    small: SmallComfyui,
    url: str,
    file: Path,
    tmp_path: Path,
    queue: str,
    asked: tuple[str, dict[str, Any]],
):
    small.messages = small.messages[:2]
    setattr(small, queue, [[1, PROMPT_ID, {}]])
    other = "pending" if queue == "running" else "running"
    setattr(small, other, [[0, "other", {}]])

    async with pooled(build(url, file), tmp_path) as pool:
        turn = pool.begin_turn(None)  # pyright: ignore[reportArgumentType]
        events = turn.generate([picture()])
        while not isinstance(await anext(events), StepDone):
            pass
        assert turn.stop_batch()
        with pytest.raises(EngineStopped):
            await anext(events)

    assert small.asked == [asked, FORGOTTEN]


async def test_a_comfyui_that_is_not_there_has_begun_nothing(file: Path, tmp_path: Path):
    async with pooled(build(f"http://127.0.0.1:{find_port()}", file), tmp_path) as pool:
        with pytest.raises(EngineAway):
            await run(pool, picture())

        assert (await pool.check_health()).state is EngineState.AWAY
