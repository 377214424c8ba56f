"""A terminal of a test's own: it runs a command, and answers as a terminal does."""

import fcntl
import os
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path

_PATIENCE_SECONDS = 60.0
WHO_ARE_YOU = b"\x1b[c"


def run_on_terminal(
    *arguments: str,
    environment: Mapping[str, str],
    folder: Path,
    answer: bytes = b"\x1b[?62;c",
    size: tuple[int, int] = (30, 80),
) -> tuple[int, bytes]:
    """Run `kaiga` on a terminal of (rows, columns); gives its status and all that it wrote.

    `answer` is what the terminal says when it is asked what it is.
    """
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", _BECOME_ITS_TERMINAL, *arguments],
        env=environment,
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        written = _converse(ours, answer)
        return process.wait(_PATIENCE_SECONDS), written
    finally:
        process.kill()
        os.close(ours)


_BECOME_ITS_TERMINAL = (
    "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "from kaiga.cli.main import run; run()"
)


def _converse(terminal: int, answer: bytes) -> bytes:
    written, deadline = b"", time.monotonic() + _PATIENCE_SECONDS
    has_answered = False
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the last one who wrote to it is gone
            break
        if not piece:
            break
        written += piece
        if not has_answered and WHO_ARE_YOU in written:
            os.write(terminal, answer)
            has_answered = True
    return written
