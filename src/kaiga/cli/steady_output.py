"""A terminal that is drawn on without flicker."""

from typing import IO, Any

_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"
"""Synchronized output: what is between them appears at once. Terminals that don't know it ignore
it. Source: the terminal-wg specification "Synchronized Output"."""


class SteadyOutput:
    """Writes to a stream; on a terminal, each piece as one picture. The rest is the stream's."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a piece."""
        return self._stream.write(f"{_BEGIN}{text}{_END}" if self._is_terminal and text else text)
