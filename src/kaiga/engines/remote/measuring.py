"""Measures the files that servers send, makes those publishable that are not, and marks them."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from kaiga.domain.errors import EngineCrashed, TryLater
from kaiga.domain.media import recognise_media
from kaiga.domain.media_faults import MediaTrouble
from kaiga.domain.media_formats import FORMATS, MediaKind
from kaiga.domain.media_limits import InspectedMedia
from kaiga.ports.engine import MadeFile
from kaiga.ports.media_inspector import MediaInspector

Convert = Callable[[Path, Path, Path | None], Awaitable[None]]
"""Makes an MP4 file of another clip: from, to, and a PNG that goes to its lower left corner. Raises
`EngineCrashed` where that can't be done."""
_KINDS = {True: MediaKind.VIDEO, False: MediaKind.IMAGE}


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureFile:
    """Tells what a server's file really is: nothing that it says of it counts.

    Files lie in `folder` while they are measured; it is made where it is not there.
    """

    inspector: MediaInspector
    folder: Path
    convert: Convert

    async def __call__(self, content: bytes, *, is_clip: bool, mark: str = "") -> MadeFile:
        """Give the file with its measures; a clip that is no MP4 becomes one.

        `mark` is the text of the visible mark that it gets; empty, none.

        Raises:
            EngineCrashed: it is not what was asked for, or can't be read.
            TryLater: the folder takes no file, or the measuring program can't be started.
        """
        async with self._laid_out(content) as path:
            seen = await self._inspect(path)
            if FORMATS[seen.format].kind is not _KINDS[is_clip] and not seen.is_animated:
                raise _strange(f"it sent a file of the format {seen.format}")
            if is_clip and (mark or seen.format != "mp4"):
                content, seen = await self._convert(path, seen, mark)
        if recognise_media(content) is None:
            raise _strange(f"it sent a file of the format {seen.format}, which is not published")
        if mark and not is_clip:
            content = await asyncio.to_thread(_mark_picture, content, mark)
        return _measured(content, seen)

    async def describe(self, content: bytes) -> MadeFile:
        """Give a file as it is, of whatever kind; its measures are 0 where they can't be told."""
        try:
            async with self._laid_out(content) as path:
                seen = await self._inspect(path)
        except (EngineCrashed, TryLater):
            return MadeFile(content=content)
        return _measured(content, seen)

    async def _convert(
        self, path: Path, seen: InspectedMedia, mark: str
    ) -> tuple[bytes, InspectedMedia]:
        if not mark:
            return await self._make_mp4(path, None)
        overlay = await asyncio.to_thread(_make_overlay, mark, seen)
        async with self._laid_out(overlay) as drawn:
            return await self._make_mp4(path, drawn)

    async def _make_mp4(self, path: Path, overlay: Path | None) -> tuple[bytes, InspectedMedia]:
        target = path.with_name(f"{path.name}.mp4")
        try:
            await self.convert(path, target, overlay)
            return await asyncio.to_thread(target.read_bytes), await self._inspect(target)
        finally:
            target.unlink(missing_ok=True)

    async def _inspect(self, path: Path) -> InspectedMedia:
        seen = await self.inspector.inspect(path)
        if isinstance(seen, MediaTrouble):
            raise _strange(f"its file can't be used: {seen.detail}")
        return seen

    @asynccontextmanager
    async def _laid_out(self, content: bytes) -> AsyncGenerator[Path]:
        path = self.folder / f"made-{secrets.token_hex(8)}"
        try:
            try:
                await asyncio.to_thread(_write, path, content)
            except OSError as error:
                raise TryLater from error
            yield path
        finally:
            path.unlink(missing_ok=True)


def _measured(content: bytes, seen: InspectedMedia) -> MadeFile:
    return MadeFile(
        content=content,
        width_pixels=seen.width_pixels,
        height_pixels=seen.height_pixels,
        duration_seconds=seen.duration_seconds,
        frames_per_second=seen.frames_per_second,
    )


def _mark_picture(content: bytes, text: str) -> bytes:
    from kaiga.engines.remote.visible_mark import mark_picture  # noqa: PLC0415  many need none

    try:
        return mark_picture(content, text)
    except ValueError as error:
        raise EngineCrashed from ValueError(f"its picture can't be marked: {error}")


def _make_overlay(text: str, seen: InspectedMedia) -> bytes:
    from kaiga.engines.remote.visible_mark import make_overlay  # noqa: PLC0415  many need none

    return make_overlay(text, seen.width_pixels, seen.height_pixels)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(content)


def _strange(detail: str) -> EngineCrashed:
    error = EngineCrashed()
    error.__cause__ = ValueError(detail)
    return error
