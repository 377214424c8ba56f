"""Notes calls as they come, with no key in the note, and what is answered."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import cast

from kaiga.domain.ids import AccountId
from kaiga.domain.keys import hash_api_key, prefix_of_key
from kaiga.http.asgi import Call, Header, Message, Send
from kaiga.http.emulator.arriving import Arrival
from kaiga.ports.clock import Calendar
from kaiga.service.emulation.account_log import AccountLog
from kaiga.service.emulation.fault_book import SetFault
from kaiga.service.emulation.noted import NotedRequest

_MOST_KEPT_BYTES = 16 * 1024
"""Of a body: orders have some hundred bytes, and pictures in them are of no use for assertions."""
_MOST_ANSWERED_BYTES = 4 * 1024
"""Of an answer: a task with four links has half of that."""
_USUAL_BYTES = 1024 + _MOST_ANSWERED_BYTES
"""About what a note takes beside its body; the answer, which is yet to come, is counted whole."""
_HASH_DIGITS = 24
"""As many as name the account of a key."""
_LEAST_KEY = 12
"""Shorter keys, such as `sk-test`, may stand in texts for what they say."""
_TEXTS = (b"application/json", b"application/xml", b"text/")
_GIVES_KEYS = "/api/v1/tokens"
_SECRET = frozenset({b"authorization", b"proxy-authorization", b"cookie"})


class NoteRequests:
    """Puts notes of calls into the log."""

    def __init__(self, log: AccountLog[NotedRequest], calendar: Calendar, pepper: bytes) -> None:
        self._log = log
        self._calendar = calendar
        self._pepper = pepper

    def __call__(
        self, send: Send, call: Call, arrival: Arrival, account: AccountId, acting: SetFault | None
    ) -> "NotedSend":
        """Note a call that has come; what is sent by the answer completes the note."""
        body = arrival.body[:_MOST_KEPT_BYTES]
        key = _find_secret(call.header(b"authorization"))
        noted = NotedRequest(
            arrived_at=self._calendar.now(account),
            account=account,
            method=call.method,
            path=call.path,
            query=self._hide(key, call.query.decode("latin-1")),
            headers=[
                (name.decode("latin-1"), self._hide(key, self._show(name, value.decode("latin-1"))))
                for name, value in call.headers.items()
            ],
            body=self._hide(key, body.decode("latin-1")).encode("latin-1"),
            is_whole=arrival.is_whole and len(body) == len(arrival.body),
            fault=acting.id if acting else None,
            fault_kind=acting.fault.kind if acting else None,
        )
        self._log.add(account, noted, _USUAL_BYTES + len(body))
        return NotedSend(send, noted, partial(self._hide, key))

    def _show(self, name: bytes, value: str) -> str:
        """Show a header, of one that holds a secret only what tells it from others."""
        if name not in _SECRET:
            return value
        secret = _find_secret(value)
        return value.strip().removesuffix(secret) + self._name_secret(secret)

    def _hide(self, key: str, text: str) -> str:
        """Show what tells a key from others wherever else it stands, as by mistake."""
        if len(key) < _LEAST_KEY or key not in text:
            return text
        return text.replace(key, self._name_secret(key))

    def _name_secret(self, secret: str) -> str:
        digest = hash_api_key(self._pepper, secret).hex()[:_HASH_DIGITS]
        return f"{prefix_of_key(secret)} (hash {digest})"


def _find_secret(value: str) -> str:
    """Give a header's value without the scheme before it."""
    return value.strip().rpartition(" ")[2]


class NotedSend:
    """Sends on, and notes the status that goes out, and of texts how they begin."""

    def __init__(self, send: Send, noted: NotedRequest, hide: Callable[[str], str]) -> None:
        self._send = send
        self._noted = noted
        self._hide = hide
        self._is_text = False

    async def __call__(self, message: Message) -> None:
        """Stand in for ASGI's."""
        if message["type"] == "http.response.start":
            self._noted.status = int(message["status"])
            headers = dict(cast("Iterable[Header]", message.get("headers", ())))
            self._noted.request_id = headers.get(b"x-request-id", b"").decode("latin-1") or None
            self._is_text = (
                headers.get(b"content-type", b"").startswith(_TEXTS)
                and self._noted.path.rstrip("/") != _GIVES_KEYS
            )
        elif self._is_text:
            room = _MOST_ANSWERED_BYTES - len(self._noted.answer)
            part = cast("bytes", message.get("body", b""))[:room]
            self._noted.answer += self._hide(part.decode("latin-1")).encode("latin-1")
        await self._send(message)
