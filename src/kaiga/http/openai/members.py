"""The members of a request, from JSON or from a form, taken one by one with their types checked."""

from collections.abc import Mapping, Sequence
from typing import cast

import msgspec

from kaiga.domain.errors import BodyMalformed, ParameterRefused
from kaiga.http.files.forms import split_form
from kaiga.http.json_bounds import is_bounded

_FORM = "multipart/form-data"
_LONGEST_WORD = 64 * 1024
"""In bytes, of a field of a form that is no file."""
_MOST_DIGITS = 18
_SWITCHES: Mapping[str, object] = {"true": True, "false": False, "1": True, "0": False}

_decode = msgspec.json.Decoder().decode


class Members:
    """What a request holds; what is taken is out of it, and the rest is for the model to know.

    Null counts as absent. Of a form, every member is the list of its parts, as bytes.
    """

    def __init__(self, given: Mapping[str, object], *, is_form: bool) -> None:
        self._given = {name: value for name, value in given.items() if value is not None}
        self._is_form = is_form

    def take(self, name: str) -> object:
        """Take a member as it is: of a form, the bytes of its parts; None where it is absent."""
        return self._given.pop(name, None)

    def take_text(self, name: str) -> str:
        """Take a text, empty where it is absent.

        Raises:
            ParameterRefused: it is no text.
        """
        value = self._take_word(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise ParameterRefused(name, f"{name} must be a string.")
        return value

    def take_whole(self, name: str, lowest: int = 0) -> int | None:
        """Take a whole number from `lowest`, which may be written as a text; None if absent.

        Raises:
            ParameterRefused: it is none.
        """
        value = self._take_word(name)
        if isinstance(value, str) and value.isascii() and value.isdigit():
            value = int(value[: _MOST_DIGITS + 1])
        if value is None or value == "":
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < lowest:
            raise ParameterRefused(name, f"{name} must be a whole number from {lowest}.")
        return value

    def take_switch(self, name: str) -> bool:
        """Take true or false, false where it is absent.

        Raises:
            ParameterRefused: it is neither.
        """
        value = self._take_word(name)
        switch = _SWITCHES.get(value.lower(), value) if isinstance(value, str) else value
        if switch is None or switch == "":
            return False
        if not isinstance(switch, bool):
            raise ParameterRefused(name, f"{name} must be true or false.")
        return switch

    def take_choice(self, name: str, allowed: Sequence[str]) -> str:
        """Take one of a few words, the first of them where it is absent.

        Raises:
            ParameterRefused: it is another.
        """
        value = self.take_text(name) or allowed[0]
        if value not in allowed:
            raise ParameterRefused(
                name, f"{name} must be {' or '.join(allowed)} here. Got '{value}'."
            )
        return value

    def take_rest(self) -> Mapping[str, object]:
        """Take all that is left; of a form, texts."""
        return {name: self._take_word(name) for name in tuple(self._given)}

    def _take_word(self, name: str) -> object:
        value = self._given.pop(name, None)
        if not self._is_form or value is None:
            return value
        last = cast("list[bytes]", value)[-1]
        try:
            if len(last) <= _LONGEST_WORD:
                return last.decode()
        except UnicodeDecodeError:
            pass
        raise ParameterRefused(name, f"{name} must be a text of at most {_LONGEST_WORD} bytes.")


def read_members(body: bytes, content_type: str) -> Members:
    """Read a body, which its type says to be a form or which is JSON.

    Raises:
        FormMalformed: it says so and is none.
        BodyMalformed: it is not one JSON object.
    """
    if content_type.partition(";")[0].strip().lower() == _FORM:
        return _read_form(body, content_type)
    return _read_object(body)


def _read_form(body: bytes, content_type: str) -> Members:
    parts: dict[str, list[bytes]] = {}
    for name, content in split_form(body, content_type):
        parts.setdefault(name.removesuffix("[]"), []).append(content)
    return Members(parts, is_form=True)


def _read_object(body: bytes) -> Members:
    try:
        given = _decode(body) if is_bounded(body) else None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BodyMalformed from error
    if not isinstance(given, dict):
        raise BodyMalformed
    return Members(cast("dict[str, object]", given), is_form=False)
