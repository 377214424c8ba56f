"""Create calls by the new client, one right after the other, until one of them had to wait."""

import logging

from dashscope import Client
from scenario import MODEL, PROMPT, SIZE, tell

MOST_CALLS = 10


class Waits(logging.Handler):
    """Keeps what the client says of the calls that it repeats."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage().startswith("retrying"):
            self.told.append(record.getMessage())


waits = Waits()
logger = logging.getLogger("dashscope")
logger.setLevel(logging.INFO)
logger.addHandler(waits)

task_ids: list[str] = []
with Client() as client:
    while not waits.told and len(task_ids) < MOST_CALLS:
        job = client.images.jobs.create(model=MODEL, prompt=PROMPT, size=SIZE, n=1)
        task_ids.append(job.task_id)

tell({"task_ids": task_ids, "waits": waits.told})
