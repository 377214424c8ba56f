"""A server before the server, that passes calls on and loses the first answers to creates."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx

from running import RunningKaiga

_PASSED_ON = ("authorization", "content-type", "x-dashscope-async")


@contextmanager
def losing_answers(server: RunningKaiga, count: int) -> Iterator[tuple[str, list[str]]]:
    """Give the base URL that loses `count` answers, and the ids of the tasks that it created."""
    created: list[str] = []

    class PassOn(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
            answer = httpx.post(server.base_url + self.path, content=body, headers=kept)
            created.append(answer.json()["output"]["task_id"])
            if len(created) <= count:
                self.close_connection = True
                return
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers["content-type"])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            pass

    before = ThreadingHTTPServer(("127.0.0.1", 0), PassOn)
    before.daemon_threads = True
    thread = Thread(target=before.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{before.server_port}/api/v1", created
    before.shutdown()
    thread.join()
    before.server_close()
