"""Checks of sizes `W*H`, each kind with the service's own words."""

import re
from collections.abc import Callable
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


def read_size(text: str) -> Size | None:
    """Read `W*H`; None for anything else."""
    written = _SIZE.fullmatch(text)
    return Size(int(written[1]), int(written[2])) if written else None


def make_size_check(path: str, field: SizeField) -> Callable[[object], Size | str | None]:
    """Give the check of a size: it gives the two sides, the name of a tier, or None.

    None means that the order names no size and the field has no default.
    """
    default = _read_default(field)

    def check(value: object) -> Size | str | None:
        if value is None or value == "":
            if field.required:
                raise field_required(path)
            return default
        if not isinstance(value, str):
            raise wrong_type(path, "string")
        return _check_written(path, field, value)

    return check


def _read_default(field: SizeField) -> Size | str | None:
    return read_size(field.default) or field.default or None


def _check_written(path: str, field: SizeField, value: str) -> Size | str:
    if isinstance(field, AreaSizeField) and value.upper() in field.tiers:
        return value.upper()
    size = read_size(value)
    if isinstance(field, ListedSizeField):
        if value not in field.values or size is None:
            raise Fault(_tell_listed(path, field, value))
        return size
    if size is None:
        raise Fault(_tell_format(path, field, value))
    if isinstance(field, AreaSizeField):
        _check_area(path, field, size)
    else:
        _check_sides(path, field, size)
    return size


def _tell_listed(path: str, field: ListedSizeField, value: str) -> str:
    if field.fault:
        return field.fault.format(
            value=value, values=",".join(field.values), list=str(list(field.values))
        )
    return f"The size does not match the allowed size {','.join(field.values)}: {path}"


def _tell_format(path: str, field: AreaSizeField | SideSizeField, value: str) -> str:
    example = field.default if _SIZE.fullmatch(field.default) else "1024*1024"
    tiers = getattr(field, "tiers", ())
    if tiers and re.fullmatch(r"[0-9]K", value.upper(), re.ASCII):
        return (
            f"Size {value} is not supported for t2i scenario. Maximum supported size is {tiers[-1]}"
        )
    named = f"{', '.join(tiers)} or " if tiers else ""
    form = f"{named}'<width>*<height>', such as '{example}'"
    return f"Invalid size format. Expected format: {form}: {path}"


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
        width=size.width,
        height=size.height,
        pixels=size.pixels,
        minimum=field.min_pixels,
        maximum=max_pixels,
    )


def _show_ratio(ratio: tuple[int, int] | None) -> str:
    return f"{ratio[0]}:{ratio[1]}" if ratio else "any"


def _check_sides(path: str, field: SideSizeField, size: Size) -> None:
    if not all(field.min_side <= side <= field.max_side for side in size):
        raise Fault(
            field.fault.format(
                minimum=field.min_side, maximum=field.max_side, width=size[0], height=size[1]
            )
            or f"Range of sides should be [{field.min_side}, {field.max_side}]: {path}"
        )
