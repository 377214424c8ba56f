"""Pictures, clips and sounds that a request brings: as files of a form, URLs or data URIs."""

import base64
from collections.abc import Mapping
from typing import cast

import msgspec

from kaiga.domain.catalogue.fields import MediaKind
from kaiga.domain.errors import ParameterRefused
from kaiga.domain.media_formats import recognise_format

_LONGEST_TEXT = 64 * 1024
"""A part of a form that is longer, and no file of a known kind, is not looked at as a text."""
_BY_URL: Mapping[str, MediaKind] = {
    "image_url": "image",
    "video_url": "video",
    "audio_url": "audio",
}
_KINDS: tuple[MediaKind, ...] = ("image", "video", "audio")

_decode = msgspec.json.Decoder().decode


class GivenMedium(msgspec.Struct, frozen=True, kw_only=True):
    """One medium: the parameter that brought it, its kind, and a URL or a data URI."""

    parameter: str
    kind: MediaKind
    uri: str


def read_media(parameter: str, value: object, usual: MediaKind) -> list[GivenMedium]:
    """Read what a parameter brings, one medium or a list of them.

    A file is told by its content. A text is an address, or such an object as JSON; what says
    nothing of its kind is `usual`.

    Raises:
        ParameterRefused: it is none of these.
    """
    if value is None or value == "":
        return []
    if isinstance(value, list):
        items = cast("list[object]", value)
        return [medium for item in items for medium in read_media(parameter, item, usual)]
    if isinstance(value, bytes):
        value = _read_part(parameter, value)
    match value:
        case GivenMedium():
            return [value]
        case str():
            return [GivenMedium(parameter=parameter, kind=_find_kind(value, usual), uri=value)]
        case dict():
            return [_read_object(parameter, cast("dict[str, object]", value))]
        case _:
            raise _refuse(parameter)


def _read_part(parameter: str, content: bytes) -> object:
    """Read a part of a form: the file that it is, or the text that it holds."""
    found = recognise_format(content)
    if found is not None and found.kind.value in _KINDS:
        kind = cast("MediaKind", found.kind.value)
        uri = f"data:{found.media_type};base64,{base64.b64encode(content).decode()}"
        return GivenMedium(parameter=parameter, kind=kind, uri=uri)
    try:
        text = content[:_LONGEST_TEXT].decode().strip()
    except UnicodeDecodeError:
        raise _refuse(parameter) from None
    if len(content) > _LONGEST_TEXT and not text.startswith("data:"):
        raise _refuse(parameter)
    if not text.startswith("{"):
        return content.decode("latin-1").strip()
    try:
        return _decode(text)
    except msgspec.DecodeError:
        raise _refuse(parameter) from None


def _read_object(parameter: str, given: dict[str, object]) -> GivenMedium:
    for name, kind in _BY_URL.items():
        url = given.get(name)
        if isinstance(url, dict):  # as chat messages write it
            url = cast("dict[str, object]", url).get("url")
        if isinstance(url, str) and url:
            return GivenMedium(parameter=parameter, kind=kind, uri=url)
    if "file_id" in given:
        raise ParameterRefused(
            parameter,
            f"{parameter}.file_id is not taken, since there is no store of files here. Give "
            "image_url instead, with an http, https, oss:// or data: address, or send the file.",
        )
    raise _refuse(parameter)


def _find_kind(uri: str, usual: MediaKind) -> MediaKind:
    for kind in _KINDS:
        if uri.startswith(f"data:{kind}/"):
            return kind
    return usual


def _refuse(parameter: str) -> ParameterRefused:
    return ParameterRefused(
        parameter,
        f"{parameter} must be a picture, a clip or a sound: the file in a form, or its http, "
        "https, oss:// or data: address.",
    )
