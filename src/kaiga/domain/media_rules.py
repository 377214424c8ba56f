"""Judges a media input against the limits of its field.

Limits hold exactly: what lies on a bound passes. Lengths and frame rates have the tolerances
below, since containers count whole frames.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from kaiga.domain.media_faults import (
    FaultStyle,
    MediaFault,
    MediaProblem,
    MediaTrouble,
    make_media_fault,
)
from kaiga.domain.media_formats import MediaKind, canonical_format
from kaiga.domain.media_inputs import InlineMedia, Junk, MediaReference, RemoteUrl, UploadedObject
from kaiga.domain.media_limits import InspectedMedia, MediaLimits, Ratio

__all__ = [
    "DURATION_TOLERANCE_SECONDS",
    "FRAME_RATE_TOLERANCE",
    "InspectedMedia",
    "MediaLimits",
    "find_likeness_fault",
    "find_media_fault",
    "find_reference_fault",
    "find_total_fault",
]

DURATION_TOLERANCE_SECONDS = 0.1
"""A sound of exactly 30 s is 30.04 s long as MP3: whole frames, and the encoder's delay."""
FRAME_RATE_TOLERANCE = 0.1
"""24 frames per second are often 23.976."""


def find_reference_fault(
    limits: MediaLimits, reference: MediaReference, *, where: str, style: FaultStyle
) -> MediaFault | None:
    """Tell why a field does not take this reference, before anything is fetched; None if it does.

    A data URI that is too long to fit the field's bytes is refused here, undecoded.
    """
    trouble = _find_reference_trouble(limits, reference)
    if trouble is None:
        return None
    return make_media_fault(trouble, kind=limits.kind, where=where, style=style)


def find_media_fault(
    limits: MediaLimits, inspected: InspectedMedia, *, where: str, style: FaultStyle
) -> MediaFault | None:
    """Give the first limit that a file breaks, or None; `where` is the path of its field."""
    troubles = (found for check in _CHECKS if (found := check(limits, inspected)) is not None)
    trouble = next(troubles, None)
    if trouble is None:
        return None
    return make_media_fault(trouble, kind=limits.kind, where=where, style=style)


def find_total_fault(
    limits: MediaLimits, group: Sequence[InspectedMedia], *, where: str, style: FaultStyle
) -> MediaFault | None:
    """Give the limit that all inputs of a field break together, or None."""
    size_bytes = sum(each.size_bytes for each in group)
    seconds = sum(each.duration_seconds for each in group)
    tolerance = DURATION_TOLERANCE_SECONDS * len(group)
    trouble = _find_outside(
        MediaProblem.BYTES,
        f"together they have {size_bytes} bytes",
        size_bytes,
        high=limits.max_total_bytes,
    ) or _find_outside(
        MediaProblem.DURATION,
        f"together they last {_show(seconds)} s",
        seconds,
        high=limits.max_total_seconds,
        tolerance=tolerance,
    )
    if trouble is None:
        return None
    return make_media_fault(trouble, kind=limits.kind, where=where, style=style)


def find_likeness_fault(
    inspected: InspectedMedia,
    other: InspectedMedia,
    *,
    where: str,
    other_where: str,
    style: FaultStyle,
) -> MediaFault | None:
    """Tell in what an input differs from the one that it belongs to, such as a mask; or None.

    A picture has to have the other's pixels, and a clip its format, frame rate and length too
    (contract/video-models.md, 10).
    """
    difference = _find_difference(inspected, other)
    if difference is None:
        return None
    detail = f"it has {difference[0]}, and {other_where} has {difference[1]}"
    trouble = MediaTrouble(problem=MediaProblem.UNLIKE, detail=detail)
    return make_media_fault(trouble, kind=inspected.kind, where=where, style=style)


def _find_reference_trouble(limits: MediaLimits, reference: MediaReference) -> MediaTrouble | None:
    match reference:
        case Junk():
            return reference.trouble
        case RemoteUrl():
            form, is_raw = reference.url.partition(":")[0], reference.has_raw_characters
            if is_raw and limits.refuses_raw_characters:
                return _trouble(
                    MediaProblem.URL_INVALID, "Chinese characters in a URL must be percent-encoded"
                )
        case UploadedObject():
            form = "oss"
        case InlineMedia():
            form = "base64"
            if limits.max_bytes is not None and reference.most_bytes > limits.max_bytes + 2:
                most = f"allowed: at most {limits.max_bytes}"
                return _trouble(
                    MediaProblem.BYTES, f"it has about {reference.most_bytes} bytes; {most}"
                )
    if form in limits.references:
        return None
    return _trouble(
        MediaProblem.FORM_REFUSED,
        f"{_FORM_NAMES[form]} is not taken here; allowed: "
        + ", ".join(_FORM_NAMES[each] for each in limits.references),
    )


_FORM_NAMES = {"http": "http://", "https": "https://", "oss": "oss://", "base64": "Base64"}
_KIND_NAMES = {
    MediaKind.IMAGE: "a picture",
    MediaKind.VIDEO: "a clip",
    MediaKind.AUDIO: "a sound",
    MediaKind.DOCUMENT: "a document",
}


def _check_format(limits: MediaLimits, inspected: InspectedMedia) -> MediaTrouble | None:
    if not limits.formats:
        if inspected.kind is limits.kind:
            return None
        needed = f"and {_KIND_NAMES[limits.kind]} is needed"
        return _trouble(MediaProblem.FORMAT, f"it is {_KIND_NAMES[inspected.kind]}, {needed}")
    if inspected.format in {canonical_format(name) for name in limits.formats}:
        return None
    allowed = ", ".join(name.upper() for name in limits.formats)
    found = f"its content is {inspected.format.upper()}"
    return _trouble(MediaProblem.FORMAT, f"{found}; allowed: {allowed}")


def _check_alpha(limits: MediaLimits, inspected: InspectedMedia) -> MediaTrouble | None:
    if limits.alpha == "refused" and inspected.has_alpha:
        return _trouble(MediaProblem.ALPHA, "it has an alpha channel, and must have none")
    if limits.alpha == "required" and not inspected.has_alpha:
        return _trouble(MediaProblem.ALPHA, "it has no alpha channel, and needs one")
    return None


def _check_bytes(limits: MediaLimits, inspected: InspectedMedia) -> MediaTrouble | None:
    return _find_outside(
        MediaProblem.BYTES,
        f"it has {inspected.size_bytes} bytes",
        inspected.size_bytes,
        limits.min_bytes,
        limits.max_bytes,
    )


def _check_sides(limits: MediaLimits, inspected: InspectedMedia) -> MediaTrouble | None:
    short, long = sorted((inspected.width_pixels, inspected.height_pixels))
    rules = (
        ("each side", (short, long), limits.min_side, limits.max_side),
        ("its shorter side", (short,), limits.min_short_side, limits.max_short_side),
        ("its longer side", (long,), None, limits.max_long_side),
    )
    for name, sides, low, high in rules:
        if any(_is_outside(side, low, high) for side in sides):
            rule = f"{name} must be {_show_range(low, high)}"
            return _trouble(MediaProblem.SIDES, f"it is {_show_size(inspected)} pixels; {rule}")
    return None


def _check_ratio(limits: MediaLimits, inspected: InspectedMedia) -> MediaTrouble | None:
    """Compare by exact fractions: a shape on the bound is inside, without rounding."""
    width, height = inspected.width_pixels, inspected.height_pixels
    if not width or not height:
        return None
    shape = Fraction(width, height)
    low, high = (_shape_of(limits.min_ratio), _shape_of(limits.max_ratio))
    found = f"it is {_show_size(inspected)} pixels"
    if (low is not None and shape < low) or (high is not None and shape > high):
        bounds = _show_range(_show_ratio(limits.min_ratio), _show_ratio(limits.max_ratio))
        return _trouble(MediaProblem.RATIO, f"{found}; width to height must be {bounds}")
    most = limits.max_long_short_ratio
    if most is not None and max(shape, 1 / shape) > _exact(most):
        rule = f"its longer side must be at most {most:g} times its shorter"
        return _trouble(MediaProblem.RATIO, f"{found}; {rule}")
    return None


def _check_duration(limits: MediaLimits, inspected: InspectedMedia) -> MediaTrouble | None:
    seconds = inspected.duration_seconds
    found = f"it lasts {_show(seconds)} s"
    if limits.below_seconds is not None and seconds >= limits.below_seconds:
        rule = f"it must be shorter than {limits.below_seconds:g} s"
        return _trouble(MediaProblem.DURATION, f"{found}; {rule}")
    return _find_outside(
        MediaProblem.DURATION,
        found,
        seconds,
        limits.min_seconds,
        limits.max_seconds,
        tolerance=DURATION_TOLERANCE_SECONDS,
    )


def _check_frame_rate(limits: MediaLimits, inspected: InspectedMedia) -> MediaTrouble | None:
    rate = inspected.frames_per_second
    found = f"it has {_show(rate)} frames per second"
    if limits.above_frames_per_second is not None and rate <= limits.above_frames_per_second:
        rule = f"more than {limits.above_frames_per_second:g} are needed"
        return _trouble(MediaProblem.FRAME_RATE, f"{found}; {rule}")
    return _find_outside(
        MediaProblem.FRAME_RATE,
        found,
        rate,
        limits.min_frames_per_second,
        limits.max_frames_per_second,
        tolerance=FRAME_RATE_TOLERANCE,
    )


def _check_codec(limits: MediaLimits, inspected: InspectedMedia) -> MediaTrouble | None:
    if not limits.codecs or inspected.codec in limits.codecs:
        return None
    allowed = ", ".join(limits.codecs)
    return _trouble(
        MediaProblem.CODEC, f"it is coded as {inspected.codec or 'nothing'}; allowed: {allowed}"
    )


def _check_pages(limits: MediaLimits, inspected: InspectedMedia) -> MediaTrouble | None:
    return _find_outside(
        MediaProblem.PAGES,
        f"it has {inspected.pages} pages",
        inspected.pages,
        high=limits.max_pages,
    )


_CHECKS: tuple[Callable[[MediaLimits, InspectedMedia], MediaTrouble | None], ...] = (
    _check_format,
    _check_alpha,
    _check_bytes,
    _check_sides,
    _check_ratio,
    _check_duration,
    _check_frame_rate,
    _check_codec,
    _check_pages,
)


def _find_difference(inspected: InspectedMedia, other: InspectedMedia) -> tuple[str, str] | None:
    """Give how the first difference reads on either side."""
    sizes = (_show_size(inspected), _show_size(other))
    if sizes[0] != sizes[1]:
        return f"{sizes[0]} pixels", f"{sizes[1]} pixels"
    if inspected.kind is MediaKind.IMAGE:
        return None
    if inspected.format != other.format:
        return f"the format {inspected.format.upper()}", other.format.upper()
    rates = (inspected.frames_per_second, other.frames_per_second)
    if abs(rates[0] - rates[1]) > FRAME_RATE_TOLERANCE:
        return f"{_show(rates[0])} frames per second", _show(rates[1])
    lengths = (inspected.duration_seconds, other.duration_seconds)
    if abs(lengths[0] - lengths[1]) > DURATION_TOLERANCE_SECONDS:
        return f"{_show(lengths[0])} seconds", _show(lengths[1])
    return None


def _is_outside(
    value: float, low: float | None, high: float | None, tolerance: float = 0.0
) -> bool:
    return (low is not None and value < low - tolerance) or (
        high is not None and value > high + tolerance
    )


def _find_outside(
    problem: MediaProblem,
    found: str,
    value: float,
    low: float | None = None,
    high: float | None = None,
    tolerance: float = 0.0,
) -> MediaTrouble | None:
    if not _is_outside(value, low, high, tolerance):
        return None
    return _trouble(problem, f"{found}; allowed: {_show_range(low, high)}")


def _trouble(problem: MediaProblem, detail: str) -> MediaTrouble:
    return MediaTrouble(problem=problem, detail=detail)


def _exact(number: float) -> Fraction:
    """Give a bound as it is written: 1.8 is 9/5, not what floating point makes of it."""
    return Fraction(str(number))


def _shape_of(ratio: Ratio | None) -> Fraction | None:
    return None if ratio is None else _exact(ratio[0]) / _exact(ratio[1])


def _show(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _show_size(inspected: InspectedMedia) -> str:
    return f"{inspected.width_pixels}*{inspected.height_pixels}"


def _show_ratio(ratio: Ratio | None) -> str | None:
    return None if ratio is None else f"{ratio[0]:g}:{ratio[1]:g}"


def _show_range(low: float | str | None, high: float | str | None) -> str:
    shown = [each if each is None or isinstance(each, str) else _show(each) for each in (low, high)]
    if shown[0] is None:
        return f"at most {shown[1]}"
    return f"at least {shown[0]}" if shown[1] is None else f"from {shown[0]} to {shown[1]}"
