"""What every script of this folder asks for, and how it tells what it met.

The scripts are users' programs: they import the official SDK and nothing of Kaiga, and find the
server where the SDK itself looks for it. Each runs `paint` against a server that paints, or
`queue` against one where every task waits, and prints one JSON object.
"""

import json
import os
import sys
from typing import Any

from dashscope.version import __version__

MODEL = "wan2.5-t2i-preview"
SIZE = "768*768"
WIDE_SIZE = "1472*1104"
TOO_SMALL_SIZE = "100*100"
PROMPT = "a red fox in a snowy forest"
REWRITTEN_PROMPT = "a lighthouse at dusk"
UNKNOWN_TASK = "00000000-0000-4000-8000-000000000000"
WRONG_KEY = "sk-wrong"
UNKNOWN_MODEL = "wan0.0-no-such-model"

key = os.environ["DASHSCOPE_API_KEY"]


def tell(report: dict[str, Any]) -> None:
    """Print what was met, for the test to read."""
    sys.stdout.write(f"{json.dumps({**report, 'sdk': __version__})}\n")


def describe_answer(answer: Any) -> dict[str, Any]:
    """Describe an answer of the classic surfaces, good or bad."""
    return {"http_status": answer.status_code, "code": answer.code, "message": answer.message}


def describe_output(answer: Any) -> dict[str, Any]:
    """Describe a task as the classic surfaces show it."""
    output = answer.output
    return {
        "http_status": int(answer.status_code),
        "status": output["task_status"],
        "code": output.get("code"),
        "message": output.get("message"),
        "urls": [result["url"] for result in output.get("results") or []],
        "actual_prompts": [result.get("actual_prompt") for result in output.get("results") or []],
        "usage": dict(answer.usage) if answer.usage else None,
    }


def describe_error(error: Any) -> dict[str, Any]:
    """Describe an exception of the new clients."""
    return {
        "http_status": error.status_code,
        "code": error.code,
        "message": error.message,
        "raised": type(error).__name__,
    }


def describe_job(job: Any) -> dict[str, Any]:
    """Describe a task as the new clients show it."""
    output = job.output or {}
    return {
        "status": job.status,
        "urls": job.image_urls,
        "actual_prompts": [result.get("actual_prompt") for result in output.get("results") or []],
        "usage": job.usage.model_dump(exclude_none=True) if job.usage else None,
    }


def describe_film(answer: Any) -> dict[str, Any]:
    """Describe the task of a clip as the classic surfaces show it."""
    output = answer.output
    return {
        "http_status": int(answer.status_code),
        "status": output["task_status"],
        "message": output.get("message"),
        "url": output.get("video_url"),
        "usage": dict(answer.usage) if answer.usage else None,
    }


def describe_choices(answer: Any) -> dict[str, Any]:
    """Describe an answer of messages: what is in all its choices, in order, by kind."""
    content = [
        item
        for choice in (answer.output or {}).get("choices") or []
        for item in choice["message"]["content"]
    ]
    return {
        **describe_answer(answer),
        "status": (answer.output or {}).get("task_status"),
        "urls": [item["image"] for item in content if "image" in item],
        "texts": [item["text"] for item in content if "text" in item],
        "kinds": [kind for item in content for kind in ("text", "image") if kind in item],
        "finish": [
            choice["finish_reason"] for choice in (answer.output or {}).get("choices") or []
        ],
        "usage": dict(answer.usage) if answer.usage else None,
    }


def say(*content: dict[str, str]) -> list[dict[str, Any]]:
    """Make the messages of one user who says `content`."""
    return [{"role": "user", "content": list(content)}]
