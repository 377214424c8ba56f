"""What an engine computes on, by the name that its maker gave it."""

import subprocess
from collections.abc import Sequence
from typing import cast

from kaiga.domain.engines import SKETCH, EngineSpec

CPU = "cpu"
_PATIENCE_SECONDS = 10.0
# The names of its fields are those that its help on --query-gpu lists.
_QUERY = ("nvidia-smi", "--query-gpu=name", "--format=csv,noheader", "--id")


def find_device(spec: EngineSpec) -> str:
    """Give the name of an engine's first device: `NVIDIA H200`, or torch's name, or `cpu`.

    Nothing is imported that computes: the driver's own program is asked.
    """
    named = spec.options.get("devices")
    first = str(cast("Sequence[object]", named)[0]) if isinstance(named, list) and named else "auto"
    kind, _, number = first.partition(":")
    if spec.kind == SKETCH:
        return CPU
    if kind not in {"auto", "cuda"}:
        return first
    return _ask_driver(number or "0") or CPU


def _ask_driver(number: str) -> str:
    try:
        told = subprocess.run(  # noqa: S603  a fixed command, and a number of a device
            [*_QUERY, number],
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()
