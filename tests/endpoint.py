"""An endpoint as language models and moderation have: a real server that answers as planned.

Its answers are those of the public documents: Ollama, "OpenAI compatibility" (docs/openai.md of
ollama/ollama); vLLM, "OpenAI-Compatible Server"; OpenAI, API reference, "Create chat completion"
and "Create moderation", of which pictures are taken one a request ("Number of images (2) exceeds
maximum of 1").
"""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Planned = tuple[int, bytes]
"""The status and the body of an answer."""


class Asked:
    """One request as it arrived."""

    def __init__(self, path: str, headers: Mapping[str, str], body: bytes) -> None:
        self.path = path
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body: dict[str, Any] = json.loads(body)


class Endpoint:
    """One running endpoint; `plan` makes the answer of each request. It may be held."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self.plan: Callable[[Asked], Planned] = lambda _: (404, b"{}")
        self._may_answer = threading.Event()
        self._may_answer.set()

    def hold(self) -> None:
        """Answer nobody until `go_on`."""
        self._may_answer.clear()

    def go_on(self) -> None:
        self._may_answer.set()

    def take(self, asked: Asked) -> Planned:
        self.asked.append(asked)
        self._may_answer.wait()
        return self.plan(asked)


def say(content: object, finish_reason: str = "stop") -> Planned:
    """Answer a chat as Ollama and vLLM do."""
    completion = {
        "id": "chatcmpl-647",
        "object": "chat.completion",
        "created": 1764200000,
        "model": "qwen3:8b",
        "system_fingerprint": "fp_ollama",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content},
                "finish_reason": finish_reason,
            }
        ],
        "usage": {"prompt_tokens": 260, "completion_tokens": 40, "total_tokens": 300},
    }
    return 200, json.dumps(completion).encode()


def judge(*, flagged: bool) -> Planned:
    """Answer a request for moderation as OpenAI does."""
    moderation = {
        "id": "modr-5f2c",
        "model": "omni-moderation-latest",
        "results": [
            {
                "flagged": flagged,
                "categories": {"violence": flagged, "sexual": False},
                "category_scores": {"violence": 0.98 if flagged else 0.01, "sexual": 0.01},
                "category_applied_input_types": {"violence": ["text"], "sexual": []},
            }
        ],
    }
    return 200, json.dumps(moderation).encode()


@contextmanager
def running_endpoint() -> Iterator[Endpoint]:
    """An endpoint on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status, answer = endpoint.take(Asked(self.path, self.headers, body))
            with contextlib.suppress(OSError):  # whoever asked may have left
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.go_on()
        server.shutdown()
        server.server_close()
        thread.join()
