"""Builds the pool of an engine of the kind `diffusers`: one child for each device."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from kaiga.compose.engines.engine_child import EngineOptions, make_child_command
from kaiga.compose.parts import Parts
from kaiga.domain.engines import DIFFUSERS, Binding, EngineSpec
from kaiga.domain.errors import SettingInvalid
from kaiga.engines.diffusers.capabilities import CAPABILITIES
from kaiga.engines.diffusers.options import DiffusersOptions, EngineTable, ModelOptions
from kaiga.media.inspecting import find_ffmpeg
from kaiga.worker.child_engine_process import ChildEngineProcess
from kaiga.worker.loading_pool import LoadingPool

_Table = TypeVar("_Table", EngineTable, ModelOptions)


def build_diffusers_pool(spec: EngineSpec, parts: Parts) -> LoadingPool:
    """Build the pool; its children import the libraries, this process never does.

    Raises:
        SettingInvalid: an option can't be used; the message names its table.
    """
    settings = parts.settings
    ffmpeg = find_ffmpeg(settings.ffmpeg)
    children = [
        ChildEngineProcess(
            make_child_command(DIFFUSERS, EngineOptions(ffmpeg=ffmpeg, diffusers=options)),
            settings.step_timeout_seconds,
        )
        for options in read_tables(spec, parts.board.plan.bindings_of(spec.name))
    ]
    return LoadingPool(children, CAPABILITIES, parts.watching.queue)


def read_tables(spec: EngineSpec, bindings: Sequence[Binding]) -> list[DiffusersOptions]:
    """Give what each child of an engine is told, one for each device.

    Raises:
        SettingInvalid: see `build_diffusers_pool`.
    """
    table = _convert(spec.options, EngineTable, f"[engines.{spec.name}]")
    models = {
        binding.model: _convert(
            binding.options.get(spec.name, {}),
            ModelOptions,
            f'[models."{binding.model}".{spec.name}]',
        )
        for binding in bindings
    }
    return [
        DiffusersOptions(
            device=device,
            memory_gib=table.memory_gib,
            hub=table.hub,
            previews=table.previews,
            load_seconds=table.load_seconds,
            models=models,
        )
        for device in table.devices
    ]


def _convert(options: Mapping[str, object], kind: type[_Table], place: str) -> _Table:
    try:
        return msgspec.convert(options, kind)
    except (msgspec.ValidationError, ValueError) as error:
        raise SettingInvalid(f"{place} in kaiga.toml can't be used: {error}.") from error
