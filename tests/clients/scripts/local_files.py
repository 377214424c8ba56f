"""The classic surface, given files of this machine instead of addresses.

Arguments: a folder with `wide.png`, `high one 花.png` and `again/wide.png`.
"""

import asyncio
import sys
from pathlib import Path

from dashscope import ImageSynthesis
from dashscope.aigc.image_synthesis import AioImageSynthesis
from dashscope.common.error import InvalidInput, UploadFileException
from scenario import describe_output, tell

MODEL = "wan2.5-i2i-preview"
PROMPT = "make it night"
folder = Path(sys.argv[1])
wide, high, again = folder / "wide.png", folder / "high one 花.png", folder / "again/wide.png"


def edit(*images: str) -> dict[str, object]:
    answer = ImageSynthesis.call(model=MODEL, prompt=PROMPT, images=list(images), n=1)
    return describe_output(answer)


async def edit_in_a_loop(image: str) -> dict[str, object]:
    answer = await AioImageSynthesis.call(model=MODEL, prompt=PROMPT, images=[image], n=1)
    return describe_output(answer)


def refused(*images: str) -> str:
    try:
        edit(*images)
    except (InvalidInput, UploadFileException) as error:
        return f"{type(error).__name__}: {error}"
    return "taken"


tell(
    {
        "by_path": edit(str(wide)),
        "by_address": edit(high.as_uri()),
        "two": edit(str(wide), str(high)),
        "in_a_loop": asyncio.run(edit_in_a_loop(str(high))),
        "same_name": refused(str(wide), str(again)),
        "missing": refused((folder / "missing.png").as_uri()),
    }
)
