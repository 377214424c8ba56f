"""A receiver of notices: a real server that remembers what it was told and answers as planned."""

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

from running import wait_until


class Told:
    """One notice as it arrived."""

    def __init__(self, path: str, headers: Mapping[str, str], body: bytes) -> None:
        self.path = path
        self.headers = headers
        self.body = body

    def verify(self, secret: str) -> dict[str, Any]:
        """Check the signature as receivers do; gives the event."""
        return Webhook(secret).verify(self.body, dict(self.headers))


class Receiver:
    """One running server; each path has statuses to answer with, the last one from then on."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.statuses: dict[str, list[int]] = {}
        self._told: list[Told] = []
        self._may_answer = threading.Event()
        self._may_answer.set()

    def hold(self) -> None:
        """Answer nobody until `go_on`."""
        self._may_answer.clear()

    def go_on(self) -> None:
        self._may_answer.set()

    def url(self, path: str = "/") -> str:
        return f"{self._url}{path}"

    def take(self, told: Told) -> int:
        self._told.append(told)
        self._may_answer.wait()
        planned = self.statuses.get(told.path, [204])
        return planned.pop(0) if len(planned) > 1 else planned[0]

    def told_at(self, path: str) -> list[Told]:
        return [told for told in self._told if told.path == path]

    def wait_for(self, path: str, count: int = 1) -> Sequence[Told]:
        wait_until(lambda: len(self.told_at(path)) >= count, f"{path} was told {count} times")
        return self.told_at(path)


@contextmanager
def open_receiver() -> Iterator[Receiver]:
    """Serve on 127.0.0.1, on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = receiver.take(Told(self.path, headers, body))
            with contextlib.suppress(ConnectionError):  # who asked may be dead by now
                self.send_response(status)
                self.end_headers()
                self.wfile.write(b"" if status == HTTPStatus.NO_CONTENT else b"done")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.go_on()
            server.shutdown()
            thread.join()
