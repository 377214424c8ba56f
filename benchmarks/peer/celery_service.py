"""The service that a user would otherwise build: FastAPI, Celery and Redis.

Its paths and bodies are those of Kaiga's create and query calls, so that the same load meets
both. It is written and set up the way the projects' own guides advise for production, and
nothing in it is slowed:

- uvicorn[standard] (uvloop, httptools) without an access log, hiredis, JSON only;
- Celery's pooled broker and result connections, prefork workers, late acknowledgement with a
  prefetch of 1 (the advice for long tasks), `task_track_started` so that a client sees RUNNING;
- `async def` routes. Guides show both kinds; on the machine of docs/benchmarks.md `async def`
  answered 1.6 times the creates and 1.7 times the polls of plain `def`, so it is the one kept,
  although Celery's calls block the loop. A shared result backend
  (`result_backend_thread_safe`) and answers without response models made no difference
  beyond the noise.

What it lacks beside Kaiga is left out in its favour: no owner per task, no UNKNOWN for an id that
never was (Celery calls that PENDING), no list, and a create that is durable only within a second
(Redis syncs its log every second, its documented default).
"""

import os
import time
from typing import Annotated, Any

from celery import Celery
from celery.result import AsyncResult
from fastapi import FastAPI, Header, Path
from shapes import Answer, CreateRequest, Output, check_key, make_answer

celery = Celery(
    "service", broker=os.environ["PEER_BROKER_URL"], backend=os.environ["PEER_RESULT_URL"]
)
celery.conf.update(
    task_serializer="json",
    result_serializer="json",
    accept_content=["json"],
    task_acks_late=True,
    task_track_started=True,
    worker_prefetch_multiplier=1,
    result_expires=24 * 3600,
    broker_connection_retry_on_startup=True,
)

STATUSES = {
    "PENDING": "PENDING",
    "RECEIVED": "PENDING",
    "RETRY": "PENDING",
    "STARTED": "RUNNING",
    "SUCCESS": "SUCCEEDED",
    "FAILURE": "FAILED",
    "REVOKED": "CANCELED",
}


@celery.task(name="paint")
def paint(request: dict[str, Any]) -> dict[str, Any]:
    """Make nothing, at once or in the seconds asked for: the queue is what is measured."""
    begun_at = time.time()
    time.sleep(request["parameters"]["seconds"])
    results = [{"orig_prompt": request["input"]["prompt"]}]
    return {"results": results, "begun_at": begun_at, "made_at": time.time()}


app = FastAPI()


@app.get("/healthz")
async def tell_health() -> dict[str, str]:
    """Answer without any work: the hello route."""
    return {"status": "ok"}


@app.post("/api/v1/services/aigc/text2image/image-synthesis", response_model_exclude_none=True)
async def create_task(request: CreateRequest, authorization: Annotated[str, Header()]) -> Answer:
    """Queue a painting."""
    check_key(authorization)
    task = paint.delay(request.model_dump())
    return make_answer(Output(task_id=task.id, task_status="PENDING"))


@app.get("/api/v1/tasks/{task_id}", response_model_exclude_none=True)
async def query_task(
    task_id: Annotated[str, Path(max_length=100)], authorization: Annotated[str, Header()]
) -> Answer:
    """Tell how a painting is doing."""
    check_key(authorization)
    task = AsyncResult(task_id, app=celery)
    output = Output(task_id=task_id, task_status=STATUSES[task.status])
    if output.task_status == "SUCCEEDED":
        made = task.result
        output.results = made["results"]
        output.begun_at, output.made_at = made["begun_at"], made["made_at"]
    return make_answer(output)
