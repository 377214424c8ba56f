"""Clients that create and poll without rest, and hold every answer against what was promised."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import httpx

MODEL, EDIT_MODEL = "test-picture", "test-edit"
_PATHS = {MODEL: "/services/aigc/tests/picture", EDIT_MODEL: "/services/aigc/tests/edit"}
_FINAL = {"SUCCEEDED", "FAILED", "CANCELED"}
_PAUSE_AFTER_REFUSAL_SECONDS = 0.05
_PAUSE_BETWEEN_POLLS_SECONDS = 0.005


class Service(Protocol):
    """What is called: one server, or any node of many."""

    key: str

    @property
    def api_url(self) -> str: ...


class Load:
    """Creates `wanted` tasks at a steady pace; one in ten works from a file at `picture_url`."""

    def __init__(
        self,
        service: Service,
        *,
        wanted: int,
        per_second: float,
        picture_url: str,
        seed: int,
        lag_seconds: float = 0.0,
    ) -> None:
        """Each call goes to where `service` is then.

        Where that is several nodes, one may have heard of an end `lag_seconds` after another.
        """
        self._service = service
        self._lag_seconds = lag_seconds
        self._wanted = wanted
        self._pause_seconds = 1 / per_second
        self._picture_url = picture_url
        self._chance = random.Random(seed)
        self._is_over = threading.Event()
        self._ended: dict[str, tuple[str, float]] = {}
        """How tasks had ended, and when that was first seen."""
        self.accepted: list[str] = []
        self.refused = 0
        self.broken_promises: list[str] = []

    @property
    def is_created(self) -> bool:
        """Whether every task wanted is accepted."""
        return len(self.accepted) >= self._wanted

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Call the server from two threads for as long as the block lasts."""
        threads = [threading.Thread(target=each) for each in (self._create_all, self._poll_all)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            for thread in threads:
                thread.join()

    def _create_all(self) -> None:
        with self._open_client() as client:
            while not self.is_created and not self._is_over.is_set():
                self._create(client)

    def _create(self, client: httpx.Client) -> None:
        model = EDIT_MODEL if len(self.accepted) % 10 == 9 else MODEL
        order: dict[str, object] = {"prompt": f"a boat {len(self.accepted)}"}
        if model == EDIT_MODEL:
            order["images"] = [self._picture_url]
        body = {"model": model, "input": order, "parameters": {"size": "64*64"}}
        answer = self._call(client, "POST", _PATHS[model], body)
        if answer is None or answer.status_code != 200:
            self.refused += 1
            time.sleep(_PAUSE_AFTER_REFUSAL_SECONDS)
            return
        self.accepted.append(answer.json()["output"]["task_id"])
        time.sleep(self._pause_seconds)

    def _poll_all(self) -> None:
        with self._open_client() as client:
            while not self._is_over.is_set():
                time.sleep(_PAUSE_BETWEEN_POLLS_SECONDS)
                if self.accepted:
                    self._poll(client, self._chance.choice(self.accepted[-500:]))

    def _poll(self, client: httpx.Client, task_id: str) -> None:
        answer = self._call(client, "GET", f"/tasks/{task_id}", None)
        if answer is None or answer.status_code != 200:
            return
        status = answer.json()["output"]["task_status"]
        before, seen_at = self._ended.get(task_id, ("accepted", time.monotonic()))
        is_late = status not in _FINAL and time.monotonic() - seen_at <= self._lag_seconds
        if status == "UNKNOWN" or not (before in {"accepted", status} or is_late):
            self.broken_promises.append(f"{task_id} was {before}, then {status}")
        if status in _FINAL and task_id not in self._ended:
            self._ended[task_id] = (status, time.monotonic())

    def _call(
        self, client: httpx.Client, method: str, path: str, body: object
    ) -> httpx.Response | None:
        """Call; None where nobody answers. A refusal must be one that says when to try again."""
        headers = {"X-DashScope-Async": "enable"} if body else {}
        url = self._service.api_url + path
        try:
            answer = client.request(method, url, json=body, headers=headers)
        except httpx.TransportError:
            return None
        may_try_again = answer.status_code in {429, 503} and "retry-after" in answer.headers
        if answer.status_code != 200 and not may_try_again:
            self.broken_promises.append(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer

    def _open_client(self) -> httpx.Client:
        key = {"Authorization": f"Bearer {self._service.key}"}
        return httpx.Client(headers=key, timeout=30)
