"""Pictures from messages by the new surface: at once with `generate`, as a task with `jobs`.

Arguments: a folder with `wide.png`.
"""

import sys

from dashscope import Client
from scenario import PROMPT, describe_job, tell

T2I, IMAGE = "wan2.6-t2i", "wan2.6-image"

with Client() as client:
    created = client.images.jobs.create(model=T2I, prompt=PROMPT, n=1, size="1280*1280")
    tell(
        {
            "at_once": describe_job(
                client.images.generate(model=T2I, prompt=PROMPT, n=2, size="960*1696")
            ),
            "edited": describe_job(
                client.images.generate(
                    model=IMAGE,
                    prompt="make it night",
                    image_urls=[f"{sys.argv[1]}/wide.png"],
                    n=1,
                    size="1280*960",
                )
            ),
            "created": describe_job(created),
            "waited": describe_job(client.images.jobs.wait(created)),
        }
    )
