"""Checks of strings, numbers, switches and choices."""

import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import cast

from kaiga.domain.catalogue.fields import (
    BooleanField,
    BoxField,
    ChoiceField,
    IntegerField,
    NumberField,
    TextField,
)
from kaiga.domain.validation.faults import Fault, field_required, one_of, wrong_type

_SWITCHES = {"true": True, "false": False}
_WHOLE = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,19}(\.[0-9]{1,19})?", re.ASCII)
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def check_text(path: str, field: TextField, value: object) -> str | None:
    """Give the text, cut to its length; an empty one counts as absent."""
    if value is None or value == "":
        if field.required:
            raise field_required(path)
        return field.default or None
    if not isinstance(value, str):
        raise wrong_type(path, "string")
    if field.required and not value.strip():
        raise field_required(path)
    if field.pattern and not re.fullmatch(field.pattern, value):
        raise Fault(field.fault.format(value=value) or f"Invalid value: {path}")
    return cut_text(value, field.max_length, field.chinese_counts)


def cut_text(text: str, max_length: int | None, chinese_counts: int) -> str:
    """Give the text without what is past its length; None cuts nothing."""
    if max_length is None or len(text) * chinese_counts <= max_length:
        return text
    if chinese_counts == 1:
        return text[:max_length]
    length = 0
    for place, character in enumerate(text):
        length += chinese_counts if _CHINESE.match(character) else 1
        if length > max_length:
            return text[:place]
    return text


def check_integer(path: str, field: IntegerField, value: object) -> int | None:
    """Give the whole number, or the default where there is none."""
    if value is None:
        if field.required:
            raise field_required(path)
        return field.default
    number = read_integer(value)
    if number is None:
        raise wrong_type(path, "integer")
    if number in field.draws:
        return None
    if number not in field.special:
        check_bounds(path, field, number)
    return number


def check_bounds(path: str, field: IntegerField, number: int) -> None:
    """Hold a whole number against what its field allows."""
    minimum, maximum = field.minimum, field.maximum
    if field.values:
        if number not in field.values:
            raise Fault(
                field.fault.format(value=number, values=one_of(field.values))
                or f"Input should be {one_of(field.values)}: {path}"
            )
    elif not _is_inside(number, minimum, maximum):
        raise Fault(
            field.fault.format(value=number, minimum=minimum, maximum=maximum)
            or _tell_range(path, minimum, maximum)
        )
    if number % field.multiple_of:
        raise Fault(f"Input should be a multiple of {field.multiple_of}: {path}")


def _is_inside(number: float, minimum: float | None, maximum: float | None) -> bool:
    return (minimum is None or number >= minimum) and (maximum is None or number <= maximum)


def _tell_range(path: str, minimum: float | None, maximum: float | None) -> str:
    name = path.rpartition(".")[2]
    if maximum is None:
        return f"Input should be greater than or equal to {minimum}: {path}"
    if minimum is None:
        return f"Input should be less than or equal to {maximum}: {path}"
    return f"Range of {name} should be [{minimum}, {maximum}]: {path}"


def read_integer(value: object) -> int | None:
    """Read a whole number, also from `1.0` and `"1"`, which some clients send."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    return None


def check_number(path: str, field: NumberField, value: object) -> float | None:
    """Give the number, or the default where there is none."""
    if value is None:
        if field.required:
            raise field_required(path)
        return field.default
    number = _read_number(value)
    if number is None:
        raise wrong_type(path, "number")
    if not _is_inside(number, field.minimum, field.maximum):
        raise Fault(
            field.fault.format(value=number, minimum=field.minimum, maximum=field.maximum)
            or _tell_range(path, field.minimum, field.maximum)
        )
    return number


def _read_number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < _LARGEST_NUMBER and isfinite(value) else None
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return float(value)
    return None


_LARGEST_NUMBER = 10**18


def check_switch(path: str, field: BooleanField, value: object) -> bool | None:
    """Give the switch, also from `"true"`, which some clients send."""
    if value is None:
        if field.required:
            raise field_required(path)
        return field.default
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _SWITCHES:
        return _SWITCHES[value.lower()]
    raise wrong_type(path, "boolean")


def check_box(path: str, field: BoxField, value: object) -> list[int] | None:
    """Give the four sides of a box; one without an inside is none."""
    if value is None:
        if field.required:
            raise field_required(path)
        return None
    if not isinstance(value, list):
        raise wrong_type(path, "list")
    sides = [read_integer(each) for each in cast("list[object]", value)]
    box = [side for side in sides if side is not None and side >= 0]
    if len(sides) != _SIDES or box != sides or box[0] >= box[2] or box[1] >= box[3]:
        raise Fault(field.fault or f"Input should be a box [x1, y1, x2, y2]: {path}")
    return box


_SIDES = 4


def make_choice_check(path: str, field: ChoiceField) -> Callable[[object], str | None]:
    """Give the check of a choice; names match whatever their case."""
    spelled: Mapping[str, str] = {value.lower(): value for value in field.values}

    def check(value: object) -> str | None:
        if value is None or value == "" or value in field.ignored:
            if field.required:
                raise field_required(path)
            return field.default
        if not isinstance(value, str):
            raise wrong_type(path, "string")
        found = spelled.get(value.lower())
        if found is None and not field.open:
            raise Fault(
                field.fault.format(value=value, values=one_of(field.values))
                or f"Input should be {one_of(field.values)}: {path}"
            )
        return found or value

    return check
