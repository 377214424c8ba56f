"""`GET /metrics`: counted where things happen, put into words only when asked."""

import ipaddress
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kaiga.http.asgi import Call
from kaiga.http.identity import is_within

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


class _Numbers(Collector):
    def __init__(
        self, counters: Mapping[str, tuple[str, float]], gauges: Mapping[str, tuple[str, float]]
    ) -> None:
        self._counters = counters
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        for name, (meaning, value) in self._counters.items():
            yield CounterMetricFamily(name, meaning, value=value)
        for name, (meaning, value) in self._gauges.items():
            yield GaugeMetricFamily(name, meaning, value=value)


Numbers = Mapping[str, tuple[str, float]]
"""By metric name: what it means, and its value."""


def render_metrics(counters: Callable[[], Numbers], gauges: Numbers) -> bytes:
    """Write the numbers in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Numbers(counters(), gauges))
    return generate_latest(registry)


def is_local(call: Call) -> bool:
    """Tell whether a call comes from this very machine, and not through a proxy on it."""
    return is_within(call, _LOOPBACK) and b"x-forwarded-for" not in call.headers
