"""Writes new files into a caller's folder, whole or not at all."""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from kaiga.domain.errors import TryLater
from kaiga.ports.media_fetcher import LocalFile

_GATHERED_BYTES = 1024 * 1024
_MODE = "xb"
"""Never a file that is there already."""


class Draft:
    """A file that is being written; the disk is waited for in a thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Opened at once: a cancellation could lose a file that is opened in a thread.
        self._file = path.open(_MODE)
        self._gathered = bytearray()
        self.size_bytes = 0

    def write_now(self, content: bytes) -> None:
        """Add to the end, from a thread; nothing may have been added with `write`."""
        self.size_bytes += len(content)
        self._file.write(content)

    async def write(self, content: bytes) -> None:
        """Add to the end."""
        self.size_bytes += len(content)
        self._gathered += content
        if len(self._gathered) >= _GATHERED_BYTES:
            await self._flush()

    async def finish(self) -> LocalFile:
        """Close the file, with all of it written."""
        await self._flush()
        await asyncio.to_thread(self._file.close)
        return LocalFile(path=self._path, size_bytes=self.size_bytes)

    def discard(self) -> None:
        """Remove the file; does nothing more after `finish` but that.

        A write that still runs in a thread holds the file's own lock, so closing waits for it.
        """
        try:
            self._file.close()
        finally:
            self._path.unlink(missing_ok=True)

    async def _flush(self) -> None:
        written, self._gathered = self._gathered, bytearray()
        await asyncio.to_thread(self._file.write, written)


@asynccontextmanager
async def new_draft(folder: Path) -> AsyncGenerator[Draft]:
    """Give a draft of a name of our own; leaving with any exception removes it.

    Raises:
        TryLater: the folder takes no file, or the disk is full.
    """
    try:
        draft = Draft(folder / f"input-{secrets.token_hex(8)}")
        try:
            yield draft
        except BaseException:
            draft.discard()
            raise
    except OSError as error:
        raise TryLater from error
