"""For tests of programs that call the API: an emulator of their own, and control over it.

`EmulatorControl` controls one that runs, `EmulatorProcess` runs one, and the pytest plugin gives
each test both as the fixture `kaiga_server`. This package knows the server by HTTP and by its
command, and imports nothing of it but how paces and seeds are written. pytest imports it in every
run, so nothing is imported before it is used.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kaiga.testing.control import ControlRefused, EmulatorControl, EmulatorUnreachable
    from kaiga.testing.process import EmulatorProcess, NotStarted

__all__ = [
    "ControlRefused",
    "EmulatorControl",
    "EmulatorProcess",
    "EmulatorUnreachable",
    "NotStarted",
]

_PLACES = {
    "ControlRefused": "kaiga.testing.control",
    "EmulatorControl": "kaiga.testing.control",
    "EmulatorUnreachable": "kaiga.testing.control",
    "EmulatorProcess": "kaiga.testing.process",
    "NotStarted": "kaiga.testing.process",
}


def __getattr__(name: str) -> object:
    """Import what is asked for."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415  see the module

    return getattr(importlib.import_module(_PLACES[name]), name)
