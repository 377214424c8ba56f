"""Users of an emulator whose calls have faults, one after the other, each with a key of its own.

The argument is JSON: what each meets, as its name, its faults, what it does and by which surface.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

from dashscope import Client, ImageSynthesis
from dashscope.v2.errors import DashScopeError
from scenario import MODEL, PROMPT, SIZE, describe_answer, describe_output, tell

MOST_LOOKS, PAUSE_SECONDS = 200, 0.05
CONTROL = os.environ["DASHSCOPE_HTTP_BASE_URL"].replace("/api/v1", "/kaiga/v1/emulator")


def ask(key: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{CONTROL}/{path}", data, {"Authorization": f"Bearer {key}"})
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)


def submit(key: str, surface: Callable[..., Any] = ImageSynthesis.async_call) -> Any:
    return surface(model=MODEL, prompt=PROMPT, n=2, size=SIZE, prompt_extend=False, api_key=key)


def describe(answer: Any) -> dict[str, Any]:
    """Describe an answer to a task's asking; a refusal has no output."""
    if answer.output is None:
        return describe_answer(answer)
    codes = [result.get("code") for result in answer.output.get("results") or []]
    return {**describe_output(answer), "codes": codes}


def create(key: str) -> dict[str, Any]:
    return describe_answer(submit(key))


def fetch(key: str) -> dict[str, Any]:
    return describe(ImageSynthesis.fetch(submit(key).output.task_id, api_key=key))


def watch(key: str) -> dict[str, Any]:
    """Look until the task runs, and then once more."""
    task_id = submit(key).output.task_id
    for _ in range(MOST_LOOKS):
        if ImageSynthesis.fetch(task_id, api_key=key).output.task_status == "RUNNING":
            break
        time.sleep(PAUSE_SECONDS)
    return describe(ImageSynthesis.fetch(task_id, api_key=key))


def wait(key: str) -> dict[str, Any]:
    return describe(submit(key, ImageSynthesis.call))


def create_anew(key: str) -> dict[str, Any]:
    with Client(api_key=key) as client:
        return {"status": submit(key, client.images.jobs.create).status}


ACTIONS: dict[str, Callable[[str], dict[str, Any]]] = {
    "create": create,
    "fetch": fetch,
    "watch": watch,
    "wait": wait,
    "create_anew": create_anew,
}


def meet(number: int, act: str, faults: list[dict[str, Any]]) -> dict[str, Any]:
    key = f"sk-meeting-{number}-{os.getpid()}"
    for fault in faults:
        ask(key, "faults", fault)
    try:
        met = ACTIONS[act](key)
    except DashScopeError as error:
        met = {"raised": "DashScopeError", "code": error.code, "http_status": error.status_code}
    except Exception as error:  # noqa: BLE001  whatever a user would have to catch
        met = {"raised": type(error).__name__}
    return {**met, "calls": len(ask(key, "requests")["requests"])}


tell(
    {
        name: meet(number, act, faults)
        for number, (name, (act, faults)) in enumerate(json.loads(sys.argv[1]).items())
    }
)
