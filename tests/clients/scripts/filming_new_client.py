"""Clips by the new surface: `Client.videos`, and `AsyncClient.videos` for what is quick.

Arguments: a folder with `high one 花.png`; the address of a server where every task waits.
"""

import asyncio
import sys
from pathlib import Path

from dashscope import AsyncClient, Client
from scenario import tell

high = Path(sys.argv[1]) / "high one 花.png"
MODEL = "wan2.2-i2v-flash"


def describe(job) -> dict[str, object]:
    usage = job.usage.model_dump(exclude_none=True) if job.usage else None
    return {"status": job.status, "url": job.video_url, "usage": usage}


async def queue(base_url: str) -> dict[str, object]:
    async with AsyncClient(base_url=base_url) as client:
        jobs = client.videos.jobs
        created = await jobs.create(model="wan2.2-t2v-plus", prompt="a kite", size="832*480")
        await jobs.cancel(created.task_id)
        page = await jobs.list(model_name="wan2.2-t2v-plus", page_size=50)
        return {
            "created": describe(created),
            "after": describe(await jobs.fetch(created.task_id)),
            "task_id": created.task_id,
            "listed": [job.task_id for job in page.tasks],
        }


with Client() as client:
    filmed = client.videos.generate(
        model=MODEL, prompt="it turns slowly", image_url=str(high), resolution="480P"
    )
    tell({"filmed": describe(filmed), "queued": asyncio.run(queue(sys.argv[2]))})
