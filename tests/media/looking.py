"""Has a file looked at, as the tests of the inspector do."""

from pathlib import Path

from kaiga.domain.media_faults import MediaTrouble
from kaiga.domain.media_rules import InspectedMedia
from kaiga.media.inspecting import ContentInspector
from media.clips import FFMPEG


async def inspect(path: Path, name: str = "") -> InspectedMedia | MediaTrouble:
    return await ContentInspector(ffmpeg=FFMPEG).inspect(path, name)


async def measure(path: Path, name: str = "") -> InspectedMedia:
    found = await inspect(path, name)
    assert isinstance(found, InspectedMedia), found
    return found


async def refuse(path: Path, name: str = "") -> MediaTrouble:
    found = await inspect(path, name)
    assert isinstance(found, MediaTrouble), found
    return found
