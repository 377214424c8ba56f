"""What the peers take and answer: the bodies of Kaiga's create and query calls, and the key."""

import os
import secrets
import uuid
from typing import Annotated, Any

from fastapi import HTTPException
from pydantic import BaseModel, Field

API_KEY = os.environ["PEER_API_KEY"]


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
    results: list[dict[str, Any]] | None = None
    begun_at: float | None = None
    made_at: float | None = None


class Answer(BaseModel):
    """The body of a create or query answer."""

    request_id: str
    output: Output


def check_key(authorization: str) -> None:
    """Refuse a caller without the key."""
    if not secrets.compare_digest(authorization.encode(), f"Bearer {API_KEY}".encode()):
        raise HTTPException(status_code=401, detail="Invalid API-key provided.")


def make_answer(output: Output) -> Answer:
    """Wrap `output` with a fresh request id."""
    return Answer(request_id=str(uuid.uuid4()), output=output)
