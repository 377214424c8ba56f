"""A task that somebody else has created, as the classic surface and the new one show it.

Arguments: the task's id.
"""

import sys

from dashscope import Client, ImageSynthesis
from scenario import describe_job, tell

answer = ImageSynthesis.fetch(sys.argv[1])
with Client() as client:
    job = client.images.jobs.fetch(sys.argv[1])
    tell(
        {
            "classic": [dict(result) for result in answer.output.results],
            "metrics": dict(answer.output.task_metrics),
            "new": describe_job(job),
        }
    )
