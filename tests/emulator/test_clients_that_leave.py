"""Clients that close their connection in the middle of anything: nothing is left of them."""

import json
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from controlling import Tester

from emulator.driving import CLIP_CREATE, order
from running import CREATE, MODEL, RunningKaiga, wait_until

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="handles are counted")

CLIP = {
    "model": "wanx2.1-t2v-turbo",
    "input": {"prompt": "a kite over the sea"},
    "parameters": {"size": "832*480", "duration": 5},
}
ORDER = json.dumps({"model": MODEL, "input": {"prompt": "a cat"}}).encode()
WAITED_FOR = json.dumps(
    {
        "model": "wan2.6-t2i",
        "input": {"messages": [{"role": "user", "content": [{"text": "a cat"}]}]},
    }
).encode()
CHAT = "/services/aigc/multimodal-generation/generation"
SLOW = "slow-answer", "slow-body"
LONG_SECONDS = 60
"""The server is given longer than tests wait for its stop, so what is left behind shows."""


class Visitor:
    """Somebody who sends calls on connections of their own, and hangs up."""

    def __init__(self, tester: Tester) -> None:
        self.tester = tester
        self._server = tester.server

    def read(self, path: str, *headers: str) -> bytes:
        return self.write("GET", path, b"", *headers)

    def write(self, method: str, path: str, body: bytes, *headers: str, missing: int = 0) -> bytes:
        """Make a call; `missing` bytes of its body are announced and not there."""
        lines = [
            f"{method} {path.removeprefix(self._server.base_url)} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: Bearer {self.tester.key}",
            f"Content-Length: {len(body) + missing}",
            *headers,
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def leave(self, calls: bytes, after: Callable[[], bool] | int = 0) -> None:
        """Hang up: once by closing, once by a reset; after so many bytes, or once that holds."""
        for is_reset in (False, True):
            host, port = self._server.base_url.removeprefix("http://").split(":")
            with socket.create_connection((host, int(port)), timeout=30) as connection:
                if is_reset:
                    linger = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                connection.sendall(calls)
                if isinstance(after, int):
                    connection.recv(after) if after else None
                else:
                    wait_until(after, "the call is under way")

    def count_calls(self) -> int:
        return len(self.tester.requests())

    def is_noted(self) -> Callable[[], bool]:
        """Tell, once asked again, whether a further call has come to be served."""
        before = self.count_calls()
        return lambda: self.count_calls() > before


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    folder = tmp_path_factory.mktemp("left") / "data"
    settings = {"KAIGA_EMULATOR": "true", "KAIGA_GRACE_SECONDS": "90"}
    running = RunningKaiga(folder, settings).start()
    yield running
    running.stop()


@pytest.fixture
def visitor(emulator: RunningKaiga) -> Iterator[Visitor]:
    """Look, after each test, that the server is as it was before."""
    with Tester(emulator) as tester:
        tester.submit()
        before = count_handles(emulator)
        yield Visitor(tester)
        assert tester.create().status_code == 200
        wait_until(lambda: count_handles(emulator) <= before, "nothing is left open")
        assert_quiet(emulator)


def count_handles(server: RunningKaiga) -> int:
    """Count the connections of clients and the files that it holds open, but for its database's."""
    own = Path(f"/proc/{server.process_id}")
    connections = {line.split()[9] for line in (own / "net/tcp").read_text().splitlines()[1:]}
    count = 0
    for handle in (own / "fd").iterdir():
        try:
            target = str(handle.readlink())
        except FileNotFoundError:
            continue
        is_file = target.startswith(f"{server.data}/") and "kaiga.db" not in target
        count += is_file or target[len("socket:[") : -1] in connections
    return count


def assert_quiet(server: RunningKaiga) -> None:
    log = server.log()
    assert "Traceback" not in log
    assert "ASGI" not in log


@pytest.mark.parametrize("count", [1, 3], ids=["one", "three at once"])
class TestMoments:
    def test_before_the_first_byte(self, visitor: Visitor, count: int):
        task_id = visitor.tester.submit()
        thumbnail = f"/kaiga/v1/tasks/{task_id}/thumbnails/1"
        for path in ("/api/v1/tasks", f"/api/v1/tasks/{task_id}", "/kaiga/v1/metrics", thumbnail):
            visitor.leave(visitor.read(path) * count)

    def test_while_an_order_is_taken(self, visitor: Visitor, count: int):
        for headers in (["X-DashScope-Async: enable"], ["X-DashScope-SSE: enable"]):
            visitor.leave(visitor.write("POST", f"/api/v1{CREATE}", ORDER, *headers) * count)

    def test_while_a_body_arrives(self, visitor: Visitor, count: int):
        whole = visitor.read("/api/v1/tasks") * (count - 1)
        for body in (ORDER[:10], ORDER + b" " * 300_000):
            for path in (f"/api/v1{CREATE}", "/kaiga/v1/uploads"):
                visitor.leave(whole + visitor.write("POST", path, body, missing=500_000))

    def test_while_a_poll_is_held_or_events_are_followed(self, visitor: Visitor, count: int):
        visitor.tester.fault("stuck-running", times=1)
        task_id = visitor.tester.submit()
        held = visitor.read(f"/api/v1/tasks/{task_id}", "Prefer: wait=25")
        visitor.leave(held * count, visitor.is_noted())
        visitor.leave(visitor.read(f"/kaiga/v1/tasks/{task_id}/events") * count, 1)

    def test_in_the_middle_of_a_clip_and_while_it_is_drawn(self, visitor: Visitor, count: int):
        task_id = order(visitor.tester.api, CLIP, CLIP_CREATE)
        ended = visitor.tester.server.wait_for_end(visitor.tester.api, task_id)
        link = str(ended["output"]["video_url"])

        visitor.leave(visitor.read(link) * count, visitor.is_noted())
        visitor.leave(visitor.read(link) * count, 1)
        visitor.leave(visitor.read(f"/kaiga/v1/results.zip?files={task_id}-1") * count, 1)

        assert visitor.tester.api.get(link).status_code == 200

    @pytest.mark.parametrize("kind", [*SLOW, "malformed-json", "dropped-before", "dropped-after"])
    def test_while_a_fault_acts(self, visitor: Visitor, count: int, kind: str):
        seconds = {"seconds": LONG_SECONDS} if kind in SLOW else {}
        visitor.tester.fault(kind, on="list", **seconds)

        visitor.leave(visitor.read("/api/v1/tasks") * count)
        visitor.leave(visitor.read("/api/v1/tasks") * count, visitor.is_noted())

        visitor.tester.control("DELETE", "faults")


def test_a_stop_waits_for_nobody_who_has_left(tmp_path: Path):
    server = RunningKaiga(
        tmp_path / "data", {"KAIGA_EMULATOR": "true", "KAIGA_GRACE_SECONDS": "90"}
    ).start()
    with Tester(server) as tester:
        visitor = Visitor(tester)
        for kind in SLOW:
            tester.fault(kind, on="list", seconds=LONG_SECONDS + 20)
            visitor.leave(visitor.read("/api/v1/tasks"), visitor.is_noted())
            tester.control("DELETE", "faults")
        link = tester.end()["results"][0]["url"]
        visitor.leave(visitor.read(link), visitor.is_noted())
        tester.fault("stuck-running")
        waiting = visitor.write("POST", f"/api/v1{CHAT}", WAITED_FOR)
        visitor.leave(waiting, lambda: tester.count_tasks() > 1)

    assert server.stop() == 0
    assert_quiet(server)
