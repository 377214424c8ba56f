"""How soon a task begins once it is asked for, and how soon its client knows that it has ended.

The engine itself notes by the machine's clock when a task reached it and when it was done; both
are told with the result. What lies between the client's clock reading and the engine's therefore
holds more than the claim (the way to the engine process), and what lies between the engine's and
the client's more than the notice (the record of the end).
"""

import contextlib
import http.client
import statistics
import time
from collections.abc import Generator, Mapping, Sequence
from urllib.parse import urlsplit

import msgspec

from harness.contestants import (
    CREATE_PATH,
    Contestant,
    TaskClient,
    UnexpectedAnswer,
    make_null_body,
)
from harness.processes import wait_until

HELD_SECONDS = 20
"""For how long a waiting client asks its poll to be held."""
ASKING_PAUSE_SECONDS = 0.001
"""Between two polls of a client whose server does not hold them."""
WORK_SECONDS = 0.1
"""How long a task runs whose client waits: long enough that it does wait."""
LONGEST_SECONDS = 30.0
FINAL = frozenset({"SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN"})


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of delay at one server, task by task; `asked` is how many polls each took."""

    name: str
    what: str
    milliseconds: list[float]
    asked: float = 0.0

    def percentile(self, percent: int) -> float:
        """Give the delay that `percent` of the tasks stayed at or below."""
        return statistics.quantiles(self.milliseconds, n=100, method="inclusive")[percent - 1]


BEGINNING = "submit to begun"
SEEING = "end to seen"


def measure_beginnings(server: Contestant, *, tasks: int, per_second: int) -> Latency:
    """Submit tasks at a steady pace, whatever becomes of them, and see when each had begun.

    Raises:
        UnexpectedAnswer: a call failed, or a task did not end well.
    """
    _warm_up(server)
    sent_at: dict[str, float] = {}
    with _open_caller(server.client) as caller:
        start = time.perf_counter()
        for number in range(tasks):
            time.sleep(max(0.0, start + number / per_second - time.perf_counter()))
            before = time.time()
            sent_at[caller.create(0.0)] = before
    delays = [
        (_wait_for_end(server, task_id)["begun_at"] - before) * 1000
        for task_id, before in sent_at.items()
    ]
    return Latency(name=server.name, what=BEGINNING, milliseconds=delays)


def measure_seeing(server: Contestant, *, tasks: int) -> Latency:
    """Submit one task after the other and wait for each, by held polls where they are offered.

    Raises:
        UnexpectedAnswer: a call failed, or a task did not end well.
    """
    _warm_up(server)
    delays: list[float] = []
    asked = 0
    with _open_caller(server.client) as caller:
        for _ in range(tasks):
            task_id = caller.create(WORK_SECONDS)
            while (output := caller.query_patiently(task_id))["task_status"] not in FINAL:
                asked += 1
                time.sleep(ASKING_PAUSE_SECONDS)
            seen_at = time.time()
            asked += 1
            delays.append((seen_at - _check(output)["made_at"]) * 1000)
    return Latency(name=server.name, what=SEEING, milliseconds=delays, asked=asked / tasks)


def _warm_up(server: Contestant) -> None:
    """Have each worker do a task, so that none has to be started later."""
    for task_id in [server.client.create(make_null_body(WORK_SECONDS)) for _ in range(4)]:
        _wait_for_end(server, task_id)


def _wait_for_end(server: Contestant, task_id: str) -> Mapping[str, float]:
    wait_until(
        lambda: server.client.query_status(task_id) in FINAL, timeout_seconds=LONGEST_SECONDS
    )
    return _check(server.client.query(task_id))


def _check(output: Mapping[str, object]) -> Mapping[str, float]:
    """Give the times that a task tells, or refuse one that did not end well."""
    if output["task_status"] != "SUCCEEDED":
        raise UnexpectedAnswer(f"a task that does nothing is {output['task_status']}")
    return msgspec.convert(
        {name: output[name] for name in ("begun_at", "made_at")}, dict[str, float]
    )


class _Caller:
    """Calls over one connection with as little around it as may be: its time counts."""

    def __init__(self, connection: http.client.HTTPConnection, api_key: str) -> None:
        self._connection = connection
        self._key = {"Authorization": f"Bearer {api_key}"}

    def create(self, seconds: float) -> str:
        body = msgspec.json.encode(make_null_body(seconds))
        headers = {"X-DashScope-Async": "enable", "Content-Type": "application/json"}
        return str(self._ask("POST", CREATE_PATH, body, headers)["task_id"])

    def query_patiently(self, task_id: str) -> Mapping[str, object]:
        headers = {"Prefer": f"wait={HELD_SECONDS}"}
        return self._ask("GET", f"/api/v1/tasks/{task_id}", None, headers)

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Mapping[str, object]:
        try:
            self._connection.request(method, path, body, {**self._key, **headers})
            answer = self._connection.getresponse()
            content = answer.read()
        except OSError as error:
            raise UnexpectedAnswer(f"{method} {path}: {error!r}") from error
        if answer.status != 200:
            raise UnexpectedAnswer(f"{method} {path} answered {answer.status}")
        return msgspec.json.decode(content)["output"]


@contextlib.contextmanager
def _open_caller(client: TaskClient) -> Generator[_Caller]:
    address = urlsplit(client.base_url)
    connection = http.client.HTTPConnection(
        str(address.hostname), address.port, timeout=LONGEST_SECONDS
    )
    with contextlib.closing(connection):
        connection.connect()
        yield _Caller(connection, client.api_key)


def list_delays(latencies: Sequence[Latency], what: str) -> dict[str, Latency]:
    """Give the delays of one kind by the server's name."""
    return {each.name: each for each in latencies if each.what == what}
