"""What Kaiga adds to a create call: headers that no client of the contract sends by itself."""

import re

from kaiga.domain.adapters import ChosenAdapter, read_adapters
from kaiga.domain.errors import FieldInvalid
from kaiga.domain.tasks import LARGEST_PRIORITY, LEAST_PRIORITY
from kaiga.domain.webhooks import read_webhook_url
from kaiga.http.asgi import Call, Headers
from kaiga.service.submitting.submit_task import Extras

_LONGEST_KEY = 255
_KEY = re.compile(rf"[\x21-\x7e]{{1,{_LONGEST_KEY}}}", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}", re.ASCII)
_NONE = Extras()
_HEADERS = frozenset({b"x-kaiga-priority", b"x-kaiga-webhook", b"x-kaiga-lora", b"idempotency-key"})


def read_extras(call: Call) -> Extras:
    """Read them from the headers.

    Raises:
        FieldInvalid: one of them has a value that can't be.
    """
    return call.headers.read_once(_read_extras)


def _read_extras(headers: Headers) -> Extras:
    if _HEADERS.isdisjoint(headers):
        return _NONE
    return Extras(
        priority=_read_priority(_find(headers, b"x-kaiga-priority")),
        webhook=_read_webhook(_find(headers, b"x-kaiga-webhook")),
        adapters=_read_adapters(_find(headers, b"x-kaiga-lora")),
        idempotency_key=_read_key(_find(headers, b"idempotency-key")),
    )


def _find(headers: Headers, name: bytes) -> str:
    return headers.find_text(name).strip()


def _read_priority(text: str) -> int:
    if not text:
        return 0
    if not _NUMBER.fullmatch(text) or not LEAST_PRIORITY <= int(text) <= LARGEST_PRIORITY:
        raise FieldInvalid(
            f"X-Kaiga-Priority must be a whole number from {LEAST_PRIORITY} to {LARGEST_PRIORITY}."
        )
    return int(text)


def _read_key(text: str) -> str:
    if text and not _KEY.fullmatch(text):
        raise FieldInvalid(
            f"Idempotency-Key must be 1 to {_LONGEST_KEY} visible ASCII characters without spaces."
        )
    return text


def _read_adapters(text: str) -> tuple[ChosenAdapter, ...]:
    if not text:
        return ()
    try:
        return read_adapters(text)
    except ValueError as error:
        raise FieldInvalid(
            f"X-Kaiga-Lora must be a list of adapters such as ink, paper:0.5: {error}."
        ) from None


def _read_webhook(text: str) -> str:
    if not text:
        return ""
    try:
        return read_webhook_url(text)
    except ValueError as error:
        raise FieldInvalid(
            f"X-Kaiga-Webhook must be an address such as https://example.com/told: {error}."
        ) from None
