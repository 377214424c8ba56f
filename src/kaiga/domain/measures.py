"""How wide, high and long a result is to be: from the order, the model's rule and the inputs."""

import re
from collections.abc import Mapping, Sequence
from math import floor, log, sqrt

import msgspec

from kaiga.domain.catalogue.fields import Scalar
from kaiga.domain.catalogue.model import Clip, Model, SizeRule
from kaiga.domain.generation import Generation
from kaiga.domain.media_limits import InspectedMedia

Size = tuple[int, int]
_RATIO = re.compile(r"[1-9][0-9]?:[1-9][0-9]?", re.ASCII)
_WIDEST = 8
"""No documented shape is longer than eight times its width (contract/image-models.md, 7)."""
_VIDEO_ROLES = frozenset({"video", "first_clip", "last_clip", "reference_video"})


class InputAtHand(msgspec.Struct, frozen=True, kw_only=True):
    """One input of a task, looked at: what it is for, and what it is."""

    role: str
    media: InspectedMedia


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a result; sides and times are 0 where the engine follows its input.

    `tier` is the contract's word for the size (`720P`, `2K`), `ratio` that for the shape.
    `input_seconds` is the length of all clips given, as far as they are used.
    """

    width_pixels: int = 0
    height_pixels: int = 0
    tier: str = ""
    ratio: str = ""
    duration_seconds: float = 0.0
    frames_per_second: float = 0.0
    sound: bool = False
    input_seconds: float = 0.0
    input_count: int = 0


def measure(model: Model, generation: Generation, inputs: Sequence[InputAtHand]) -> Measures:
    """Decide the measures of every result of a task."""
    options = generation.options
    tier = _read_text(options, "resolution", "tier") or model.size.default_tier
    ratio = _find_ratio(options)
    width, height = _find_size(model.size, generation, tier, ratio, inputs)
    clip = model.clip
    most = clip.longest_seconds if clip else None
    lengths = [each.media.duration_seconds for each in inputs if each.role in _VIDEO_ROLES]
    return Measures(
        width_pixels=width,
        height_pixels=height,
        tier=tier or _tier_of(model.size, width, height),
        ratio=ratio or _ratio_of(width, height),
        duration_seconds=_find_duration(clip, generation, inputs) if clip else 0.0,
        frames_per_second=_find_rate(clip, options, inputs) if clip else 0.0,
        sound=_has_sound(clip, generation, inputs) if clip else False,
        input_seconds=sum(min(length, most or length) for length in lengths),
        input_count=len(inputs),
    )


def find_length_fault(clip: Clip, measures: Measures) -> str | None:
    """Tell that the clips given and the one to be made are too long together, or None."""
    most = clip.longest_with_input
    total = measures.input_seconds + measures.duration_seconds
    if most is None or not measures.input_seconds or total <= most + _LENGTH_TOLERANCE_SECONDS:
        return None
    return (
        f"The duration of the input videos and of the output together must be at most {most:g} "
        f"seconds. Got {total:.2f}."
    )


_LENGTH_TOLERANCE_SECONDS = 0.1
"""Containers count whole frames."""


def _read_text(options: Mapping[str, object], *names: str) -> str:
    for name in names:
        value = options.get(name)
        if isinstance(value, str):
            return value
    return ""


def _find_ratio(options: Mapping[str, object]) -> str:
    """Give the shape that is asked for; words such as `adaptive` ask for none."""
    named = _read_text(options, "ratio", "aspect_ratio", "video_ratio")
    if not _RATIO.fullmatch(named) or not 1 / _WIDEST <= _quotient(named) <= _WIDEST:
        return ""
    return named


def _find_size(
    rule: SizeRule, generation: Generation, tier: str, ratio: str, inputs: Sequence[InputAtHand]
) -> Size:
    if _is_one_of(rule.left_to_engine, generation.options):
        return 0, 0
    if generation.width_pixels:
        asked = (generation.width_pixels, generation.height_pixels)
        return _rounded(rule, *asked) if rule.rounds_asked else asked
    followed = _find_followed(rule, inputs)
    if followed is not None and rule.largest_of_input:
        return _shrunk(rule, followed, rule.largest_of_input)
    if followed is not None and (not ratio or (not rule.table and not rule.budgets)):
        width, height = followed
        budget = rule.budgets.get(tier)
        return _in_budget(rule, budget, width / height) if budget else (0, 0)
    shape = ratio or rule.default_ratio
    written = rule.table.get(tier, {}).get(shape)
    if written:
        width, _, height = written.partition("*")
        return int(width), int(height)
    budget = rule.budgets.get(tier)
    return _in_budget(rule, budget, _quotient(shape)) if budget and shape else (0, 0)


def _find_followed(rule: SizeRule, inputs: Sequence[InputAtHand]) -> Size | None:
    sizes = [
        (each.media.width_pixels, each.media.height_pixels)
        for role in rule.follows
        for each in inputs
        if each.role == role and each.media.width_pixels and each.media.height_pixels
    ]
    if not sizes:
        return None
    return sizes[0] if rule.pick == "first" else sizes[-1]


def _quotient(ratio: str) -> float:
    width, _, height = ratio.partition(":")
    return int(width) / int(height)


def _in_budget(rule: SizeRule, budget: int, quotient: float) -> Size:
    """Give sides of that quotient with about `budget` pixels (contract/video-models.md, 4c)."""
    return _rounded(rule, sqrt(budget * quotient), sqrt(budget / quotient))


def _shrunk(rule: SizeRule, size: Size, largest_pixels: int) -> Size:
    width, height = size
    factor = min(1.0, sqrt(largest_pixels / (width * height)))
    return _rounded(rule, width * factor, height * factor)


def _rounded(rule: SizeRule, width: float, height: float) -> Size:
    def to_multiple(side: float) -> int:
        multiples = side / rule.multiple
        # a side that is a multiple but for the error of the root must not lose a whole step
        whole = floor(multiples + 1e-9) if rule.rounding == "down" else floor(multiples + 0.5)
        return max(1, whole) * rule.multiple

    return to_multiple(width), to_multiple(height)


def _is_one_of(values: Mapping[str, tuple[Scalar, ...]], options: Mapping[str, object]) -> bool:
    return any(options.get(name) in allowed for name, allowed in values.items())


def _tier_of(rule: SizeRule, width: int, height: int) -> str:
    """Name the tier of a size: the one whose pixels it comes nearest to, by their quotient."""
    if not width or not height or not rule.budgets:
        return ""
    pixels = width * height
    return min(rule.budgets, key=lambda tier: abs(log(rule.budgets[tier] / pixels)))


def _ratio_of(width: int, height: int) -> str:
    """Name the ratio of a size, as the nearest of the contract's words for it."""
    if not width or not height:
        return ""
    return min(_RATIOS, key=lambda each: abs(_quotient(each) - width / height))


_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21", "4:5", "5:4")


def _find_duration(clip: Clip, generation: Generation, inputs: Sequence[InputAtHand]) -> float:
    asked = generation.duration_seconds
    roles = next(
        (each.follows for each in clip.otherwise if _is_one_of(each.options, generation.options)),
        clip.follows,
    )
    followed = [
        each.media.duration_seconds
        for each in inputs
        if each.role in roles and each.media.duration_seconds
    ]
    if followed:
        length = min(followed) if not asked or asked < 0 else min(asked, *followed)
        return min(length, clip.longest_seconds or length)
    return asked if asked is not None and asked > 0 else clip.seconds


def _find_rate(clip: Clip, options: Mapping[str, object], inputs: Sequence[InputAtHand]) -> float:
    chosen = options.get(clip.rate_option)
    if isinstance(chosen, str):
        return clip.rates.get(chosen, clip.frames_per_second)
    if isinstance(chosen, int | float) and not isinstance(chosen, bool):
        return float(chosen)
    if clip.frames_per_second:
        return clip.frames_per_second
    given = (each.media.frames_per_second for each in inputs if each.role in _VIDEO_ROLES)
    return next((rate for rate in given if rate), 0.0)


def _has_sound(clip: Clip, generation: Generation, inputs: Sequence[InputAtHand]) -> bool:
    match clip.sound:
        case "always":
            return True
        case "never":
            return False
        case "switch":
            return generation.options.get("audio") is not False
        case "setting":
            is_kept = generation.options.get("audio_setting") == "origin"
            return _is_heard(inputs) if is_kept else True
        case "as_input":
            return _is_heard(inputs)


def _is_heard(inputs: Sequence[InputAtHand]) -> bool:
    return any(each.media.has_sound or each.role == "audio" for each in inputs)
