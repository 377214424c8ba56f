"""OpenTelemetry is an extra: nothing of it is loaded unasked, and a start does without it."""

import subprocess
import sys

LOADED_UNASKED = """
import sys
import kaiga.compose.serving
print([name for name in sys.modules if name.startswith("opentelemetry")])
"""
NOT_INSTALLED = """
import sys
sys.modules["opentelemetry"] = None
from kaiga.compose.watching import _open_tracer
print(_open_tracer("http://127.0.0.1:4318"))
"""


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def test_a_server_that_traces_nothing_loads_nothing_of_it():
    assert run(LOADED_UNASKED) == "[]\n"


def test_where_it_is_not_installed_a_warning_says_what_to_install():
    told = run(NOT_INSTALLED)

    assert "kaiga[otel]" in told
    assert told.endswith("None\n")
