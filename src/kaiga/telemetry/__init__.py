"""Logs: one line per event, for people on a terminal and as JSON elsewhere."""

from kaiga.telemetry.logging import configure_logging

__all__ = ["configure_logging"]
