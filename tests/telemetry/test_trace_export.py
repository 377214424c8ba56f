"""Traces reach a collector over OTLP, and only where one is named."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from running import CREATE, MODEL

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
OTHER_TRACE = TRACE[::-1]
PROMPT = "a zebra of Xylophonia"


class Collector:
    """What OTLP clients talk to; it keeps what it was sent."""

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        self.raw = b""
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                assert self.path == "/v1/traces"
                collector.raw += body
                collector.requests.append(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def spans(self) -> list[Span]:
        resources = [each for request in self.requests for each in request.resource_spans]
        return [span for each in resources for scope in each.scope_spans for span in scope.spans]

    def services(self) -> set[str]:
        resources = [each for request in self.requests for each in request.resource_spans]
        return {
            attribute.value.string_value
            for each in resources
            for attribute in each.resource.attributes
            if attribute.key == "service.name"
        }

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def collector() -> Iterator[Collector]:
    opened = Collector()
    yield opened
    opened.close()


def test_a_task_is_traced_from_the_callers_request_to_its_end(
    start_server, collector: Collector
) -> None:
    server = start_server({"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url})
    with server.client() as client:
        order = {"model": MODEL, "input": {"prompt": PROMPT}, "parameters": {"n": 1}}
        answer = client.post(
            CREATE,
            json=order,
            headers={"X-DashScope-Async": "enable", "traceparent": f"00-{TRACE}-{TRACE[:16]}-01"},
        ).json()
        server.wait_for_end(client, answer["output"]["task_id"])
        client.get(f"/tasks/{PROMPT}")
        other = client.post(
            f"{server.base_url}/v1/images/generations",
            json={"model": MODEL, "prompt": PROMPT, "size": "1024x1024"},
            headers={"traceparent": f"00-{OTHER_TRACE}-{TRACE[:16]}-01"},
        )
        assert other.status_code == 200, other.text
    server.stop()  # which sends what has not been sent

    told = [span for span in collector.spans() if span.trace_id.hex() == TRACE]
    assert {span.name for span in told} == {
        "POST /api/v1/services",
        "submit",
        "claim",
        "inputs",
        "generate",
        "store",
        "finish",
    }
    of_openai = {s.name for s in collector.spans() if s.trace_id.hex() == OTHER_TRACE}
    own = {span.name for span in told} - {"POST /api/v1/services"}
    assert of_openai == {"POST /v1/images", *own}
    assert collector.services() == {"kaiga"}
    assert answer["output"]["task_id"].encode() in collector.raw
    for secret in (PROMPT, "Xylophonia", server.key):
        assert secret.encode() not in collector.raw
