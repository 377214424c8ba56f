"""The newest warnings are kept for the console, as silent as the log is."""

import io
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from kaiga.telemetry import configure_logging, list_recent_lines


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    before = logging.getLogger().handlers[:]
    configure_logging("info", as_json=True)
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers = before


def test_warnings_are_kept_and_what_is_usual_is_not():
    structlog.get_logger().info("usual")
    structlog.get_logger().warning("first", count=2)
    structlog.get_logger().error("second")

    second, first = list_recent_lines()[:2]

    assert (second["event"], second["level"]) == ("second", "error")
    assert (first["event"], first["count"]) == ("first", 2)
    assert "usual" not in {line["event"] for line in list_recent_lines()}


def test_a_key_is_hidden_in_what_is_kept_also_from_libraries():
    logging.getLogger("a.library").warning("with Bearer sk-0123456789abcdef")

    assert "0123456789" not in str(list_recent_lines()[0])
    assert list_recent_lines()[0]["level"] == "warning"


def test_only_the_newest_are_kept():
    for number in range(300):
        structlog.get_logger().warning("again", number=number)

    kept = [line["number"] for line in list_recent_lines()]
    assert kept == list(range(299, 99, -1))
