"""Finds out how a terminal can show pictures: it is asked, since its name says little."""

import os
import select
import termios
import time
import tty
from collections.abc import Mapping
from enum import Enum

from kaiga.cli.picturing.protocols import KITTY_CONSENT, KITTY_QUESTION

_TERMINAL = "/dev/tty"
"""The one of this process, wherever its input and output go."""
_WHO_ARE_YOU = "\x1b[c"
"""Every terminal answers this, so nobody waits for one that does not know the question before."""
_PATIENCE_SECONDS = 0.5
_MOST_BYTES = 4096
_ITERM_PROGRAMS = frozenset({"iTerm.app", "WezTerm"})


class Way(Enum):
    """How pictures are shown."""

    KITTY = "kitty"
    ITERM = "iterm"
    ALL_COLOURS = "24-bit"
    PALETTE = "256"


def find_way(environment: Mapping[str, str] = os.environ, terminal: str = _TERMINAL) -> Way | None:
    """Find out how the terminal of this process shows pictures; None where it can't.

    NO_COLOR is a wish for plain text, and a picture is anything but that.
    """
    if environment.get("NO_COLOR") or environment.get("TERM", "dumb") == "dumb":
        return None
    if _answers_for_kitty(terminal):
        return Way.KITTY
    # tmux and screen hand the name of the terminal around them on, and not its pictures.
    if environment.get("TERM_PROGRAM") in _ITERM_PROGRAMS and "TMUX" not in environment:
        return Way.ITERM
    return find_colours(environment)


def find_colours(environment: Mapping[str, str] = os.environ) -> Way:
    """Tell how many colours characters may have."""
    has_all = environment.get("COLORTERM", "") in {"truecolor", "24bit"}
    return Way.ALL_COLOURS if has_all else Way.PALETTE


def _answers_for_kitty(path: str) -> bool:
    try:
        terminal = os.open(path, os.O_RDWR | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return KITTY_CONSENT in _ask(terminal, KITTY_QUESTION + _WHO_ARE_YOU)
    except (OSError, termios.error):
        return False
    finally:
        os.close(terminal)


def _ask(terminal: int, question: str) -> bytes:
    """Give what the terminal answers until it has said what it is; none of it is echoed."""
    before = termios.tcgetattr(terminal)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    answer = b""
    try:
        tty.setcbreak(terminal, termios.TCSANOW)
        os.write(terminal, question.encode())
        while not _is_whole(answer) and len(answer) < _MOST_BYTES:
            left_seconds = deadline - time.monotonic()
            if left_seconds <= 0 or not select.select([terminal], [], [], left_seconds)[0]:
                break
            answer += os.read(terminal, _MOST_BYTES)
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)
    return answer


def _is_whole(answer: bytes) -> bool:
    begin = answer.find(b"\x1b[?")
    return begin >= 0 and b"c" in answer[begin:]
