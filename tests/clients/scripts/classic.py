"""The classic surface: `dashscope.ImageSynthesis`."""

import sys

from dashscope import ImageSynthesis
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


def create(size: str = SIZE, **options: object):
    options = {"model": MODEL, "n": 1, "prompt_extend": False, **options}
    return ImageSynthesis.async_call(prompt=PROMPT, size=size, **options)


def paint() -> dict[str, object]:
    called = ImageSynthesis.call(model=MODEL, prompt=REWRITTEN_PROMPT, n=2, size=WIDE_SIZE, seed=7)
    created = create()
    failing = create(TOO_SMALL_SIZE)
    task_id = created.output.task_id
    return {
        "created": describe_output(created),
        "waited": describe_output(ImageSynthesis.wait(created)),
        "fetched": describe_output(ImageSynthesis.fetch(task_id)),
        "called": describe_output(called),
        "failed": describe_output(ImageSynthesis.wait(failing.output.task_id)),
        "unknown": describe_output(ImageSynthesis.fetch(UNKNOWN_TASK)),
        "wrong_key": describe_answer(create(api_key=WRONG_KEY)),
        "unknown_model": describe_answer(create(model=UNKNOWN_MODEL)),
        "late_cancel": describe_answer(ImageSynthesis.cancel(task_id)),
        "task_id": task_id,
        "listed": list_tasks(page_size=50),
        "listed_as_failed": list_tasks(status="FAILED", page_size=50),
        "failed_id": failing.output.task_id,
    }


def queue() -> dict[str, object]:
    created = create()
    task_id = created.output.task_id
    waiting = ImageSynthesis.fetch(created)
    cancelled = ImageSynthesis.cancel(created)
    return {
        "task_id": task_id,
        "waiting": describe_output(waiting),
        "cancelled": describe_answer(cancelled),
        "after": describe_output(ImageSynthesis.wait(created)),
        "listed_as_cancelled": list_tasks(status="CANCELED", page_size=50),
        "second_cancel": describe_answer(ImageSynthesis.cancel(task_id)),
    }


def list_tasks(**query: object) -> list[str]:
    return [row["task_id"] for row in ImageSynthesis.list(**query).output["data"]]


tell(paint() if sys.argv[1] == "paint" else queue())
