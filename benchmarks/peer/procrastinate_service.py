"""The same service on a durable queue: FastAPI, procrastinate and PostgreSQL, in one file.

Its paths and bodies are those of Kaiga's create and query calls, so that the same load meets
both. It is written the way the projects' own guides advise: `async def` routes, one pool of
psycopg connections (its binary form, which is the fast one), uvicorn[standard] without an access
log. PostgreSQL syncs each commit, its default, so a create is durable when it is answered.

What it lacks beside Kaiga is left out in its favour: no owner per task, no results (procrastinate
keeps none), no list, and ids that anybody can guess.
"""

import contextlib
import os
import secrets
import time
import uuid
from collections.abc import AsyncGenerator
from typing import Annotated, Any

from fastapi import FastAPI, Header, HTTPException, Path
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import NoResult
from pydantic import BaseModel, Field

API_KEY = os.environ["PEER_API_KEY"]
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


class Input(BaseModel):
    """What to paint."""

    prompt: Annotated[str, Field(min_length=1, max_length=2000)]
    negative_prompt: Annotated[str, Field(max_length=500)] = ""


class Parameters(BaseModel):
    """How to paint it."""

    n: Annotated[int, Field(ge=1, le=4)] = 1
    size: Annotated[str, Field(pattern=r"^\d{3,4}\*\d{3,4}$")] = "1024*1024"
    seed: Annotated[int | None, Field(ge=0, le=2_147_483_647)] = None
    prompt_extend: bool = True
    watermark: bool = False
    seconds: Annotated[float, Field(ge=0, le=60)] = 0.0


class CreateRequest(BaseModel):
    """The body of a create call."""

    model: Annotated[str, Field(min_length=1, max_length=100)]
    input: Input
    parameters: Parameters = Parameters()


class Output(BaseModel):
    """A task as a client sees it."""

    task_id: str
    task_status: str


class Answer(BaseModel):
    """The body of a create or query answer."""

    request_id: str
    output: Output


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


def check_key(authorization: str) -> None:
    """Refuse a caller without the key."""
    if not secrets.compare_digest(authorization.encode(), f"Bearer {API_KEY}".encode()):
        raise HTTPException(status_code=401, detail="Invalid API-key provided.")


def make_answer(output: Output) -> Answer:
    """Wrap `output` with a fresh request id."""
    return Answer(request_id=str(uuid.uuid4()), output=output)
