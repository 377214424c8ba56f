"""Takes one file of a client: checks its form, stores the file, and records it."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kaiga.domain.errors import (
    FormIncomplete,
    ObjectsUnavailable,
    PolicyExpired,
    SignatureWrong,
    UploadExists,
    UploadTooLarge,
)
from kaiga.domain.lifetimes import UPLOAD_LIFETIME
from kaiga.domain.uploads import (
    UploadPolicy,
    check_form,
    find_policy,
    is_policy_signature_right,
    upload_object_key,
)
from kaiga.ports.clock import Calendar
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.upload_store import Upload, UploadStore
from kaiga.service.links.link_keys import LinkKeys

REQUIRED_FIELDS = ("key", "policy", "signature", "ossaccesskeyid")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeUpload:
    """The use case. A file lies below `folder` while it arrives, and never longer.

    The object is durable before the row, and the row before the answer: what a crash leaves
    between is an object that nothing names, and the sweep removes it.
    """

    keys: LinkKeys
    uploads: UploadStore
    objects: ObjectStore
    calendar: Calendar
    max_bytes: int
    folder: Path

    async def __call__(self, form: Mapping[str, str], content: AsyncIterator[bytes]) -> None:
        """Store a file; on return it is there for `UPLOAD_LIFETIME`.

        `form` has the fields by their names in lower case. `content` is read to its end before
        anything is stored, and what it raises ends the call.

        Raises:
            UploadRefused, SignatureWrong: the form stores nothing.
            StoreUnavailable, ObjectsUnavailable: nothing was stored that anybody could name.
        """
        policy = self._open_policy(form)
        check_form(policy, form)
        if await self.uploads.find_upload(policy.account, form["key"]) is not None:
            raise UploadExists
        limit = min(policy.max_bytes, self.max_bytes)
        async with self._spool(content, limit) as (path, size_bytes):
            await self._store(policy, form["key"], path, size_bytes)

    def _open_policy(self, form: Mapping[str, str]) -> UploadPolicy:
        for name in REQUIRED_FIELDS:
            if not form.get(name):
                raise FormIncomplete(_AS_DOCUMENTED.get(name, name))
        key, text = self.keys.find(form["ossaccesskeyid"]), form["policy"]
        if key is None or not is_policy_signature_right(key, text, form["signature"]):
            raise SignatureWrong
        policy = find_policy(text)
        if policy is None:
            raise SignatureWrong
        if self.calendar.now(policy.account) >= policy.expires_at:
            raise PolicyExpired
        return policy

    @contextlib.asynccontextmanager
    async def _spool(
        self, content: AsyncIterator[bytes], limit_bytes: int
    ) -> AsyncGenerator[tuple[Path, int]]:
        """Write what arrives to a file of its own, which is gone after the block."""
        path = self.folder / secrets.token_hex(16)
        try:
            size_bytes = await _write(path, content, limit_bytes)
            yield path, size_bytes
        finally:
            with contextlib.suppress(OSError):  # what stays is removed at the next start
                await asyncio.to_thread(path.unlink, missing_ok=True)

    async def _store(self, policy: UploadPolicy, key: str, path: Path, size_bytes: int) -> None:
        object_key = upload_object_key(policy.account, path.name)
        await self.objects.put_file(object_key, path)
        now = self.calendar.now(policy.account)
        is_new = await self.uploads.add_upload(
            Upload(
                key=key,
                account=policy.account,
                model=policy.model,
                object_key=object_key,
                size_bytes=size_bytes,
                uploaded_at=now,
                expires_at=now + UPLOAD_LIFETIME,
            )
        )
        if not is_new:
            await self.objects.delete([object_key])
            raise UploadExists


_AS_DOCUMENTED: Mapping[str, str] = {
    "signature": "Signature",
    "ossaccesskeyid": "OSSAccessKeyId",
}


async def _write(path: Path, content: AsyncIterator[bytes], limit_bytes: int) -> int:
    """Write bytes as they come; gives how many there were.

    Raises:
        UploadTooLarge: they are more than `limit_bytes`.
        ObjectsUnavailable: the disk does not take them.
    """
    size_bytes = 0
    try:
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        with path.open("xb") as file:  # each part is written in a thread
            async for part in content:
                size_bytes += len(part)
                if size_bytes > limit_bytes:
                    raise UploadTooLarge(limit_bytes)
                await asyncio.to_thread(file.write, part)
    except OSError as error:
        raise ObjectsUnavailable from error
    return size_bytes
