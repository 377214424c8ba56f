"""Builds the pools of engines that are other servers; imported where one is configured."""

import os
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from kaiga.compose.engines.measuring import build_measuring
from kaiga.compose.parts import Parts
from kaiga.domain.engines import EngineSpec
from kaiga.domain.errors import SettingInvalid
from kaiga.engines.comfyui.options import ComfyuiModel
from kaiga.engines.comfyui.server import ComfyuiServer
from kaiga.engines.comfyui.workflow import read_workflow
from kaiga.engines.openai import options as openai
from kaiga.engines.openai.server import OpenaiServer
from kaiga.engines.remote.http_server import HttpServer
from kaiga.engines.remote.options import ServerOptions, ensure_url, read_key, read_options
from kaiga.engines.remote.pool import RemotePool
from kaiga.engines.remote.remote_server import RemoteServer
from kaiga.engines.sd_cpp import options as sd_cpp
from kaiga.engines.sd_cpp.server import SdCppServer
from kaiga.ports.engine_pool import EnginePool

Model = TypeVar("Model", bound=msgspec.Struct)
_FILE_PRODUCTS = frozenset({"image", "video"})


def build_openai(spec: EngineSpec, parts: Parts) -> EnginePool:
    """Build the pool of a server of the OpenAI shape.

    Raises:
        SettingInvalid: an option of the engine, or of what is bound to it, can't be used.
    """
    options = read_options(_table(spec), spec.options, openai.OpenaiOptions)
    http = _build_http(spec, options)
    models = _read_models(spec, parts, openai.OpenaiModel)
    clips = _list_clips(spec, parts)
    for name in models:
        _ensure_task(
            spec, parts, name, openai.CLIP_TASKS if name in clips else openai.PICTURE_TASKS
        )
    return _build_pool(parts, OpenaiServer(http, options, models, clips), options, clips)


def build_comfyui(spec: EngineSpec, parts: Parts) -> EnginePool:
    """Build the pool of a ComfyUI, with the workflow of each model.

    Raises:
        SettingInvalid: see `build_openai`; or a workflow is missing, or lacks the place of a slot.
    """
    options = read_options(_table(spec), spec.options, ServerOptions)
    http = _build_http(spec, options)
    workflows = {
        name: read_workflow(_model_table(spec, name), model)
        for name, model in _read_models(spec, parts, ComfyuiModel).items()
    }
    clips = _list_clips(spec, parts)
    return _build_pool(parts, ComfyuiServer(http, workflows), options, clips)


def build_sd_cpp(spec: EngineSpec, parts: Parts) -> EnginePool:
    """Build the pool of a server of stable-diffusion.cpp.

    Raises:
        SettingInvalid: see `build_openai`.
    """
    options = read_options(_table(spec), spec.options, ServerOptions)
    http = _build_http(spec, options)
    models = _read_models(spec, parts, sd_cpp.SdCppModel)
    for name in models:
        _ensure_task(spec, parts, name, sd_cpp.TASKS)
    clips = _list_clips(spec, parts)
    return _build_pool(parts, SdCppServer(http, models, clips), options, clips)


def _build_pool(
    parts: Parts, server: RemoteServer, options: ServerOptions, clips: frozenset[str]
) -> EnginePool:
    return RemotePool(
        server,
        concurrency=options.concurrency,
        timeout_seconds=options.timeout_seconds,
        clips=clips,
        measure=build_measuring(parts.settings),
    )


def _build_http(spec: EngineSpec, options: ServerOptions) -> HttpServer:
    ensure_url(_table(spec), options.url)
    return HttpServer(options.url, read_key(_table(spec), options, os.environ))


def _read_models(spec: EngineSpec, parts: Parts, form: type[Model]) -> Mapping[str, Model]:
    """Read what is told of every model that is bound to the engine."""
    return {
        binding.model: read_options(
            _model_table(spec, binding.model), binding.options.get(spec.name, {}), form
        )
        for binding in parts.board.plan.bindings_of(spec.name)
    }


def _list_clips(spec: EngineSpec, parts: Parts) -> frozenset[str]:
    """Give those of an engine's models whose results are clips.

    Raises:
        SettingInvalid: the results of one are no files.
    """
    clips: set[str] = set()
    for binding in parts.board.plan.bindings_of(spec.name):
        model = parts.catalogue.find_model(binding.model)
        if model is None or model.product not in _FILE_PRODUCTS:
            raise SettingInvalid(
                f"{_model_table(spec, binding.model)} in kaiga.toml is not allowed: engines of the "
                f"kind {spec.kind} make pictures and clips, and this model makes neither."
            )
        if model.product == "video":
            clips.add(binding.model)
    return frozenset(clips)


def _ensure_task(spec: EngineSpec, parts: Parts, name: str, tasks: frozenset[str]) -> None:
    model = parts.catalogue.find_model(name)
    if model is not None and model.task not in tasks:
        raise SettingInvalid(
            f"{_model_table(spec, name)} in kaiga.toml is not allowed: this model's task is "
            f"{model.task}. Engines of the kind {spec.kind} do: {', '.join(sorted(tasks))}."
        )


def _table(spec: EngineSpec) -> str:
    return f"[engines.{spec.name}]"


def _model_table(spec: EngineSpec, model: str) -> str:
    return f'[models."{model}".{spec.name}]'
