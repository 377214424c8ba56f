"""Stand-in."""
import msgspec


class MediaLimits(msgspec.Struct, frozen=True, kw_only=True):
    """x."""


class InspectedMedia(msgspec.Struct, frozen=True, kw_only=True):
    """x."""

    media_type: str = ""
    width_pixels: int = 0
    height_pixels: int = 0
    duration_seconds: float = 0.0
    frames_per_second: float = 0.0
    has_sound: bool = False
    size_bytes: int = 0
