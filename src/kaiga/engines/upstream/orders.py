"""The body that is sent upstream: the client's own, but for what the upstream can't reach."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from kaiga.domain.catalogue.model import Model, operation_of_name
from kaiga.domain.fetch_rules import is_public
from kaiga.domain.generation import MediaInput
from kaiga.domain.ids import TaskId
from kaiga.domain.media_formats import MediaKind
from kaiga.domain.media_inputs import (
    RemoteUrl,
    find_own_link,
    placeholder_of,
    read_media_reference,
)
from kaiga.domain.tasks import Task
from kaiga.engines.upstream.members import items_of, members_of
from kaiga.engines.upstream.uploads import Uploads
from kaiga.outgoing.resolving import Resolver
from kaiga.ports.engine import JobMedia

_MOST_BASE64_BYTES = 7 * 1024 * 1024
"""Of all files of an order together, before encoding; larger ones are uploaded (core.md, 11)."""

ReadBody = Callable[[TaskId], Awaitable[bytes]]
"""Gives the JSON body that a task came from, as it was recorded."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent: `operation` is the path after `/services/`, `model` the upstream's name."""

    model: str
    operation: str
    body: bytes
    is_async: bool
    resolves_uploads: bool


class OrderMaker:
    """Makes orders of recorded requests."""

    def __init__(self, read_body: ReadBody, uploads: Uploads, resolver: Resolver) -> None:
        self._read_body = read_body
        self._uploads = uploads
        self._resolver = resolver

    async def make(self, task: Task, model: Model, name: str, media: Sequence[JobMedia]) -> Order:
        """Make the order of a task whose inputs lie at `media`.

        Raises:
            NotSent, Unanswered, Refused: a file could not be uploaded.
            StoreUnavailable, ObjectsUnavailable: a store did not answer.
        """
        body = msgspec.json.decode(await self._read_body(task.id), type=dict[str, object])
        members = {**body, "model": name}
        operation = operation_of_name(task.operation)
        endpoints = model.list_endpoints(operation)
        generation = task.generation
        if generation is not None and any(
            "seed" in model.parameters_at(endpoint) for endpoint in endpoints
        ):
            members["parameters"] = {**members_of(body.get("parameters")), "seed": generation.seed}
        files = [] if generation is None else [m for m in generation.media if m.kind != "link"]
        replaced = await self._carry_all(name, files, media)
        return Order(
            model=name,
            operation=operation,
            body=await asyncio.to_thread(_write, members, replaced),
            is_async=any(each.mode == "async" for each in endpoints),
            resolves_uploads=any(each.startswith("oss://") for each in replaced.values()),
        )

    async def _carry_all(
        self, name: str, media: Sequence[MediaInput], files: Sequence[JobMedia]
    ) -> Mapping[str, str]:
        """Give what stands in the body for each medium that has to be brought along."""
        replaced: dict[str, str] = {}
        room = _MOST_BASE64_BYTES
        for medium, file in zip(media, files, strict=True):
            written = placeholder_of(medium.object_key) if medium.object_key else medium.url.strip()
            if written in replaced or await self._is_within_reach(medium):
                continue
            size = await asyncio.to_thread(_measure, file)
            if file.media_type.startswith("image/") and size <= room:
                room -= size
                replaced[written] = await asyncio.to_thread(_write_data_uri, file)
            else:
                replaced[written] = await self._uploads.upload(name, file)
        return replaced

    async def _is_within_reach(self, medium: MediaInput) -> bool:
        """Tell whether the upstream can fetch an input itself: it is public, and no link of ours.

        The real service's links look like ours; what such a link leads to is brought along too.
        """
        if medium.object_key is not None or find_own_link(medium.url) is not None:
            return False
        reference = read_media_reference(medium.url, MediaKind(medium.kind))
        if not isinstance(reference, RemoteUrl):
            return False
        parts = urlsplit(reference.url)
        try:
            addresses = await self._resolver.resolve(parts.hostname or "", parts.port or 443)
        except OSError:
            return True
        return all(is_public(ip_address(str(each))) for each in addresses)


def _measure(file: JobMedia) -> int:
    return Path(file.path).stat().st_size


def _write(members: Mapping[str, object], replaced: Mapping[str, str]) -> bytes:
    return msgspec.json.encode(_replace(members, replaced) if replaced else members)


def _replace(value: object, replaced: Mapping[str, str]) -> object:
    if isinstance(value, str):
        return replaced.get(value.strip(), value)
    if members := members_of(value):
        return {name: _replace(each, replaced) for name, each in members.items()}
    if items := items_of(value):
        return [_replace(each, replaced) for each in items]
    return value


def _write_data_uri(file: JobMedia) -> str:
    content = base64.b64encode(Path(file.path).read_bytes()).decode()
    return f"data:{file.media_type};base64,{content}"
