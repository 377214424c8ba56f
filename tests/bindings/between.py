"""Stands between a gateway and its upstream, and can hold a call before or after it is taken."""

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from running import wait_until


class Hold(Enum):
    """What is held of an engine: its creates before or after the upstream has them, or queries."""

    BEFORE = "before"
    AFTER = "after"
    QUERIES = "queries"


class Between:
    """One running proxy; each engine calls it under a path of its own."""

    def __init__(self, url: str, upstream: str) -> None:
        self._url = url
        self._upstream = upstream
        self._may_go = threading.Event()
        self.holds: dict[str, Hold] = {}
        self.held: set[str] = set()

    def url(self, engine: str) -> str:
        return f"{self._url}/{engine}/api/v1"

    def wait_until_held(self) -> None:
        wait_until(lambda: self.held == set(self.holds), f"{set(self.holds)} are held")

    def let_go(self) -> None:
        """End what is held, without a word, and hold nothing more."""
        self.holds.clear()
        self._may_go.set()

    def pass_on(self, handler: BaseHTTPRequestHandler, body: bytes) -> httpx.Response | None:
        """Give the upstream's answer, or None for a call that was held."""
        _, engine, path = handler.path.split("/", 2)
        hold = self.holds.get(engine)
        is_create, is_query = handler.command == "POST", path.startswith("api/v1/tasks/")
        if hold is Hold.BEFORE and is_create:
            return self._hold(engine)
        if hold is Hold.QUERIES and is_query:
            return self._hold(engine)
        headers = {
            name: value
            for name, value in handler.headers.items()
            if name.lower() not in {"host", "connection", "content-length"}
        }
        answer = httpx.request(
            handler.command, f"{self._upstream}/{path}", headers=headers, content=body, timeout=30
        )
        return self._hold(engine) if hold is Hold.AFTER and is_create else answer

    def _hold(self, engine: str) -> None:
        self.held.add(engine)
        self._may_go.wait()


@contextmanager
def open_between(upstream: str) -> Iterator[Between]:
    """Serve on 127.0.0.1, on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            answer = between.pass_on(self, body)
            if answer is None:
                return
            with contextlib.suppress(ConnectionError):  # who asked may be dead by now
                self.send_response(answer.status_code)
                self.send_header("content-type", answer.headers["content-type"])
                self.send_header("content-length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        between = Between(f"http://127.0.0.1:{server.server_port}", upstream)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield between
        finally:
            between.let_go()
            server.shutdown()
            thread.join()
