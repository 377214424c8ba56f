"""Pictures as terminals take them: kitty's graphics protocol and iTerm2's inline images.

Pure: what is made here is text that a terminal reads as a picture.
"""

import base64
from collections.abc import Iterator

_CHUNK_CHARACTERS = 4096
"""Source: the kitty graphics protocol, "Remote client"; no chunk may be longer."""

KITTY_QUESTION = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
"""Asks whether a picture of one pixel could be shown, and shows nothing."""
KITTY_CONSENT = b"\x1b_Gi=31;OK"


def write_kitty(png: bytes, columns: int, rows: int) -> str:
    """Write a PNG for kitty's protocol, over so many cells; the cursor comes to stand behind it.

    `q=2` has the terminal answer nothing: an answer would look like something typed.
    """
    chunks = list(_split(base64.b64encode(png).decode()))
    controls = [f"a=T,f=100,q=2,c={columns},r={rows},", *([""] * (len(chunks) - 1))]
    last = len(chunks) - 1
    return "".join(
        f"\x1b_G{control}m={int(number < last)};{chunk}\x1b\\"
        for number, (control, chunk) in enumerate(zip(controls, chunks, strict=True))
    )


def write_iterm(file: bytes, columns: int, rows: int) -> str:
    """Write a picture's file for iTerm2, over so many cells."""
    said = f"inline=1;size={len(file)};width={columns};height={rows};preserveAspectRatio=1"
    return f"\x1b]1337;File={said}:{base64.b64encode(file).decode()}\x07"


def _split(text: str) -> Iterator[str]:
    for start in range(0, len(text), _CHUNK_CHARACTERS):
        yield text[start : start + _CHUNK_CHARACTERS]
