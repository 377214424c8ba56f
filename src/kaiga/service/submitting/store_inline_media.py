"""Takes media out of a request: what came as base64 becomes an object, and the row stays small."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from kaiga.domain.generation import Generation, MediaInput
from kaiga.domain.ids import AccountId, ObjectKey, TaskId
from kaiga.domain.media_formats import MediaKind
from kaiga.domain.media_inputs import (
    LONGEST_URL,
    decode_inline,
    placeholder_of,
    read_media_reference,
)
from kaiga.domain.media_inputs import InlineMedia as Inline
from kaiga.domain.tasks import StoredInput, input_object_key
from kaiga.ports.object_store import ObjectStore

OF_NO_KNOWN_TYPE = "application/octet-stream"
"""What Base64 without a prefix is recorded as."""
_CUT = "...cut"
"""Ends a text that was shortened; it is in no alphabet of base64 and makes no URL of one."""
_SPELLINGS = (("/", "/"), ("/", "\\/"), ("+", "\\u002B"), ("=", "\\u003d"))
"""A sign of base64, and how it is written: as it is, by PHP, by .NET, by Gson."""


class InlineMedia(msgspec.Struct, frozen=True, kw_only=True):
    """An order whose media all lie outside it: the generation, the request, and what was stored."""

    generation: Generation
    request: bytes
    inputs: tuple[StoredInput, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreInlineMedia:
    """The step between an order's check and its record."""

    objects: ObjectStore

    async def __call__(
        self, account: AccountId, task_id: TaskId, generation: Generation, request: bytes
    ) -> InlineMedia:
        """Store every medium that came inside the request, and name its object in its place.

        What is written like base64 and is none, or is no address of any form, stays; the task
        tells of it when it runs. Of a long one only the beginning stays with the task, since it
        is read with it by every poll.

        Raises:
            ObjectsUnavailable: the object store did not take them.
        """
        media: list[MediaInput] = []
        inputs: list[StoredInput] = []
        stored: dict[str, ObjectKey] = {}
        for medium in generation.media:
            found = _read_inline(medium)
            content = await asyncio.to_thread(decode_inline, found) if found else None
            if found is None or not isinstance(content, bytes):
                media.append(_shorten(medium))
                continue
            key = input_object_key(account, task_id, len(inputs))
            await self.objects.put(key, content)
            inputs.append(
                StoredInput(
                    member=medium.member,
                    object_key=key,
                    media_type=found.media_type or OF_NO_KNOWN_TYPE,
                    size_bytes=len(content),
                )
            )
            stored[medium.url] = key
            media.append(
                msgspec.structs.replace(medium, url="", object_key=key, size_bytes=len(content))
            )
        return InlineMedia(
            generation=msgspec.structs.replace(generation, media=tuple(media)),
            request=await asyncio.to_thread(_name_objects, request, stored),
            inputs=tuple(inputs),
        )


def name_object(key: ObjectKey) -> bytes:
    """Write the JSON string that stands in a request where a medium was."""
    return f'"{placeholder_of(key)}"'.encode()


def _read_inline(medium: MediaInput) -> Inline | None:
    if medium.kind == "link":
        return None
    found = read_media_reference(medium.url, MediaKind(medium.kind))
    return found if isinstance(found, Inline) else None


def _shorten(medium: MediaInput) -> MediaInput:
    if len(medium.url) <= LONGEST_URL:
        return medium
    return msgspec.structs.replace(medium, url=medium.url[: LONGEST_URL + 1] + _CUT)


def _name_objects(request: bytes, stored: Mapping[str, ObjectKey]) -> bytes:
    """Write the names of objects where the strings were that they were made from.

    A spelling that no known client has stays as it is; the request is then large, and no worse.
    """
    for text, key in stored.items():
        named = name_object(key)
        for sign, escaped in _SPELLINGS:
            written = f'"{text.replace(sign, escaped)}"'.encode()
            if written in request:
                request = request.replace(written, named)
                break
    return request
