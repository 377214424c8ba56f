"""Checks of members that name media: which there are, and of which kind.

What the files themselves must be like is judged once they are at hand (domain/media_rules).
"""

from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit

from kaiga.domain.catalogue.fields import (
    ListedMedia,
    MediaField,
    MediaKind,
    MediaListField,
    MediaOfType,
    MessagesField,
    TypedMediaField,
)
from kaiga.domain.generation import MediaInput
from kaiga.domain.validation.faults import Fault, field_required, one_of, wrong_type
from kaiga.domain.validation.found import Found
from kaiga.domain.validation.scalars import cut_text

_MOST_ITEMS = 256
"""More items than any rule allows are not even looked at."""
_NO_CONTENT = "lack of image or text"

_KINDS: Mapping[str, MediaKind] = {"image": "image", "video": "video", "audio": "audio"}
_KINDS_BY_ENDING: Mapping[str, MediaKind] = {
    **dict.fromkeys(("mp4", "mov", "avi", "mkv", "webm"), "video"),
    **dict.fromkeys(("wav", "mp3", "aac", "m4a"), "audio"),
    **dict.fromkeys(("jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff", "gif"), "image"),
}


def check_media(path: str, field: MediaField, value: object, found: Found) -> None:
    """Take note of one medium."""
    url = _read_url(path, value)
    if url is None:
        if field.required:
            raise field_required(path)
        return
    found.counts[path] = 1
    found.media.append(
        MediaInput(role=field.role, member=path, kind=field.kind, limits=field.limits, url=url)
    )


def check_media_list(path: str, field: MediaListField, value: object, found: Found) -> None:
    """Take note of the media of a list."""
    items = _read_list(path, value)
    if not items:
        if field.required:
            raise field_required(path)
        return
    if field.cut_at is not None:
        items = items[: field.cut_at]
    found.counts[path] = len(items)
    _check_count(path, field, len(items))
    taken: dict[MediaKind, int] = {}
    for place, item in enumerate(items):
        member = f"{path}[{place}]"
        url = _read_url(member, item)
        if url is None:
            raise field_required(member)
        kind = _kind_of(url, field.kinds)
        taken[kind] = taken.get(kind, 0) + 1
        found.media.append(_listed_medium(member, kind, field.kinds[kind], url))
    for kind, count in taken.items():
        most = field.kinds[kind].max_items
        if most is not None and count > most:
            raise Fault(f"{path} supports at most {most} items of kind {kind}. Got {count}.")


def _check_count(path: str, field: MediaListField, count: int) -> None:
    most = field.max_items
    if count < field.min_items or (most is not None and count > most):
        raise Fault(
            field.fault.format(count=count, minimum=field.min_items, maximum=most)
            or f"{path} must contain {_show_range(field.min_items, most)} items. Got {count}."
        )


def _listed_medium(member: str, kind: MediaKind, listed: ListedMedia, url: str) -> MediaInput:
    return MediaInput(role=listed.role, member=member, kind=kind, limits=listed.limits, url=url)


def _kind_of(url: str, kinds: Mapping[MediaKind, ListedMedia]) -> MediaKind:
    """Tell which of a list's kinds an address is of: by its ending, else the list's first."""
    guessed = _guess_kind(url)
    return guessed if guessed is not None and guessed in kinds else next(iter(kinds))


def _guess_kind(url: str) -> MediaKind | None:
    """Tell the kind of a file from its address alone."""
    if url.startswith("data:"):
        family = url[len("data:") :].partition("/")[0].lower()
        return _KINDS.get(family)
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    return _KINDS_BY_ENDING.get(path.rpartition(".")[2].lower())


def check_typed_media(path: str, field: TypedMediaField, value: object, found: Found) -> None:
    """Take note of the items of typed media."""
    items = _read_list(path, value)
    if not items:
        if field.required:
            raise field_required(path)
        return
    found.counts[path] = len(items)
    for place, item in enumerate(items):
        _check_typed_item(path, place, field, item, found)
    for name, allowed in field.types.items():
        _check_type_count(path, name, allowed, found.counts.get(f"{path}.{name}", 0))


def _check_typed_item(
    path: str, place: int, field: TypedMediaField, item: object, found: Found
) -> None:
    member = f"{path}[{place}]"
    if not isinstance(item, dict):
        raise wrong_type(member, "dictionary")
    given = cast("dict[str, object]", item)
    name = given.get("type")
    allowed = field.types.get(name) if isinstance(name, str) else None
    if not isinstance(name, str) or allowed is None:
        raise Fault(f"Input should be {one_of(field.types)}: {member}.type")
    url = _read_url(f"{member}.url", given.get("url"))
    if url is None:
        raise field_required(f"{member}.url")
    found.counts[f"{path}.{name}"] = found.counts.get(f"{path}.{name}", 0) + 1
    found.media.append(
        MediaInput(
            role=allowed.role,
            member=f"{member}.url",
            kind=allowed.kind,
            limits=allowed.limits,
            url=url,
        )
    )
    if allowed.voice_limits:
        _check_voice(member, given, allowed, found)


def _check_voice(
    member: str, given: Mapping[str, object], allowed: MediaOfType, found: Found
) -> None:
    """Take note of an item's voice; one SDK spells the member in camel case."""
    spelled = next((n for n in ("reference_voice", "referenceVoice") if given.get(n)), None)
    if spelled is None:
        return
    url = _read_url(f"{member}.{spelled}", given[spelled])
    if url is not None:
        found.media.append(
            MediaInput(
                role="voice",
                member=f"{member}.{spelled}",
                kind="audio",
                limits=allowed.voice_limits,
                url=url,
            )
        )


def _check_type_count(path: str, name: str, allowed: MediaOfType, count: int) -> None:
    most = allowed.max_items
    if count < allowed.min_items or (most is not None and count > most):
        raise Fault(
            f"{path} must contain {_show_range(allowed.min_items, most)} items of type '{name}'. "
            f"Got {count}."
        )


def _show_range(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {least}"
    return f"{least}" if most == least else f"{least} to {most}"


def check_messages(path: str, field: MessagesField, value: object, found: Found) -> str:
    """Take note of the one message's pictures, and give its text."""
    if value is None:
        raise field_required(path)
    messages = _read_list(path, value)
    if not messages:
        raise Fault("No messages found in input")
    if len(messages) > 1:
        raise Fault("messages length only support 1")
    texts, images = _read_content(f"{path}[0]", messages[0])
    found.counts[path] = 1
    found.counts[f"{path}.image"] = len(images)
    most = field.max_images
    if len(images) < field.min_images or (most is not None and len(images) > most):
        raise Fault(_tell_images(field, len(images)))
    if not texts or not texts[0].strip():
        raise Fault(_NO_CONTENT)
    if len(texts) > 1:
        raise Fault(f"content must contain exactly one text. Got {len(texts)}: {path}[0].content")
    for member, url in images:
        found.media.append(
            MediaInput(role=field.role, member=member, kind="image", limits=field.limits, url=url)
        )
    return cut_text(texts[0], field.max_length, field.chinese_counts)


def _tell_images(field: MessagesField, count: int) -> str:
    if count < field.min_images and not field.images_fault:
        return _NO_CONTENT
    text = field.images_fault or "content length only support {length}"
    most = field.max_images
    return text.format(
        count=count,
        minimum=field.min_images,
        maximum=most,
        length=None if most is None else most + 1,
    )


def _read_content(member: str, message: object) -> tuple[list[str], list[tuple[str, str]]]:
    if not isinstance(message, dict):
        raise wrong_type(member, "dictionary")
    given = cast("dict[str, object]", message)
    if given.get("role") != "user":
        raise Fault(f"Input should be 'user': {member}.role")
    content = given.get("content")
    if isinstance(content, str):
        return [content], []
    texts: list[str] = []
    images: list[tuple[str, str]] = []
    for place, item in enumerate(_read_list(f"{member}.content", content)):
        _read_item(f"{member}.content[{place}]", item, texts, images)
    return texts, images


def _read_item(member: str, item: object, texts: list[str], images: list[tuple[str, str]]) -> None:
    if not isinstance(item, dict):
        raise wrong_type(member, "dictionary")
    given = cast("dict[str, object]", item)
    text, image = given.get("text"), given.get("image")
    if text is not None:
        if not isinstance(text, str):
            raise wrong_type(f"{member}.text", "string")
        texts.append(text)
    if image is not None:
        url = _read_url(f"{member}.image", image)
        if url is not None:
            images.append((f"{member}.image", url))


def _read_list(path: str, value: object) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise wrong_type(path, "list")
    items = cast("list[object]", value)
    if len(items) > _MOST_ITEMS:
        raise Fault(f"{path} has too many items. Got {len(items)}.")
    return items


def _read_url(path: str, value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise wrong_type(path, "string")
    return value
