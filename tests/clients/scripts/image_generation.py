"""Pictures from messages by the classic surface: `dashscope.aigc.image_generation`.

Arguments: a folder with `wide.png`.
"""

import asyncio
import sys
from pathlib import Path

from dashscope.aigc.image_generation import AioImageGeneration, ImageGeneration
from scenario import PROMPT, describe_answer, describe_choices, say, tell

wide = Path(sys.argv[1]) / "wide.png"
T2I, IMAGE = "wan2.6-t2i", "wan2.6-image"
TALE = say({"text": "a tale of a fox, with pictures"})


def paint_later() -> dict[str, object]:
    created = ImageGeneration.async_call(
        model=T2I, messages=say({"text": PROMPT}), n=2, size="1280*1280"
    )
    return {
        "created": dict(created.output),
        "waited": describe_choices(ImageGeneration.wait(created)),
        "fetched": describe_choices(ImageGeneration.fetch(created.output.task_id)),
        "late_cancel": describe_answer(ImageGeneration.cancel(created)),
        "task_id": created.output.task_id,
        "listed": [row["task_id"] for row in ImageGeneration.list(model_name=T2I).output["data"]],
    }


def stream(**parameters: object) -> list[dict[str, object]]:
    parts = ImageGeneration.call(model=IMAGE, messages=TALE, stream=True, **parameters)
    return [describe_choices(part) if part.output else describe_answer(part) for part in parts]


async def paint_in_a_loop() -> dict[str, object]:
    created = await AioImageGeneration.async_call(
        model=T2I, messages=say({"text": PROMPT}), n=1, size="1280*1280"
    )
    return describe_choices(await AioImageGeneration.wait(created))


tell(
    {
        "at_once": describe_choices(
            ImageGeneration.call(model=T2I, messages=say({"text": PROMPT}), n=1, size="960*1696")
        ),
        "edited": describe_choices(
            ImageGeneration.call(
                model=IMAGE,
                messages=say({"text": "make it night"}, {"image": wide.as_uri()}),
                n=1,
                size="1280*960",
            )
        ),
        "tale": stream(enable_interleave=True, max_images=2, size="1280*1280"),
        "refused_tale": stream(enable_interleave=True, max_images=99),
        "in_a_loop": asyncio.run(paint_in_a_loop()),
        **paint_later(),
    }
)
