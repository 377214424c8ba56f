"""A clip by the classic surface for asyncio: `AioVideoSynthesis`.

Arguments: a folder with `high one 花.png`.
"""

import asyncio
import sys
from pathlib import Path

from dashscope.aigc.video_synthesis import AioVideoSynthesis
from scenario import describe_film, tell

high = Path(sys.argv[1]) / "high one 花.png"


async def main() -> dict[str, object]:
    created = await AioVideoSynthesis.async_call(
        model="wan2.2-i2v-flash",
        prompt="it turns slowly",
        img_url=high.as_uri(),
        resolution="480P",
    )
    return {
        "created": describe_film(created),
        "waited": describe_film(await AioVideoSynthesis.wait(created)),
        "fetched": describe_film(await AioVideoSynthesis.fetch(created)),
    }


tell(asyncio.run(main()))
