"""Rules on input files in words."""

from collections.abc import Iterator

from kaiga.cli.describing.fields import describe_range
from kaiga.domain.media_limits import MediaLimits, Ratio

_MEBIBYTE = 1024 * 1024


def describe_limits(limits: MediaLimits) -> str:
    """Write what a file has to be, as one line."""
    return "; ".join(part for part in _tell(limits) if part)


def _tell(limits: MediaLimits) -> Iterator[str]:
    yield ", ".join(limits.formats) or limits.kind
    yield describe_range(_mebibytes(limits.min_bytes), _mebibytes(limits.max_bytes), "MiB")
    if limits.max_total_bytes is not None:
        yield f"all together at most {_mebibytes(limits.max_total_bytes):g} MiB"
    for name, low, high in (
        ("each side", limits.min_side, limits.max_side),
        ("shorter side", limits.min_short_side, limits.max_short_side),
        ("longer side", None, limits.max_long_side),
    ):
        if bounds := describe_range(low, high, "pixels"):
            yield f"{name} {bounds}"
    yield from _tell_shape(limits)
    yield from _tell_time(limits)
    if limits.alpha in {"refused", "required"}:
        yield f"transparency {limits.alpha}"
    if limits.max_pages is not None:
        yield f"at most {limits.max_pages} pages"
    if limits.same_as is not None:
        yield f"as large as {limits.same_as}"
    if len(limits.references) < len(MediaLimits(kind=limits.kind).references):
        yield f"given by {', '.join(limits.references)} only"


def _tell_shape(limits: MediaLimits) -> Iterator[str]:
    if limits.min_ratio is not None and limits.max_ratio is not None:
        yield f"ratio {_write(limits.min_ratio)} to {_write(limits.max_ratio)}"
    if limits.max_long_short_ratio is not None:
        yield f"long side at most {limits.max_long_short_ratio:g} times the short one"


def _tell_time(limits: MediaLimits) -> Iterator[str]:
    yield describe_range(limits.min_seconds, limits.max_seconds, "seconds")
    if limits.below_seconds is not None:
        yield f"shorter than {limits.below_seconds:g} seconds"
    if limits.max_total_seconds is not None:
        yield f"all together at most {limits.max_total_seconds:g} seconds"
    if limits.used_seconds is not None:
        yield f"the first {limits.used_seconds:g} seconds are used"
    yield describe_range(
        limits.min_frames_per_second, limits.max_frames_per_second, "frames per second"
    )
    if limits.above_frames_per_second is not None:
        yield f"more than {limits.above_frames_per_second:g} frames per second"
    if limits.codecs:
        yield f"codec {' or '.join(limits.codecs)}"


def _mebibytes(size: int | None) -> float | None:
    return None if size is None else size / _MEBIBYTE


def _write(ratio: Ratio) -> str:
    return f"{ratio[0]:g}:{ratio[1]:g}"
