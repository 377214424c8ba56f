"""What an answer's `usage` tells: each model names its members and what each of them means."""

from collections.abc import Callable, Mapping, Sequence
from math import floor
from typing import cast

import msgspec

from kaiga.domain.catalogue.model import Model
from kaiga.domain.generation import Generation
from kaiga.domain.measures import Measures
from kaiga.domain.tasks import Usage

_CHARACTERS_PER_TOKEN = 4
_PIXELS_PER_TOKEN = 32 * 32
_LARGE_OUTPUT_PIXELS = 2_250_000
"""Source: contract/image-models.md, 9."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What usage is told of: how many results there are, and the measures of the first of them."""

    count: int
    width_pixels: int
    height_pixels: int
    duration_seconds: float


class _Facts(msgspec.Struct, frozen=True, kw_only=True):
    generation: Generation
    measures: Measures
    made: Made

    @property
    def option(self) -> Mapping[str, object]:
        return self.generation.options

    @property
    def size(self) -> str:
        return f"{self.made.width_pixels}*{self.made.height_pixels}"

    @property
    def seconds(self) -> float:
        """What was asked for counts, where it was: files are a few milliseconds longer."""
        return self.measures.duration_seconds or self.made.duration_seconds


def make_usage(
    model: Model, generation: Generation, measures: Measures, made: Made, *, operation: str = ""
) -> Usage:
    """Fill in the members of `usage` that the model's answer has at a path.

    A source that begins with `=` stands for itself, `option:NAME` for the value of an option.
    What can't be told is left out. Whole numbers are never written with a fraction: clients read
    them as integers (contract/clients.md, 14).
    """
    facts = _Facts(generation=generation, measures=measures, made=made)
    told = {name: _tell(source, facts) for name, source in model.usage_at(operation).items()}
    return {name: value for name, value in told.items() if value is not None}


def nest_usage(usage: Usage) -> Mapping[str, object]:
    """Write usage as an answer has it: a dot in a name means a member inside a member."""
    nested: dict[str, object] = {}
    for name, value in usage.items():
        outer, _, inner = name.partition(".")
        if not inner:
            nested[outer] = value
            continue
        within = nested.setdefault(outer, {})
        if isinstance(within, dict):
            within[inner] = value
    return nested


def is_usage_source(source: str) -> bool:
    """Tell whether the catalogue may name this as what a member of `usage` tells."""
    return source.startswith(("=", _OPTION)) or source in _SOURCES


_OPTION = "option:"


def _tell(source: str, facts: _Facts) -> str | int | float | bool | None:
    if source.startswith("="):
        return source[1:]
    if source.startswith(_OPTION):
        option = facts.option.get(source.removeprefix(_OPTION))
        return option if isinstance(option, str | int | float) else None
    value = _SOURCES[source](facts)
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 2)
    return value


def _tier_number(facts: _Facts) -> int:
    digits = facts.measures.tier.removesuffix("P")
    return int(digits) if digits.isdigit() else 0


def _tokens_in(facts: _Facts) -> int:
    return -(-len(facts.generation.prompt) // _CHARACTERS_PER_TOKEN)


def _tokens_out(facts: _Facts) -> int:
    made = facts.made
    return made.count * (made.width_pixels * made.height_pixels // _PIXELS_PER_TOKEN)


def _image_type(prefix: str) -> Callable[[_Facts], str]:
    def tell(facts: _Facts) -> str:
        pixels = facts.made.width_pixels * facts.made.height_pixels
        return f"{prefix}_{'2k' if pixels > _LARGE_OUTPUT_PIXELS else '1k'}"

    return tell


def _whole_seconds(facts: _Facts) -> int:
    return max(1, floor(facts.seconds + 0.5))


def _box_ratio(facts: _Facts) -> str | None:
    """Tell the shape of the region that the order names: upright or square."""
    box = facts.option.get("ext_bbox")
    if not isinstance(box, list):
        return None
    left, top, right, bottom = cast("list[int]", box)
    return "3:4" if (right - left) / (bottom - top) < _BETWEEN_UPRIGHT_AND_SQUARE else "1:1"


_BETWEEN_UPRIGHT_AND_SQUARE = (3 / 4 + 1) / 2


def _reasoning_tokens(facts: _Facts) -> int | None:
    return _tokens_in(facts) if facts.generation.prompt_extend else None


_SOURCES: Mapping[str, Callable[[_Facts], str | int | float | bool | None]] = {
    "count": lambda facts: facts.made.count,
    "one": lambda _: 1,
    "zero": lambda _: 0,
    "width": lambda facts: facts.made.width_pixels,
    "height": lambda facts: facts.made.height_pixels,
    "size": lambda facts: facts.size,
    "tier": lambda facts: facts.measures.tier,
    "tier_number": _tier_number,
    "ratio": lambda facts: facts.measures.ratio,
    "mode": lambda facts: "pro" if facts.option.get("mode") == "wan-pro" else "standard",
    "seconds": lambda facts: facts.seconds,
    "whole_seconds": _whole_seconds,
    "box_ratio": _box_ratio,
    "reasoning_tokens": _reasoning_tokens,
    "input_seconds": lambda facts: facts.measures.input_seconds,
    "all_seconds": lambda facts: facts.seconds + facts.measures.input_seconds,
    "frames_per_second": lambda facts: floor(facts.measures.frames_per_second + 0.5),
    "sound": lambda facts: facts.measures.sound,
    "input_count": lambda facts: facts.measures.input_count,
    "input_type": _image_type("qima_input"),
    "output_type": _image_type("qima_output"),
    "tokens_in": _tokens_in,
    "tokens_out": _tokens_out,
    "tokens": lambda facts: _tokens_in(facts) + _tokens_out(facts),
}


def count_files(measured: Sequence[tuple[int, int, float]]) -> Made:
    """Sum up the results that were made, each with its width, height and seconds."""
    width, height, seconds = measured[0] if measured else (0, 0, 0.0)
    return Made(
        count=len(measured), width_pixels=width, height_pixels=height, duration_seconds=seconds
    )
