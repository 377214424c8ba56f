"""Somebody who uses an emulator in a test: calls of the API, and the controls beside it."""

from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from running import CREATE, MODEL, RunningKaiga

EMULATOR = "/kaiga/v1/emulator"


class Tester:
    """A key of its own, so an account of its own, on an emulator that others use too."""

    __test__ = False

    def __init__(self, server: RunningKaiga, key: str | None = None) -> None:
        self.server = server
        self.key = key or f"sk-{uuid4().hex}"
        self.api = server.client(self.key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.api.close()

    def control(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        answer = self.ask(method, path, **arguments)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ask(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        return self.api.request(method, f"{self.server.base_url}{EMULATOR}/{path}", **arguments)

    def fault(self, kind: str, **values: Any) -> dict[str, Any]:
        return self.control("POST", "faults", json={"kind": kind, **values})

    def faults(self) -> list[dict[str, Any]]:
        return self.control("GET", "faults")["faults"]

    def requests(self) -> list[dict[str, Any]]:
        return self.control("GET", "requests")["requests"]

    def create(self, prompt: str = "a cat", model: str = MODEL, n: int = 1) -> httpx.Response:
        body = {
            "model": model,
            "input": {"prompt": prompt},
            "parameters": {"n": n, "size": "768*768", "prompt_extend": False},
        }
        return self.api.post(CREATE, json=body, headers={"X-DashScope-Async": "enable"})

    def submit(self, **order: Any) -> str:
        return self.create(**order).json()["output"]["task_id"]

    def query(self, task_id: str) -> dict[str, Any]:
        return self.api.get(f"/tasks/{task_id}").json()["output"]

    def count_tasks(self) -> int:
        return self.api.get("/tasks").json()["total"]

    def end(self, **order: Any) -> dict[str, Any]:
        """Create a task and wait for its end; gives its output."""
        return self.server.wait_for_end(self.api, self.submit(**order))["output"]
