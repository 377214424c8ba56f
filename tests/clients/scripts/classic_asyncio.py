"""The classic surface for asyncio: `AioImageSynthesis`."""

import asyncio
import sys

from dashscope.aigc.image_synthesis import AioImageSynthesis
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
    describe_answer,
    describe_output,
    tell,
)


async def create(size: str = SIZE, **options: object):
    options = {"model": MODEL, "n": 1, "prompt_extend": False, **options}
    return await AioImageSynthesis.async_call(prompt=PROMPT, size=size, **options)


async def paint() -> dict[str, object]:
    called = await AioImageSynthesis.call(
        model=MODEL, prompt=REWRITTEN_PROMPT, n=2, size=WIDE_SIZE, seed=7
    )
    created = await create()
    failing = await create(TOO_SMALL_SIZE)
    task_id = created.output["task_id"]
    return {
        "created": describe_output(created),
        "waited": describe_output(await AioImageSynthesis.wait(created)),
        "fetched": describe_output(await AioImageSynthesis.fetch(task_id)),
        "called": describe_output(called),
        "failed": describe_output(await AioImageSynthesis.wait(failing.output["task_id"])),
        "unknown": describe_output(await AioImageSynthesis.fetch(UNKNOWN_TASK)),
        "wrong_key": describe_answer(await create(api_key=WRONG_KEY)),
        "unknown_model": describe_answer(await create(model=UNKNOWN_MODEL)),
        "late_cancel": describe_answer(await AioImageSynthesis.cancel(task_id)),
        "task_id": task_id,
        "listed": await list_tasks(page_size=50),
        "listed_as_failed": await list_tasks(status="FAILED", page_size=50),
        "failed_id": failing.output["task_id"],
    }


async def queue() -> dict[str, object]:
    created = await create()
    task_id = created.output["task_id"]
    waiting = await AioImageSynthesis.fetch(created)
    cancelled = await AioImageSynthesis.cancel(created)
    return {
        "task_id": task_id,
        "waiting": describe_output(waiting),
        "cancelled": describe_answer(cancelled),
        "after": describe_output(await AioImageSynthesis.fetch(created)),
        "listed_as_cancelled": await list_tasks(status="CANCELED", page_size=50),
        "second_cancel": describe_answer(await AioImageSynthesis.cancel(task_id)),
    }


async def list_tasks(**query: object) -> list[str]:
    answer = await AioImageSynthesis.list(**query)
    return [row["task_id"] for row in answer.output["data"]]


tell(asyncio.run(paint() if sys.argv[1] == "paint" else queue()))
