"""Checks of sizes `W*H`, each kind with the service's own words."""

import re
from collections.abc import Callable, Mapping, Sequence
from math import isqrt
from typing import NamedTuple

from kaiga.domain.catalogue.fields import (
    AreaSizeField,
    ListedSizeField,
    SideSizeField,
    SizeField,
)
from kaiga.domain.validation.faults import Fault, field_required, wrong_type


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        """How many pixels that is."""
        return self.width * self.height


_SIZE = re.compile(r"([0-9]{1,6})\*([0-9]{1,6})", re.ASCII)
_TIER = re.compile(r"[0-9]K", re.ASCII)


def read_size(text: str) -> Size | None:
    """Read `W*H`; None for anything else."""
    written = _SIZE.fullmatch(text)
    return Size(int(written[1]), int(written[2])) if written else None


def make_size_check(path: str, field: SizeField) -> Callable[[object], Size | str | None]:
    """Give the check of a size: it gives the two sides, the name of a tier, or None.

    None means that the order names no size and the field has no default.
    """
    default = read_size(field.default) or field.default or None

    def check(value: object) -> Size | str | None:
        if value is None or value == "":
            if field.required:
                raise field_required(path)
            return default
        if not isinstance(value, str):
            raise wrong_type(path, "string")
        return _check_written(path, field, value)

    return check


def _check_written(path: str, field: SizeField, value: str) -> Size | str:
    if isinstance(field, AreaSizeField) and value.upper() in field.tiers:
        return value.upper()
    size = read_size(value)
    if size is None:
        raise Fault(_tell_format(path, field, value))
    match field:
        case ListedSizeField():
            if value not in field.values:
                raise Fault(_tell_listed(path, field))
        case AreaSizeField():
            _check_area(path, field, size)
        case SideSizeField():
            _check_sides(path, field, size)
    return size


def _tell_listed(path: str, field: ListedSizeField) -> str:
    values = ",".join(field.values)
    if field.fault:
        return field.fault.format(values=values, list=str(list(field.values)))
    return f"The size does not match the allowed size {values}: {path}"


def _tell_format(path: str, field: SizeField, value: str) -> str:
    if field.format_fault:
        return field.format_fault
    tiers = field.tiers if isinstance(field, AreaSizeField) else ()
    if tiers and _TIER.fullmatch(value.upper()):
        return tell_tier(value, tiers)
    example = field.default if _SIZE.fullmatch(field.default) else "1024*1024"
    named = f"{', '.join(tiers)} or " if tiers else ""
    return (
        f"Invalid size format. Expected format: {named}'<width>*<height>', "
        f"such as '{example}': {path}"
    )


def tell_tier(value: str, tiers: Sequence[str]) -> str:
    """Tell that a tier is too large; `tiers` are those allowed, smallest first."""
    return f"Size {value} is not supported for t2i scenario. Maximum supported size is {tiers[-1]}"


def _check_area(path: str, field: AreaSizeField, size: Size) -> None:
    width, height = size
    if not field.min_pixels <= size.pixels <= field.max_pixels:
        raise Fault(tell_area(field, size, field.max_pixels))
    narrow, wide = field.min_ratio, field.max_ratio
    if (narrow and width * narrow[1] < height * narrow[0]) or (
        wide and width * wide[1] > height * wide[0]
    ):  # by cross products: a shape exactly on the bound is inside, without rounding
        raise Fault(
            f"Aspect ratio ({width}:{height}) must be between "
            f"{_show_ratio(narrow)} and {_show_ratio(wide)}: {path}"
        )


def tell_area(field: AreaSizeField, size: Size, max_pixels: int) -> str:
    """Tell that a size has too few or too many pixels."""
    text = field.fault or "Total pixels ({pixels}) must be between {minimum} and {maximum}."
    return text.format(
        minimum=field.min_pixels,
        maximum=max_pixels,
        minimum_side=isqrt(field.min_pixels),
        maximum_side=isqrt(max_pixels),
        **describe_size(size),
    )


def describe_size(size: object) -> Mapping[str, object]:
    """Give what the text of a fault may say of a size: its sides, its pixels, and itself."""
    if not isinstance(size, Size):
        return {"value": size, "width": 0, "height": 0, "pixels": 0}
    width, height = size
    return {
        "value": f"{width}*{height}",
        "width": width,
        "height": height,
        "pixels": size.pixels,
    }


def _show_ratio(ratio: tuple[int, int] | None) -> str:
    return f"{ratio[0]}:{ratio[1]}" if ratio else "any"


def _check_sides(path: str, field: SideSizeField, size: Size) -> None:
    low, high = field.min_side, field.max_side
    if not all(low <= side <= high for side in size):
        raise Fault(
            field.fault.format(minimum=low, maximum=high, **describe_size(size))
            or f"Either width or height should be between {low} and {high}: {path}"
        )
