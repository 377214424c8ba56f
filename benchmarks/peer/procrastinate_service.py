"""The same service on a durable queue: FastAPI, procrastinate and PostgreSQL.

Its paths and bodies are those of Kaiga's create and query calls, so that the same load meets
both. It is written the way the projects' own guides advise: `async def` routes, one pool of
psycopg connections (its binary form, which is the fast one), uvicorn[standard] without an access
log. PostgreSQL syncs each commit, its default, so a create is durable when it is answered.

What it lacks beside Kaiga is left out in its favour: no owner per task, no results (procrastinate
keeps none), no list, and ids that anybody can guess.
"""

import contextlib
import os
import time
from collections.abc import AsyncGenerator
from typing import Annotated, Any

from fastapi import FastAPI, Header, Path
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import NoResult
from shapes import Answer, CreateRequest, Output, check_key, make_answer

POOL_SIZE = 16

queue = App(
    connector=PsycopgConnector(
        conninfo=os.environ["PEER_DATABASE_URL"], min_size=POOL_SIZE, max_size=POOL_SIZE
    )
)

STATUSES = {
    "todo": "PENDING",
    "doing": "RUNNING",
    "succeeded": "SUCCEEDED",
    "failed": "FAILED",
    "cancelled": "CANCELED",
    "aborting": "RUNNING",
    "aborted": "CANCELED",
}


@queue.task(name="paint")
def paint(request: dict[str, Any]) -> None:
    """Make nothing, at once or in the seconds asked for."""
    time.sleep(request["parameters"]["seconds"])


@contextlib.asynccontextmanager
async def keep_open(_: FastAPI) -> AsyncGenerator[None]:
    """Hold the pool of connections for as long as the service runs."""
    async with queue.open_async():
        yield


app = FastAPI(lifespan=keep_open)


@app.get("/healthz")
async def tell_health() -> dict[str, str]:
    """Answer without any work: the hello route."""
    return {"status": "ok"}


@app.post("/api/v1/services/aigc/text2image/image-synthesis", response_model_exclude_none=True)
async def create_task(request: CreateRequest, authorization: Annotated[str, Header()]) -> Answer:
    """Queue a painting."""
    check_key(authorization)
    job_id = await paint.defer_async(request=request.model_dump())
    return make_answer(Output(task_id=str(job_id), task_status="PENDING"))


@app.get("/api/v1/tasks/{task_id}", response_model_exclude_none=True)
async def query_task(
    task_id: Annotated[int, Path(ge=1)], authorization: Annotated[str, Header()]
) -> Answer:
    """Tell how a painting is doing."""
    check_key(authorization)
    try:
        status = await queue.job_manager.get_job_status_async(task_id)
    except NoResult:
        return make_answer(Output(task_id=str(task_id), task_status="UNKNOWN"))
    return make_answer(Output(task_id=str(task_id), task_status=STATUSES[status.value]))
