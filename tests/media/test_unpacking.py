"""Base64 becomes a file, without holding up everybody else."""

import asyncio
import base64
import os
from pathlib import Path

import pytest

from kaiga.domain.media_faults import MediaProblem, MediaTrouble
from kaiga.domain.media_inputs import InlineMedia
from kaiga.media.fetching import HttpxFetcher
from kaiga.ports.media_fetcher import LocalFile
from media.origins import names_in, sizes_in

PREFIX = "data:image/png;base64,"


async def unpack(text: str, folder: Path, limit: int = 10**9) -> LocalFile | MediaTrouble:
    inline = InlineMedia(text=PREFIX + text, start=len(PREFIX))
    return await HttpxFetcher().unpack(inline, folder, limit)


async def test_base64_becomes_a_file_of_its_bytes(folder: Path):
    content = os.urandom(100_000)

    found = await unpack(base64.encodebytes(content).decode(), folder)

    assert isinstance(found, LocalFile)
    assert found.path.read_bytes() == content
    assert found.size_bytes == len(content)


@pytest.mark.parametrize("text", ["", "====", "AA*A", "A", "图片图片"])
async def test_broken_base64_leaves_nothing(folder: Path, text: str):
    found = await unpack(text, folder)

    assert isinstance(found, MediaTrouble)
    assert found.problem is MediaProblem.BASE64_BROKEN
    assert names_in(folder) == []


async def test_base64_of_more_than_the_limit_leaves_nothing(folder: Path):
    text = base64.b64encode(b"x" * 1001).decode()

    found = await unpack(text, folder, limit=1000)

    assert isinstance(found, MediaTrouble)
    assert found.problem is MediaProblem.BYTES
    assert names_in(folder) == []
    assert isinstance(await unpack(text, folder, limit=1001), LocalFile)


async def test_others_go_on_while_forty_megabytes_are_unpacked(folder: Path):
    """Who has turns on the loop meanwhile sees the file grow, and not only begin and end."""
    text = "iVBORw0KGgo" + "A" * 40_000_001
    work = asyncio.create_task(unpack(text, folder))

    seen: set[int] = set()
    while not work.done():
        await asyncio.sleep(0)
        seen.update(sizes_in(folder))

    found = await work
    assert isinstance(found, LocalFile)
    assert found.size_bytes == 30_000_009
    assert len(seen - {0, found.size_bytes}) >= 3


async def test_a_cancelled_unpacking_leaves_nothing(folder: Path):
    work = asyncio.create_task(unpack("A" * 40_000_000, folder))
    await asyncio.sleep(0)
    assert names_in(folder) != []

    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    assert names_in(folder) == []
