"""The tracer over OpenTelemetry, which is imported here alone and only where traces are wanted."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.sdk.resources import (
    SERVICE_NAME,
    SERVICE_VERSION,
    OTELResourceDetector,
    Resource,
)
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from kaiga.ports.tracer import Facts, Span

_TRACE_PARENT = "traceparent"
_LONGEST_GOODBYE_SECONDS = 3.0
_propagator = TraceContextTextMapPropagator()


class OpenTelemetryTracer:
    """Implements the port `Tracer`; spans go to `processor` in batches, never from here."""

    def __init__(self, processor: SpanProcessor, version: str) -> None:
        own = Resource({SERVICE_NAME: "kaiga", SERVICE_VERSION: version})
        told = OTELResourceDetector().detect()  # what OpenTelemetry's own variables say
        resource = Resource.create().merge(own).merge(told)
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("kaiga", version)

    @contextmanager
    def begin(
        self, name: str, facts: Facts, *, parent: str = "", is_request: bool = False
    ) -> Generator[Span]:
        """See the port."""
        around = _propagator.extract({_TRACE_PARENT: parent}) if parent else None
        kind = SpanKind.SERVER if is_request else SpanKind.INTERNAL
        span = self._tracer.start_span(name, around, kind, dict(facts))
        token = otel_context.attach(trace.set_span_in_context(span)) if is_request else None
        begun = _BegunSpan(span)
        try:
            yield begun
        except BaseException as error:
            begun.fail(type(error).__name__)
            raise
        finally:
            if token is not None:
                otel_context.detach(token)
            span.end()

    def close(self) -> None:
        """Send what has not been sent yet; a collector that is away holds nobody up for long."""
        sending = threading.Thread(target=self._provider.shutdown, daemon=True)
        sending.start()
        sending.join(_LONGEST_GOODBYE_SECONDS)


class _BegunSpan:
    def __init__(self, span: OtelSpan) -> None:
        self._span = span

    @property
    def trace_parent(self) -> str:
        carrier: dict[str, str] = {}
        _propagator.inject(carrier, trace.set_span_in_context(self._span))
        return carrier.get(_TRACE_PARENT, "")

    def tell(self, facts: Facts) -> None:
        self._span.set_attributes(dict(facts))

    def fail(self, reason: str) -> None:
        self._span.set_status(Status(StatusCode.ERROR, reason))


def open_tracer(endpoint: str, version: str) -> OpenTelemetryTracer:
    """Make a tracer whose spans go to a collector at `endpoint`, by OTLP over HTTP.

    Headers, time limits and sampling are set by OpenTelemetry's own variables.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415  tests of the tracer need no exporter
        OTLPSpanExporter,
    )

    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    return OpenTelemetryTracer(BatchSpanProcessor(exporter), version)
