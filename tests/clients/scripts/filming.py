"""Clips by the classic surface: `dashscope.VideoSynthesis`, with files of this machine.

Arguments: a folder with `high one 花.png` and `wide.png`.
"""

import sys
from pathlib import Path

from dashscope import VideoSynthesis
from scenario import PROMPT, describe_answer, describe_film, tell

folder = Path(sys.argv[1])
high, wide = folder / "high one 花.png", folder / "wide.png"


def film_a_change() -> dict[str, object]:
    created = VideoSynthesis.async_call(
        model="wan2.2-kf2v-flash",
        prompt="one becomes the other",
        first_frame_url=wide.as_uri(),
        last_frame_url=high.as_uri(),
        resolution="480P",
        negative_prompt="people",
    )
    task_id = created.output.task_id
    return {
        "created": describe_film(created),
        "between": describe_film(VideoSynthesis.wait(created)),
        "fetched": describe_film(VideoSynthesis.fetch(task_id)),
        "late_cancel": describe_answer(VideoSynthesis.cancel(task_id)),
        "task_id": task_id,
        "listed": [
            row["task_id"]
            for row in VideoSynthesis.list(model_name="wan2.2-kf2v-flash").output["data"]
        ],
    }


tell(
    {
        "from_words": describe_film(
            VideoSynthesis.call(model="wan2.2-t2v-plus", prompt=PROMPT, size="480*832", seed=7)
        ),
        "from_a_picture": describe_film(
            VideoSynthesis.call(
                model="wan2.2-i2v-flash",
                prompt="it turns slowly",
                img_url=high.as_uri(),
                resolution="480P",
            )
        ),
        **film_a_change(),
    }
)
