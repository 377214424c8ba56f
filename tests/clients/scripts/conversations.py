"""Pictures at once by the classic surface: `dashscope.MultiModalConversation`.

Arguments: a folder with `wide.png`.
"""

import asyncio
import sys
from pathlib import Path

from dashscope import MultiModalConversation
from dashscope.aigc.multimodal_conversation import AioMultiModalConversation
from scenario import PROMPT, describe_answer, describe_choices, say, tell

wide = Path(sys.argv[1]) / "wide.png"


async def paint_in_a_loop() -> dict[str, object]:
    return describe_choices(
        await AioMultiModalConversation.call(
            model="z-image-turbo", messages=say({"text": PROMPT}), size="768*1024"
        )
    )


def paint(model: str, *content: dict[str, str], **parameters: object) -> dict[str, object]:
    answer = MultiModalConversation.call(model=model, messages=say(*content), **parameters)
    return describe_choices(answer)


def fail(**parameters: object) -> dict[str, object]:
    answer = MultiModalConversation.call(
        model="qwen-image", messages=say({"text": PROMPT}), size="1*1", **parameters
    )
    if parameters:
        (answer,) = answer
    return describe_answer(answer)


tell(
    {
        "painted": paint("qwen-image", {"text": PROMPT}, result_format="message", size="1472*1104"),
        "edited": paint(
            "qwen-image-edit", {"image": wide.as_uri()}, {"text": "make it night"}, stream=False
        ),
        "turbo": paint("z-image-turbo", {"text": PROMPT}, size="1024*768", prompt_extend=False),
        "in_a_loop": asyncio.run(paint_in_a_loop()),
        "refused": fail(),
    }
)
