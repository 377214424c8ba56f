"""How much of a JSON text may become objects: brackets and commas are counted beforehand.

Base64 holds none of the signs that are counted, so a text may be long all the same.
"""

_MOST_BRACKETS = 4096
_MOST_COMMAS = 65_536
"""More than any list or object that a model takes can have; each makes one object at most."""


def is_bounded(text: bytes) -> bool:
    """Tell whether a text may be decoded whole."""
    brackets = text.count(b"[") + text.count(b"{")
    return brackets <= _MOST_BRACKETS and text.count(b",") <= _MOST_COMMAS
