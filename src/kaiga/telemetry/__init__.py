"""Logs, metrics and traces: what the service shows of itself to those who watch it."""

from kaiga.telemetry.logging import configure_logging
from kaiga.telemetry.prometheus_meter import PrometheusMeter
from kaiga.telemetry.recent_lines import list_recent_lines
from kaiga.telemetry.scraping import NamedCounts, write_metrics

__all__ = [
    "NamedCounts",
    "PrometheusMeter",
    "configure_logging",
    "list_recent_lines",
    "write_metrics",
]
