"""The rules on `input` and `parameters`: a checked order, or every fault at once.

The texts are the service's own where they are known (contract/image-models.md, 5 and 13;
contract/video-models.md, 17); `docs/parity.md` lists the ones that had to be chosen.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from kaiga.domain.catalogue import (
    AreaSizeField,
    BooleanField,
    Field,
    IntegerField,
    Model,
    TextField,
)
from kaiga.domain.generation import Generation

FAULT_SEPARATOR = " & "
"""Source: contract/video-models.md, 17."""

_SIZE = re.compile(r"([0-9]{1,6})\*([0-9]{1,6})", re.ASCII)
_SWITCHES = {"true": True, "false": False}


class _Fault(Exception):
    """One broken rule; its text goes into the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Every rule that an order breaks, in the order in which they are checked."""

    texts: tuple[str, ...]

    @property
    def message(self) -> str:
        """All faults as one message."""
        return FAULT_SEPARATOR.join(self.texts)


class OrderRules:
    """The rules of one model, made ready once so that each order only runs them."""

    def __init__(self, model: Model) -> None:
        self._input = _make_checks("input", model.input)
        self._parameters = _make_checks("parameters", model.parameters)

    def check(
        self, order_input: object, parameters: object, drawn_seed: int
    ) -> Generation | Faults:
        """Check an order against every rule.

        Unknown members are left alone, and null counts as absent: official clients send both
        (contract/clients.md, 1). `drawn_seed` is taken where the client named none.
        """
        faults: list[str] = []
        values: dict[str, object] = {}
        _check_group("input", self._input, order_input, values, faults)
        _check_group("parameters", self._parameters, parameters, values, faults)
        if faults:
            return Faults(texts=tuple(faults))
        width, height = cast("tuple[int, int]", values["size"])
        seed = values["seed"]
        return Generation(
            prompt=cast("str", values["prompt"]),
            negative_prompt=cast("str", values["negative_prompt"]),
            width_pixels=width,
            height_pixels=height,
            count=cast("int", values["n"]),
            seed=drawn_seed if seed is None else cast("int", seed),
            prompt_extend=cast("bool", values["prompt_extend"]),
            watermark=cast("bool", values["watermark"]),
        )


_Check = Callable[[object], object]
"""Gives the checked value of a member, None meaning that it is absent; raises `_Fault`."""


def _check_group(
    group: str,
    checks: Sequence[tuple[str, _Check]],
    members: object,
    values: dict[str, object],
    faults: list[str],
) -> None:
    if members is not None and not isinstance(members, dict):
        faults.append(f"Input should be a valid dictionary: {group}")
        return
    given = cast("dict[str, object]", members or {})
    for name, check in checks:
        try:
            values[name] = check(given.get(name))
        except _Fault as fault:
            faults.append(str(fault))


def _make_checks(group: str, fields: Mapping[str, Field]) -> Sequence[tuple[str, _Check]]:
    return [(name, _make_check(f"{group}.{name}", name, field)) for name, field in fields.items()]


def _make_check(path: str, name: str, field: Field) -> _Check:
    match field:
        case TextField():
            return lambda value: _check_text(path, field, value)
        case IntegerField():
            return lambda value: (
                field.default if value is None else _check_integer(path, name, field, value)
            )
        case BooleanField():
            return lambda value: field.default if value is None else _check_switch(path, value)
        case AreaSizeField():
            default = _check_area_size(path, field, field.default)
            return lambda value: default if value is None else _check_area_size(path, field, value)


def _check_text(path: str, field: TextField, value: object) -> str:
    if value is None or value == "":
        if field.required:
            raise _Fault(f"Field required: {path}")
        return field.default
    if not isinstance(value, str):
        raise _Fault(f"Input should be a valid string: {path}")
    if field.required and not value.strip():
        raise _Fault(f"Field required: {path}")
    return value[: field.max_length]


def _check_integer(path: str, name: str, field: IntegerField, value: object) -> int:
    number = _read_integer(value)
    if number is None:
        raise _Fault(f"Input should be a valid integer: {path}")
    if not field.minimum <= number <= field.maximum:
        raise _Fault(f"Range of {name} should be [{field.minimum}, {field.maximum}]: {path}")
    return number


def _read_integer(value: object) -> int | None:
    """Read a whole number, also from `1.0` and `"1"`, which some clients send."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value, re.ASCII):
        return int(value)
    return None


def _check_switch(path: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _SWITCHES:
        return _SWITCHES[value.lower()]
    raise _Fault(f"Input should be a valid boolean: {path}")


def _check_area_size(path: str, field: AreaSizeField, value: object) -> tuple[int, int]:
    if not isinstance(value, str):
        raise _Fault(f"Input should be a valid string: {path}")
    written = _SIZE.fullmatch(value)
    if not written:
        raise _Fault(
            f"Invalid size format. Expected format: '<width>*<height>', such as "
            f"'{field.default}': {path}"
        )
    width, height = int(written[1]), int(written[2])
    pixels = width * height
    if not field.min_pixels <= pixels <= field.max_pixels:
        raise _Fault(
            f"Total pixels ({pixels}) must be between {field.min_pixels} and {field.max_pixels}."
        )
    if not _is_ratio_within(field, width, height):
        raise _Fault(
            f"Aspect ratio ({width}:{height}) must be between "
            f"{field.min_ratio[0]}:{field.min_ratio[1]} and "
            f"{field.max_ratio[0]}:{field.max_ratio[1]}: {path}"
        )
    return width, height


def _is_ratio_within(field: AreaSizeField, width: int, height: int) -> bool:
    """Compare by cross products: a shape exactly on the bound is inside, without rounding."""
    narrow_width, narrow_height = field.min_ratio
    wide_width, wide_height = field.max_ratio
    return (
        width * narrow_height >= height * narrow_width
        and width * wide_height <= height * wide_width
    )
