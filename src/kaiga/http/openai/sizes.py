"""From `1024x1024` to what a model calls a size: `W*H`, a tier, or a tier and a ratio."""

import re
from collections.abc import Iterator, Mapping

from kaiga.domain.catalogue.fields import (
    AreaSizeField,
    ChoiceField,
    Field,
    ListedSizeField,
    SideSizeField,
    SizeField,
)
from kaiga.domain.catalogue.model import Model
from kaiga.domain.errors import ParameterRefused
from kaiga.domain.validation.faults import Fault
from kaiga.domain.validation.sizes import make_size_check

AUTO = "auto"
"""The size that the model takes by itself."""
_SIDES = re.compile(r"([1-9][0-9]{0,5})[xX*]([1-9][0-9]{0,5})", re.ASCII)
_RATIOS = ("ratio", "aspect_ratio")
_EXAMPLES = ("832x480", "1280x720", "1920x1080", "1024x1024", "2048x2048")


def fit_size(model: Model, parameters: Mapping[str, Field], size: str) -> Mapping[str, object]:
    """Give the parameters that order a size; none for `auto` and for no size.

    Raises:
        ParameterRefused: the model can't be ordered in this size; it says in which it can.
    """
    if size in {"", AUTO}:
        return {}
    field = parameters.get("size")
    if isinstance(field, AreaSizeField | SideSizeField | ListedSizeField):
        return {"size": _check(model, field, size)}
    ways = dict(_list_ways(model, parameters))
    way = ways.get(size.lower().replace("*", "x")) or _find_budget(model, parameters, size)
    if way is None:
        raise _refuse(model, size, _tell_ways(model, parameters, ways))
    return way


def _check(model: Model, field: SizeField, size: str) -> str:
    sides = _SIDES.fullmatch(size)
    written = f"{int(sides[1])}*{int(sides[2])}" if sides else size
    try:
        make_size_check("size", field)(written)
    except Fault as fault:
        raise _refuse(model, size, tell_sizes(field)) from fault
    return written


def tell_sizes(field: SizeField) -> str:
    """Tell which sizes a field takes, in this face's way of writing them."""
    match field:
        case ListedSizeField():
            return f"one of {', '.join(value.replace('*', 'x') for value in field.values)}"
        case SideSizeField():
            return f"WIDTHxHEIGHT with sides of {field.min_side} to {field.max_side} pixels"
        case AreaSizeField():
            told = f"WIDTHxHEIGHT with {field.min_pixels} to {field.max_pixels} pixels in all"
            if field.min_ratio and field.max_ratio:
                narrow, wide = (":".join(map(str, r)) for r in (field.min_ratio, field.max_ratio))
                told += f" and a shape from {narrow} to {wide}"
            return f"{', '.join((*field.tiers, ''))}{told}"


def _list_ways(
    model: Model, parameters: Mapping[str, Field]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Give the sizes of the model's table, each with the parameters that order it."""
    ratio_name = next((name for name in _RATIOS if name in parameters), "")
    for tier, ratio, written in _list_table(model):
        asked = {"resolution": tier, ratio_name: ratio} if ratio_name else {"resolution": tier}
        is_another = not ratio_name and ratio != model.size.default_ratio
        if not is_another and all(_takes(parameters, *each) for each in asked.items()):
            yield written.replace("*", "x"), asked


def _list_table(model: Model) -> Iterator[tuple[str, str, str]]:
    for tier, sizes in model.size.table.items():
        for ratio, written in sizes.items():
            yield tier, ratio, written


def _takes(parameters: Mapping[str, Field], name: str, value: str) -> bool:
    field = parameters.get(name)
    return isinstance(field, ChoiceField) and value in field.values


def _find_budget(
    model: Model, parameters: Mapping[str, Field], size: str
) -> Mapping[str, object] | None:
    """Give the tier of that name or of just so many pixels.

    The shape is then that of the input, or a ratio that is just the same.
    """
    field = parameters.get("resolution")
    if not isinstance(field, ChoiceField):
        return None
    named = next((value for value in field.values if value.lower() == size.lower()), None)
    if named is not None:
        return {"resolution": named}
    sides = _SIDES.fullmatch(size)
    if sides is None:
        return None
    width, height = int(sides[1]), int(sides[2])
    tier = next((each for each, most in model.size.budgets.items() if most == width * height), "")
    shape = _find_shape(parameters, width, height)
    return None if shape is None or tier not in field.values else {"resolution": tier, **shape}


def _find_shape(
    parameters: Mapping[str, Field], width: int, height: int
) -> Mapping[str, object] | None:
    """Give the parameter that orders a shape: none where the model has none for it."""
    name = next((each for each in _RATIOS if each in parameters), None)
    if name is None:
        return {}
    field = parameters[name]
    for ratio in field.values if isinstance(field, ChoiceField) else ():
        across, _, down = ratio.partition(":")
        if across.isdigit() and down.isdigit() and width * int(down) == height * int(across):
            return {name: ratio}
    return None


def _tell_ways(
    model: Model, parameters: Mapping[str, Field], ways: Mapping[str, Mapping[str, object]]
) -> str:
    field = parameters.get("resolution")
    tiers = field.values if isinstance(field, ChoiceField) else ()
    named = list(dict.fromkeys([*tiers, *ways]))
    if not named:
        return ""
    if not ways:
        named += [each for each in _EXAMPLES if _find_budget(model, parameters, each)]
    return f"one of {', '.join(named)}"


def _refuse(model: Model, size: str, allowed: str) -> ParameterRefused:
    told = f"{AUTO}, or {allowed}" if allowed else f"{AUTO}: its results have a size of their own"
    return ParameterRefused(
        "size", f"size must be {told}, for the model {model.name}. Got '{size}'."
    )
