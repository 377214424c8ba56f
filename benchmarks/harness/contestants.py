"""A server under load, whoever wrote it: where it answers, and how to count what it holds."""

import contextlib
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import httpx

API_KEY = "sk-bench-0123456789abcdef0123456789ab"
CREATE_PATH = "/api/v1/services/aigc/text2image/image-synthesis"
CREATE_BODY: Mapping[str, object] = {
    "model": "wan2.5-t2i-preview",
    "input": {"prompt": "A flower shop with fine windows and a wooden door"},
    "parameters": {"n": 1, "size": "1024*1024"},
}


def make_null_body(seconds: float = 0.0) -> Mapping[str, object]:
    """Give the order of a task that nothing is made for, and that takes `seconds`."""
    return {"model": "null", "input": {"prompt": "nothing"}, "parameters": {"seconds": seconds}}


class UnexpectedAnswer(Exception):
    """A server answered a single, unhurried request otherwise than the contract says."""


class Contestant(Protocol):
    """One server to measure."""

    @property
    def name(self) -> str:
        """The name shown in tables."""
        ...

    @property
    def process_ids(self) -> Sequence[int]:
        """The first process of every server that has a part in the answers."""
        ...

    @property
    def client(self) -> "TaskClient":
        """A client for single, unhurried requests."""
        ...

    def count_tasks(self) -> int:
        """Count the tasks that the server's own store holds, not what it claimed in answers."""
        ...

    def count_painted(self) -> int:
        """Count the tasks that ended well."""
        ...

    def list_end_times(self) -> Sequence[float]:
        """Give when each task that ended well has ended, in seconds since 1970."""
        ...

    def settle(self) -> None:
        """Return once the work that the last load left behind is done, or can't disturb."""
        ...


class TaskClient:
    """Speaks the two calls of the contract, one request at a time."""

    def __init__(self, base_url: str, api_key: str, http: httpx.Client) -> None:
        self.base_url = base_url
        self.api_key = api_key
        self._http = http

    def create(self, body: Mapping[str, object] = CREATE_BODY) -> str:
        """Create a task, the one that the load creates unless told otherwise; gives its id."""
        output = self.get_json("POST", CREATE_PATH, body=body)["output"]
        if output["task_status"] != "PENDING":
            raise UnexpectedAnswer(f"a new task is {output['task_status']}")
        return output["task_id"]

    def query_status(self, task_id: str) -> str:
        """Give the status of a task."""
        return self.query(task_id)["task_status"]

    def query(self, task_id: str) -> dict[str, Any]:
        """Give what is told of a task."""
        output = self.get_json("GET", f"/api/v1/tasks/{task_id}")["output"]
        if output["task_id"] != task_id:
            raise UnexpectedAnswer(f"asked for {task_id}, told of {output['task_id']}")
        return output

    def list_tasks(self, **query: str | int) -> dict[str, Any]:
        """Give one page of the list call."""
        return self.get_json("GET", "/api/v1/tasks/", query)

    def read_metric(self, name: str) -> float:
        """Give a number of the server's metrics."""
        for line in self._http.get(f"{self.base_url}/metrics").text.splitlines():
            if line.startswith(f"{name} "):
                return float(line.split()[1])
        raise UnexpectedAnswer(f"/metrics does not tell {name}")

    def get_json(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> dict[str, Any]:
        """Make one call.

        Raises:
            UnexpectedAnswer: the status is not 200, or the server can't be reached.
        """
        headers = {"Authorization": f"Bearer {self.api_key}"}
        if method == "POST":
            headers["X-DashScope-Async"] = "enable"
        url = self.base_url + path
        try:
            answer = self._http.request(method, url, params=query, headers=headers, json=body)
        except httpx.TransportError as error:
            raise UnexpectedAnswer(f"{method} {path}: {error!r}") from error
        if answer.status_code != 200:
            text = answer.text[:300]
            raise UnexpectedAnswer(f"{method} {path} answered {answer.status_code}: {text}")
        return answer.json()


@contextlib.contextmanager
def open_client(base_url: str, api_key: str) -> Generator[TaskClient]:
    """Give a client that keeps its connection."""
    with httpx.Client(timeout=60.0, trust_env=False) as http:
        yield TaskClient(base_url, api_key, http)


def seed(contestant: Contestant, nodes: Sequence[tuple[TaskClient, Path]], count: int) -> None:
    """Create `count` tasks over all nodes, and leave the ids of each node's in its file."""
    for client, file in nodes:
        task_ids = [client.create() for _ in range(count // len(nodes))]
        file.write_text("\n".join(task_ids) + "\n")
    contestant.settle()
