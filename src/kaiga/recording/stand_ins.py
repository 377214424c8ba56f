"""What clients of the recorder see in place of secrets and links, and what upstream gets for it.

Real values live here, in memory, and nowhere else. Clients get what the files hold, byte for
byte, and yet can use it: what they send back is exchanged again on its way upstream.
"""

import re

from kaiga.recording.addresses import NOWHERE, find_link, find_own_path, make_link_path
from kaiga.recording.exchanges import JsonBody
from kaiga.recording.scrubbing import (
    STAND_IN,
    is_secret,
    is_secret_name,
    map_scalars,
    scrub_text,
)
from kaiga.recording.writing import find_json, write_json

_TEMPORARY = "st-"
_ACCOUNT_IN_FOLDER = re.compile(r"\b[0-9a-f]{32}\b")
_UPLOAD_FOLDER = "upload_dir"
"""Holds 32 digits of the account. Source: contract/core.md, 8.1."""


class StandIns:
    """Grows with what is answered; the same secret always has the same stand-in."""

    def __init__(self) -> None:
        self._real: dict[str, str] = {}
        self._stand_ins: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._links: dict[str, str] = {}

    def hide(self, kind: str, real: str) -> str:
        """Give the stand-in of a secret; `kind` is what it is, in any spelling."""
        known = self._stand_ins.get(real)
        if known is not None:
            return known
        word = "".join(letter for letter in kind.lower() if "a" <= letter <= "z") or "value"
        self._counts[word] = self._counts.get(word, 0) + 1
        stand_in = f"recorded-{word}-{self._counts[word]}"
        self._real[stand_in] = real
        self._stand_ins[real] = stand_in
        return stand_in

    def hide_value(self, value: object) -> object:
        """Copy an answer's JSON value with stand-ins and links that lead through the recorder.

        It is gone through twice: a text may quote what only a later member names as a secret.
        """
        map_scalars(value, self._hide_named)
        return map_scalars(value, self._hide_named)

    def hide_text(self, text: str) -> str:
        """Take known secrets and those that look like one out of an answer's text."""
        for real, stand_in in self._stand_ins.items():
            if is_secret(real):
                text = text.replace(real, stand_in)
        return scrub_text(text)

    def hide_link(self, text: str) -> str | None:
        """Make the link through the recorder; None for a text that is no link."""
        link = find_link(text)
        if link is None:
            return None
        path = make_link_path(link)
        self._links[path] = text
        return scrub_text(f"{NOWHERE}{path}?{link.query}") if link.query else f"{NOWHERE}{path}"

    def find_link(self, path: str) -> str | None:
        """Give the link that a path of the recorder stands for; None where none was answered."""
        return self._links.get(path)

    def restore_text(self, text: str) -> str:
        """Put the real values where stand-ins and links through the recorder are."""
        own = find_own_path(text)
        if own is not None:
            return self._links.get(own, text)
        return STAND_IN.sub(lambda found: self._real.get(found[0], found[0]), text)

    def restore_bytes(self, content: bytes) -> bytes:
        """Put the real values where stand-ins are in a form."""
        pattern = re.compile(STAND_IN.pattern.encode())
        return pattern.sub(
            lambda found: self._real.get(found[0].decode(), found[0].decode()).encode(), content
        )

    def restore_json(self, content: bytes) -> bytes:
        """Put the real values into JSON; without stand-ins it stays as it was written."""
        found = find_json(content)
        if found is None:
            return content
        value = map_scalars(found.value, self._restore_scalar)
        return content if value == found.value else write_json(JsonBody(value, found.style))

    def _restore_scalar(self, _name: str, scalar: str | int) -> str | int:
        return self.restore_text(scalar) if isinstance(scalar, str) else scalar

    def _hide_named(self, name: str, scalar: str | int) -> str | int:
        if isinstance(scalar, int):
            return 0 if is_secret_name(name) else scalar
        if name == _UPLOAD_FOLDER:
            return _ACCOUNT_IN_FOLDER.sub(lambda found: self.hide("account", found[0]), scalar)
        if is_secret_name(name) and scalar:
            prefix = _TEMPORARY if scalar.startswith(_TEMPORARY) else ""
            return prefix + self.hide(name, scalar.removeprefix(prefix))
        return self.hide_link(scalar) or self.hide_text(scalar)
