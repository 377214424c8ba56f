"""Engines that are servers, each with what it can be asked for."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.responses import JSONResponse, Response

from engine_contract.engine_contract import TriedEngine, claim_any
from kaiga.engines.comfyui.options import ComfyuiModel
from kaiga.engines.comfyui.server import ComfyuiServer
from kaiga.engines.comfyui.workflow import read_workflow
from kaiga.engines.openai.options import OpenaiModel, OpenaiOptions
from kaiga.engines.openai.server import OpenaiServer
from kaiga.engines.remote.http_server import HttpServer
from kaiga.engines.remote.remote_server import RemoteServer
from kaiga.engines.sd_cpp.options import SdCppModel
from kaiga.engines.sd_cpp.server import SdCppServer
from remote.pooling import PICTURES, give, picture, pooled
from remote.serving import Changing, paint
from remote.small_comfyui import SmallComfyui
from remote.small_openai import SmallOpenai, picture_answer
from remote.small_sd_cpp import SmallSdCpp

ENDLESS_SECONDS = 3600.0
WORKFLOW = {
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "old"}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0]}},
}


def build_openai(url: str, folder: Path) -> OpenaiServer:  # noqa: ARG001  as the others
    options = OpenaiOptions(url=f"{url}/v1")
    return OpenaiServer(HttpServer(options.url), options, {PICTURES: OpenaiModel()}, frozenset())


def build_comfyui(url: str, folder: Path) -> ComfyuiServer:
    file = folder / "workflow.json"
    file.write_text(json.dumps(WORKFLOW), "utf-8")
    model = ComfyuiModel(workflow=str(file), slots={"prompt": "6.inputs.text"})
    return ComfyuiServer(HttpServer(url), {PICTURES: read_workflow("[a]", model)})


def build_sd_cpp(url: str, folder: Path) -> SdCppServer:  # noqa: ARG001  as the others
    return SdCppServer(HttpServer(url), {PICTURES: SdCppModel(images="init_image")}, frozenset())


def quick_openai() -> Any:
    """A server that makes what it is asked for, but edits nothing."""
    small = SmallOpenai()

    def answer() -> Response:
        order = small.orders[-1]
        if "image" in order or "image[]" in order:
            return JSONResponse({"error": {"message": "no edits here"}}, 400)
        return picture_answer(paint(64, 32, order["seed"]))

    small.answer = answer
    return small.app


def slow_openai() -> Any:
    small = SmallOpenai()
    small.seconds = ENDLESS_SECONDS
    return small.app


def slow_comfyui() -> Any:
    small = SmallComfyui()
    small.messages = small.messages[:2]
    return small.app


def slow_sd_cpp() -> Any:
    small = SmallSdCpp()
    small.states = [{"status": "generating", "stays": True}]
    return small.app


BUILDERS: dict[str, Callable[[str, Path], RemoteServer]] = {
    "openai": build_openai,
    "comfyui": build_comfyui,
    "sd-cpp": build_sd_cpp,
}
QUICK: dict[str, Callable[[], Any]] = {
    "openai": quick_openai,
    "comfyui": lambda: SmallComfyui().app,
    "sd-cpp": lambda: SmallSdCpp().app,
}
SLOW: dict[str, Callable[[], Any]] = {
    "openai": slow_openai,
    "comfyui": slow_comfyui,
    "sd-cpp": slow_sd_cpp,
}


@asynccontextmanager
async def open_remote(
    kind: str, place: tuple[Changing, str], folder: Path
) -> AsyncGenerator[TriedEngine]:
    """Open an engine over a server at `place`, which is new to it."""
    changing, url = place

    def speed_up() -> None:
        changing.app = QUICK[kind]()

    def slow_down() -> None:
        changing.app = SLOW[kind]()

    speed_up()
    media = tuple(give(folder, "image", paint(8, 8)) for _ in range(2))
    async with pooled(BUILDERS[kind](url, folder), folder) as pool:
        yield TriedEngine(
            pool=pool,
            make_claim=claim_any,
            jobs=[picture(), picture(seed=8)],
            endless=picture(),
            refused=picture(task="image-edit", media=media),
            slow_down=slow_down,
            speed_up=speed_up,
        )
