"""A little of everything: a local file edited, its task asked for, listed and cancelled too late.

By the classic surface and by the new client. Arguments: a picture of this machine.
"""

import sys
from urllib.request import urlopen

from dashscope import Client, ImageSynthesis
from scenario import WRONG_KEY, describe_answer, describe_job, describe_output, tell

edited = ImageSynthesis.call(
    model="wan2.5-i2i-preview",
    prompt="make it night",
    images=[sys.argv[1]],
    n=1,
    size="768*768",
)
task_id = edited.output.task_id
with Client() as client, urlopen(edited.output.results[0].url) as picture:
    tell(
        {
            "edited": describe_output(edited),
            "bytes": picture.read().hex(),
            "fetched": describe_job(client.images.jobs.fetch(task_id)),
            "cancelled": describe_answer(ImageSynthesis.cancel(task_id)),
            "listed": [row["task_id"] for row in ImageSynthesis.list().output["data"]],
            "wrong_key": describe_answer(ImageSynthesis.fetch(task_id, api_key=WRONG_KEY)),
        }
    )
