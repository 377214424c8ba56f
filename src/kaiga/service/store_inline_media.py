"""Takes media out of a request: what came as base64 becomes an object, and the row stays small."""

import asyncio
from dataclasses import dataclass

import msgspec

from kaiga.domain.generation import Generation, MediaInput
from kaiga.domain.ids import AccountId, TaskId
from kaiga.domain.media_formats import MediaKind
from kaiga.domain.media_inputs import InlineMedia as Inline
from kaiga.domain.media_inputs import decode_inline, read_media_reference
from kaiga.domain.tasks import StoredInput, input_object_key
from kaiga.ports.object_store import ObjectStore

_PLACEHOLDER = "kaiga-object:"
_OF_NO_KNOWN_TYPE = "application/octet-stream"


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

        What is written like base64 and is none stays where it is; the task tells of it when it
        runs.

        Raises:
            ObjectsUnavailable: the object store did not take them.
        """
        media: list[MediaInput] = []
        inputs: list[StoredInput] = []
        for medium in generation.media:
            found = _read_inline(medium)
            content = await asyncio.to_thread(decode_inline, found) if found else None
            if found is None or not isinstance(content, bytes):
                media.append(medium)
                continue
            key = input_object_key(account, task_id, len(inputs))
            await self.objects.put(key, content)
            inputs.append(
                StoredInput(
                    member=medium.member,
                    object_key=key,
                    media_type=found.media_type or _OF_NO_KNOWN_TYPE,
                    size_bytes=len(content),
                )
            )
            written = medium.url.encode()
            request = await asyncio.to_thread(
                request.replace, written, f"{_PLACEHOLDER}{key}".encode()
            )
            media.append(
                msgspec.structs.replace(medium, url="", object_key=key, size_bytes=len(content))
            )
        if not inputs:
            return InlineMedia(generation=generation, request=request, inputs=())
        return InlineMedia(
            generation=msgspec.structs.replace(generation, media=tuple(media)),
            request=request,
            inputs=tuple(inputs),
        )


def _read_inline(medium: MediaInput) -> Inline | None:
    if medium.kind == "link":
        return None
    found = read_media_reference(medium.url, MediaKind(medium.kind))
    return found if isinstance(found, Inline) else None
