"""Stand-in."""

import msgspec


class MediaLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """x."""

    kind: str
    formats: tuple[str, ...] = ()
    references: tuple[str, ...] = ("http", "https", "oss", "base64")
    refuses_raw_characters: bool = False
    alpha: str = "taken"
    min_bytes: int | None = None
    max_bytes: int | None = None
    max_total_bytes: int | None = None
    min_side: int | None = None
    max_side: int | None = None
    min_short_side: int | None = None
    max_short_side: int | None = None
    max_long_side: int | None = None
    min_ratio: tuple[float, float] | None = None
    max_ratio: tuple[float, float] | None = None
    max_long_short_ratio: float | None = None
    min_seconds: float | None = None
    max_seconds: float | None = None
    below_seconds: float | None = None
    max_total_seconds: float | None = None
    used_seconds: float | None = None
    min_frames_per_second: float | None = None
    max_frames_per_second: float | None = None
    above_frames_per_second: float | None = None
    codecs: tuple[str, ...] = ()
    max_pages: int | None = None
    same_as: str | None = None


class InspectedMedia(msgspec.Struct, frozen=True, kw_only=True):
    """x."""

    format: str = ""
    size_bytes: int = 0
    width_pixels: int = 0
    height_pixels: int = 0
    has_alpha: bool = False
    duration_seconds: float = 0.0
    frames_per_second: float = 0.0
    codec: str = ""
    has_sound: bool = False
    pages: int = 0
