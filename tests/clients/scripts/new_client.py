"""The new surface: `dashscope.Client`."""

import sys

from dashscope import Client
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


def paint(client: Client) -> dict[str, object]:
    jobs = client.images.jobs
    called = client.images.generate(
        model=MODEL, prompt=REWRITTEN_PROMPT, n=2, size=WIDE_SIZE, seed=7
    )
    created = create(client)
    failing = create(client, TOO_SMALL_SIZE)
    return {
        "created": describe_job(created),
        "waited": describe_job(jobs.wait(created)),
        "fetched": describe_job(jobs.fetch(created.task_id)),
        "called": describe_job(called),
        "failed": refused(lambda: jobs.wait(failing)),
        "unknown": describe_job(jobs.fetch(UNKNOWN_TASK)),
        "wrong_key": refused(lambda: create(client, api_key=WRONG_KEY)),
        "unknown_model": refused(lambda: create(client, model=UNKNOWN_MODEL)),
        "late_cancel": refused(lambda: jobs.cancel(created.task_id)),
        "task_id": created.task_id,
        "listed": list_tasks(client, page_size=50),
        "listed_as_failed": list_tasks(client, status="FAILED", page_size=50),
        "failed_id": failing.task_id,
    }


def queue(client: Client) -> dict[str, object]:
    jobs = client.images.jobs
    created = create(client)
    waiting = jobs.fetch(created.task_id)
    jobs.cancel(created.task_id)
    return {
        "task_id": created.task_id,
        "waiting": describe_job(waiting),
        "cancelled": {"http_status": 200},
        "after": describe_job(jobs.fetch(created.task_id)),
        "listed_as_cancelled": list_tasks(client, status="CANCELED", page_size=50),
        "second_cancel": refused(lambda: jobs.cancel(created.task_id)),
    }


def create(client: Client, size: str = SIZE, **options: object):
    options = {"model": MODEL, "n": 1, "prompt_extend": False, **options}
    return client.images.jobs.create(prompt=PROMPT, size=size, **options)


def list_tasks(client: Client, **query: object) -> list[str]:
    return [job.task_id for job in client.images.jobs.list(**query).tasks]


def refused(call) -> dict[str, object]:
    try:
        call()
    except DashScopeError as error:
        return describe_error(error)
    return {"raised": None}


with Client() as client:
    tell(paint(client) if sys.argv[1] == "paint" else queue(client))
