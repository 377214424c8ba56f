"""Builds an engine that passes orders on to Model Studio, or to what speaks its API."""

from collections.abc import Mapping
from functools import partial
from typing import TypeVar

import msgspec

from kaiga.compose.engines.engine_keys import read_engine_key
from kaiga.compose.engines.measuring import build_measuring
from kaiga.compose.parts import Parts
from kaiga.domain.engines import EnginePlan, EngineSpec
from kaiga.domain.errors import SettingInvalid
from kaiga.domain.ids import TaskId
from kaiga.engines.upstream import UpstreamModel, UpstreamOptions, open_pool
from kaiga.ports.engine_pool import EnginePool
from kaiga.service.reading.read_recorded import ReadRecorded

T = TypeVar("T")


def build_upstream(spec: EngineSpec, parts: Parts) -> EnginePool:
    """Build the pool of an engine of the kind `model-studio`.

    Raises:
        SettingInvalid: an option of it can't be used.
    """
    options, names = read_upstream_options(spec, parts.board.plan)
    return open_pool(
        engine=spec.name,
        options=options,
        key=read_engine_key(spec.name, options.key_file, options.key_env),
        names=names,
        find_model=parts.catalogue.find_model,
        calls=parts.upstream_calls,
        read_body=partial(_read_body, ReadRecorded(store=parts.store, objects=parts.objects)),
        now=parts.calendar.real_now,
        allowed=parts.settings.fetch_allow,
        measure=build_measuring(parts.settings).describe,
    )


def read_upstream_options(
    spec: EngineSpec, plan: EnginePlan
) -> tuple[UpstreamOptions, Mapping[str, str]]:
    """Read the engine's own options, and the upstream's name of each model that is bound to it.

    Raises:
        SettingInvalid: one is not known, or not allowed.
    """
    place = f"[engines.{spec.name}]"
    options = _convert(spec.options, UpstreamOptions, place)
    if options.poll_seconds > options.longest_poll_seconds:
        raise SettingInvalid(f"{place} in kaiga.toml: poll_seconds is above longest_poll_seconds.")
    names = {
        each.model: _convert(
            each.options.get(spec.name, {}), UpstreamModel, f'[models."{each.model}".{spec.name}]'
        ).name
        or each.model
        for each in plan.bindings_of(spec.name)
    }
    return options, names


async def _read_body(read: ReadRecorded, task_id: TaskId) -> bytes:
    _, body = await read(task_id)
    return body


def _convert(options: object, into: type[T], place: str) -> T:
    try:
        return msgspec.convert(options, into)
    except msgspec.ValidationError as error:
        raise SettingInvalid(f"{place} in kaiga.toml can't be used: {error}.") from None
