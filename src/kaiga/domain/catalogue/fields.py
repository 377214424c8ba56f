"""The shapes that a member of `input` or `parameters` can have, with their bounds and defaults.

`fault` is the text told when a field's own bound is broken, with `{...}` for what was asked and
what is allowed; where it is empty, the usual text of that shape is told (domain/validation).
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

MediaKind = Literal["image", "video", "audio", "document", "link"]
Scalar = str | int | float | bool


class _FieldBase(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"
):
    required: bool = False
    fault: str = ""


class TextField(_FieldBase, frozen=True, kw_only=True, tag="text"):
    """A string; what is past `max_length` is cut without an error, None cuts nothing.

    With `chinese_counts` 2, a Chinese character uses two of the length. A `pattern` that does not
    match is a fault.
    """

    max_length: int | None = None
    chinese_counts: int = 1
    default: str = ""
    pattern: str = ""


class IntegerField(_FieldBase, frozen=True, kw_only=True, tag="integer"):
    """A whole number in `minimum`..`maximum`, or one of `values`, or one of `special`.

    Without a default it is absent; a `drawn` one is drawn at submission instead, and so it is for
    a value of `draws`.
    """

    minimum: int | None = None
    maximum: int | None = None
    multiple_of: int = 1
    values: tuple[int, ...] = ()
    special: tuple[int, ...] = ()
    default: int | None = None
    drawn: bool = False
    draws: tuple[int, ...] = ()


class NumberField(_FieldBase, frozen=True, kw_only=True, tag="number"):
    """A number in `minimum`..`maximum`, None setting no bound."""

    minimum: float | None = None
    maximum: float | None = None
    default: float | None = None


class BooleanField(_FieldBase, frozen=True, kw_only=True, tag="boolean"):
    """A switch."""

    default: bool | None = None


class ChoiceField(_FieldBase, frozen=True, kw_only=True, tag="choice"):
    """One of a few strings; with `open`, others pass as well: the list is known to have gaps.

    `ignored` values count as absent: clients are known to send them (contract/clients.md, 5).
    """

    values: tuple[str, ...]
    default: str | None = None
    open: bool = False
    ignored: tuple[str, ...] = ()


class ListField(_FieldBase, frozen=True, kw_only=True, tag="list"):
    """A list whose items are all of one shape; what is past `cut_at` is left out without an error.

    `max_each` bounds how often a value may stand in it. `percent_member` is a member of every item
    that is a percentage, all of them adding up to 100.00%.
    """

    item: "Field"
    min_items: int = 0
    max_items: int | None = None
    cut_at: int | None = None
    max_each: Mapping[str, int] = {}
    percent_member: str = ""


class BoxField(_FieldBase, frozen=True, kw_only=True, tag="box"):
    """A box `[x1, y1, x2, y2]` in pixels of a picture, its upper left corner first."""


class ObjectField(_FieldBase, frozen=True, kw_only=True, tag="object"):
    """An object with known members; others are left alone."""

    members: Mapping[str, "Field"] = {}


class _SizeFieldBase(_FieldBase, frozen=True, kw_only=True):
    default: str = ""
    format_fault: str = ""
    """The text told of a size that is no `W*H`; empty for the usual one."""


class AreaSizeField(_SizeFieldBase, frozen=True, kw_only=True, tag="area_size"):
    """A size `W*H` bounded by its pixels in total and by width divided by height.

    A name of `tiers` may stand instead of it (`1K`, `2K`); which pixels that means, the model's
    size rule says.
    """

    min_pixels: int
    max_pixels: int
    min_ratio: tuple[int, int] | None = None
    """The narrowest shape as (width, height)."""
    max_ratio: tuple[int, int] | None = None
    """The widest shape as (width, height)."""
    tiers: tuple[str, ...] = ()
    recommended: Mapping[str, str] = {}


class SideSizeField(_SizeFieldBase, frozen=True, kw_only=True, tag="side_size"):
    """A size `W*H` whose sides are each in a range."""

    min_side: int
    max_side: int
    recommended: Mapping[str, str] = {}


class ListedSizeField(_SizeFieldBase, frozen=True, kw_only=True, tag="listed_size"):
    """A size `W*H` out of a list."""

    values: tuple[str, ...]


class MediaField(_FieldBase, frozen=True, kw_only=True, tag="media"):
    """One picture, clip or sound: a URL, an upload, or the bytes themselves.

    `role` is what it is to the engine; `limits` names the rules on the file, in media.toml.
    """

    kind: MediaKind
    role: str
    limits: str = ""


class MediaListField(_FieldBase, frozen=True, kw_only=True, tag="media_list"):
    """Several media of one role or, by `kinds`, of the role that the file's kind has.

    What is past `cut_at` is left out without an error.
    """

    kinds: Mapping[MediaKind, "ListedMedia"]
    min_items: int = 0
    max_items: int | None = None
    cut_at: int | None = None


class ListedMedia(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one kind of file in a list is to the engine, how many there may be, and its rules."""

    role: str
    limits: str = ""
    max_items: int | None = None


class TypedMediaField(_FieldBase, frozen=True, kw_only=True, tag="typed_media"):
    """A list of `{"type", "url"}`, by type."""

    types: Mapping[str, "MediaOfType"]


class MediaOfType(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many items of one type there may be, and what they are to the engine.

    With `voice_limits`, an item may name a voice as `reference_voice`.
    """

    kind: MediaKind
    role: str
    limits: str = ""
    min_items: int = 0
    max_items: int | None = None
    voice_limits: str = ""


class MessagesField(_FieldBase, frozen=True, kw_only=True, tag="messages"):
    """One message of role `user` whose content is exactly one text and some pictures.

    The text is cut as that of a `TextField` is.
    """

    max_length: int | None = None
    chinese_counts: int = 1
    min_images: int = 0
    max_images: int | None = None
    images_fault: str = ""
    limits: str = ""
    role: str = "image"


SizeField = AreaSizeField | SideSizeField | ListedSizeField
Field = (
    TextField
    | IntegerField
    | NumberField
    | BooleanField
    | ChoiceField
    | ListField
    | ObjectField
    | BoxField
    | AreaSizeField
    | SideSizeField
    | ListedSizeField
    | MediaField
    | MediaListField
    | TypedMediaField
    | MessagesField
)
