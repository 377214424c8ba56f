"""Reads which engines there are and what they answer: the tables of kaiga.toml."""

from collections.abc import Mapping, Sequence

import msgspec

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.engines import (
    COMPUTING,
    DIFFUSERS,
    MODEL_STUDIO,
    SKETCH,
    Binding,
    EnginePlan,
    EngineSpec,
)
from kaiga.domain.errors import SettingInvalid
from kaiga.settings import Settings

KINDS = (SKETCH, DIFFUSERS, MODEL_STUDIO, "openai", "comfyui", "sd-cpp")
"""What an engine can be built as; `compose/engines/pools.py` builds each."""
Table = Mapping[str, object]


def read_plan(settings: Settings, catalogue: Catalogue) -> EnginePlan:
    """Read `[engines.NAME]` and `[models."NAME"]`; without the latter, sketch answers everything.

    Raises:
        SettingInvalid: a name is not known, or something needed is missing.
    """
    specs = [_read_engine(name, table) for name, table in _read_tables(settings, "engines")]
    known = {SKETCH, *(spec.name for spec in specs)}
    bindings = [
        _read_binding(name, table, catalogue, known)
        for name, table in _read_tables(settings, "models")
    ]
    twice = sorted({each.model for each in bindings if _count(bindings, each.model) > 1})
    if twice:
        raise SettingInvalid(f"kaiga.toml binds {', '.join(twice)} twice, under another name.")
    if bindings and settings.emulator:
        raise SettingInvalid("An emulator has no engines: take [models] out of kaiga.toml.")
    names = [model.name for model in catalogue.list_models()]
    return EnginePlan(names, specs, bindings)


def _read_tables(settings: Settings, name: str) -> Sequence[tuple[str, Table]]:
    try:
        tables = msgspec.convert(settings.tables.get(name, {}), dict[str, dict[str, object]])
    except msgspec.ValidationError:
        raise SettingInvalid(f'kaiga.toml needs tables such as [{name}."NAME"].') from None
    return list(tables.items())


def _read_engine(name: str, table: Table) -> EngineSpec:
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise SettingInvalid(
            f"kind of [engines.{name}] in kaiga.toml is not allowed. Allowed: {', '.join(KINDS)}."
        )
    options = {member: value for member, value in table.items() if member != "kind"}
    try:
        ray = msgspec.convert(
            options.pop("ray", {}) if kind in COMPUTING else {}, dict[str, object]
        )
    except msgspec.ValidationError:
        raise SettingInvalid(
            f"ray of [engines.{name}] in kaiga.toml is a table, such as {{ num_gpus = 1 }}."
        ) from None
    return EngineSpec(name=name, kind=kind, options=options, ray=ray)


def _read_binding(name: str, table: Table, catalogue: Catalogue, known: set[str]) -> Binding:
    place = f'[models."{name}"] in kaiga.toml'
    model = catalogue.find_model(name)
    if model is None:
        raise SettingInvalid(f"{place} names no model of the catalogue; `kaiga models` lists them.")
    engines = table.get("engines")
    try:
        wanted = tuple(msgspec.convert(engines, list[str]))
    except msgspec.ValidationError:
        wanted = ()
    if not wanted or len(set(wanted)) < len(wanted):
        raise SettingInvalid(
            f'{place} needs engines = ["NAME", ...], the most wanted first, and each once.'
        )
    strange = sorted(set(wanted) - known)
    if strange:
        raise SettingInvalid(
            f"{place} names engines that kaiga.toml has not: {', '.join(strange)}. "
            f"There are: {', '.join(sorted(known))}."
        )
    options = {member: value for member, value in table.items() if member != "engines"}
    unread = sorted(set(options) - set(wanted))
    if unread:
        raise SettingInvalid(
            f"{place} has {', '.join(unread)}, which none of its engines reads; what an engine is "
            f'to know about the model stands in [models."{name}".ENGINE].'
        )
    try:
        told = msgspec.convert(options, dict[str, dict[str, object]])
    except msgspec.ValidationError:
        raise SettingInvalid(f'{place} needs tables such as [models."{name}".ENGINE].') from None
    return Binding(model=model.name, engines=wanted, options=told)


def _count(bindings: Sequence[Binding], model: str) -> int:
    return sum(each.model == model for each in bindings)
