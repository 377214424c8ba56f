"""The limits on a media input, as the catalogue's data say, and what a file is measured to be."""

from typing import Literal

import msgspec

from kaiga.domain.media_formats import FORMATS, MediaKind

ReferenceForm = Literal["http", "https", "oss", "base64"]
Ratio = tuple[float, float]
"""A shape as (width, height)."""


class MediaLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one field takes; None and an empty tuple set no limit.

    `formats` are names as messages show them; `jpg` and `jpeg` are one. A picture's first frame
    counts where it has several. Every bound is inclusive unless its name says otherwise.
    """

    kind: MediaKind
    formats: tuple[str, ...] = ()
    references: tuple[ReferenceForm, ...] = ("http", "https", "oss", "base64")
    refuses_raw_characters: bool = False
    """Whether a URL that is not percent-encoded is refused; else it is encoded."""
    alpha: Literal["taken", "ignored", "refused", "required"] = "taken"
    """`ignored` is taken too; it tells engines to flatten the picture."""

    min_bytes: int | None = None
    max_bytes: int | None = None
    max_total_bytes: int | None = None
    """Of all inputs of the field together."""

    min_side: int | None = None
    max_side: int | None = None
    min_short_side: int | None = None
    max_short_side: int | None = None
    max_long_side: int | None = None
    min_ratio: Ratio | None = None
    """The narrowest shape."""
    max_ratio: Ratio | None = None
    """The widest shape."""
    max_long_short_ratio: float | None = None
    """Long side divided by short side."""

    min_seconds: float | None = None
    max_seconds: float | None = None
    below_seconds: float | None = None
    """The length has to be shorter than this; no tolerance."""
    max_total_seconds: float | None = None
    """Of all inputs of the field together."""
    used_seconds: float | None = None
    """What is longer is not refused: only this much from its beginning is used."""
    min_frames_per_second: float | None = None
    max_frames_per_second: float | None = None
    above_frames_per_second: float | None = None
    """The frame rate has to be higher than this; no tolerance."""
    codecs: tuple[str, ...] = ()
    """Names as `InspectedMedia.codec` has them: `h264`, `h265`."""
    max_pages: int | None = None
    same_as: str | None = None
    """The path of the input that this one has to match; see `find_likeness_fault`."""


class InspectedMedia(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is, by its content.

    Measures that its kind does not have are 0; `pages` is also 0 where they can't be counted.
    Width and height are as shown: a turned picture or clip has its sides exchanged.
    """

    format: str
    """A name of `FORMATS`."""
    size_bytes: int
    width_pixels: int = 0
    height_pixels: int = 0
    is_animated: bool = False
    has_alpha: bool = False
    """Whether it has an alpha channel, opaque or not."""
    duration_seconds: float = 0.0
    frames_per_second: float = 0.0
    codec: str = ""
    """Of the picture track, or of the sound where there is no picture."""
    has_sound: bool = False
    pages: int = 0

    @property
    def kind(self) -> MediaKind:
        """Whether it is a picture, a clip, a sound or a document."""
        return FORMATS[self.format].kind

    @property
    def media_type(self) -> str:
        """Its MIME type."""
        return FORMATS[self.format].media_type
