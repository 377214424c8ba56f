"""The new surface for asyncio: `dashscope.AsyncClient`."""

import asyncio
import sys

from dashscope import AsyncClient
from dashscope.v2.errors import DashScopeError
from scenario import (
    MODEL,
    PROMPT,
    REWRITTEN_PROMPT,
    SIZE,
    TOO_SMALL_SIZE,
    UNKNOWN_MODEL,
    UNKNOWN_TASK,
    WIDE_SIZE,
    WRONG_KEY,
    describe_error,
    describe_job,
    tell,
)


async def paint(client: AsyncClient) -> dict[str, object]:
    jobs = client.images.jobs
    called = await client.images.generate(
        model=MODEL, prompt=REWRITTEN_PROMPT, n=2, size=WIDE_SIZE, seed=7
    )
    created = await create(client)
    failing = await create(client, TOO_SMALL_SIZE)
    return {
        "created": describe_job(created),
        "waited": describe_job(await jobs.wait(created)),
        "fetched": describe_job(await jobs.fetch(created.task_id)),
        "called": describe_job(called),
        "failed": await refused(jobs.wait(failing)),
        "unknown": describe_job(await jobs.fetch(UNKNOWN_TASK)),
        "wrong_key": await refused(create(client, api_key=WRONG_KEY)),
        "unknown_model": await refused(create(client, model=UNKNOWN_MODEL)),
        "late_cancel": await refused(jobs.cancel(created.task_id)),
        "task_id": created.task_id,
        "listed": await list_tasks(client, page_size=50),
        "listed_as_failed": await list_tasks(client, status="FAILED", page_size=50),
        "failed_id": failing.task_id,
    }


async def queue(client: AsyncClient) -> dict[str, object]:
    jobs = client.images.jobs
    created = await create(client)
    waiting = await jobs.fetch(created.task_id)
    await jobs.cancel(created.task_id)
    return {
        "task_id": created.task_id,
        "waiting": describe_job(waiting),
        "cancelled": {"http_status": 200},
        "after": describe_job(await jobs.fetch(created.task_id)),
        "listed_as_cancelled": await list_tasks(client, status="CANCELED", page_size=50),
        "second_cancel": await refused(jobs.cancel(created.task_id)),
    }


async def create(client: AsyncClient, size: str = SIZE, **options: object):
    options = {"model": MODEL, "n": 1, "prompt_extend": False, **options}
    return await client.images.jobs.create(prompt=PROMPT, size=size, **options)


async def list_tasks(client: AsyncClient, **query: object) -> list[str]:
    page = await client.images.jobs.list(**query)
    return [job.task_id for job in page.tasks]


async def refused(call) -> dict[str, object]:
    try:
        await call
    except DashScopeError as error:
        return describe_error(error)
    return {"raised": None}


async def main() -> None:
    async with AsyncClient() as client:
        tell(await (paint(client) if sys.argv[1] == "paint" else queue(client)))


asyncio.run(main())
