"""Reads the bodies of control calls."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from kaiga.domain.errors import BodyMalformed, FieldInvalid

T = TypeVar("T")


def decode_control(decode: Callable[[bytes], T], body: bytes) -> T:
    """Decode the body of a control call by a decoder of msgspec.

    Raises:
        BodyMalformed: it is no JSON.
        FieldInvalid: a member is missing, wrong or not known; the message says where it stands.
    """
    try:
        return decode(body)
    except msgspec.ValidationError as error:
        raise FieldInvalid(f"{error}.") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BodyMalformed from error
