"""A server that answers as it is told, with all the secrets that the real service shows."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Cloud:
    """One answer for each path; what arrived is kept."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[Mapping[str, str], bytes]] = {}
        self.bodies: list[bytes] = []
        self.keys: list[str] = []
        self.paths: list[str] = []
        self.url = ""

    def answer(self, path: str, body: bytes, **headers: str) -> None:
        """Have a path answered; headers are named with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = ({"content-type": "application/json", **named}, body)


@contextmanager
def run_cloud() -> Iterator[Cloud]:
    cloud = Cloud()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            cloud.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            cloud.keys.append(self.headers.get("Authorization", ""))
            cloud.paths.append(self.path)
            headers, body = cloud.answers[self.path.partition("?")[0]]
            self.send_response(200)
            for name, value in ({"content-length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer  # noqa: N815  the library's own names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        cloud.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        yield cloud
        server.shutdown()
