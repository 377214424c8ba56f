"""Serves Kaiga with an engine that makes nothing: `python serve.py serve`.

All of it is Kaiga's own code; only the program that it starts for each engine process is another,
so that the way of a task is measured and not the painting.
"""

import sys
from pathlib import Path

from kaiga.cli.main import run
from kaiga.compose.engines import children

CHILD = Path(__file__).with_name("child.py")


def make_child_command(*_: object) -> tuple[str, ...]:
    """Give the command of the null engine; see `kaiga.compose.engines.engine_child`."""
    return (sys.executable, str(CHILD))


if __name__ == "__main__":
    children.make_child_command = make_child_command
    run()
