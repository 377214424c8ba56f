"""Plays the faults of calls: each kind is a function that answers the call in its way."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from kaiga.domain.emulation.faults import Fault
from kaiga.domain.errors import LinkExpired, ResultGone
from kaiga.http.asgi import (
    JSON,
    JSON_UTF8,
    NO_STORE,
    Answer,
    Application,
    Call,
    Receive,
    Scope,
    Send,
    send_answer,
    wait_for_leaving,
)
from kaiga.http.emulator.protocol import CONNECTION
from kaiga.http.emulator.spoiling import (
    DribblingSend,
    HalvingSend,
    LateSend,
    RetypingSend,
    TruncatingSend,
    swallow,
)
from kaiga.http.files.refusals import make_expiry_refusal, make_refusal

_REFUSED = 400
_THROTTLED = 429

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class DisturbedCall:
    """A call and the fault that acts at it.

    `call` receives what came from its beginning; `listen` is the connection's own `receive`.
    `now` is the present of the account.
    """

    fault: Fault
    call: Call
    scope: Scope
    application: Application
    listen: Receive
    send: Send
    now: datetime

    async def take(self, send: Send) -> None:
        """Have the call answered as usual, into `send`."""
        await self.application(self.scope, self.call.connection.receive, send)

    async def answer(self, answer: Answer) -> None:
        """Answer the call without taking it."""
        await send_answer(self.send, self.call, answer)

    async def close(self) -> None:
        """Close the connection; returns once it is."""
        self.scope["extensions"][CONNECTION]["close"]()
        await wait_for_leaving(self.listen)


async def play(disturbed: DisturbedCall) -> None:
    """Have a call answered as its fault has it."""
    await PLAYERS[disturbed.fault.kind](disturbed)


async def _throttle(disturbed: DisturbedCall) -> None:
    await disturbed.answer(_make_error(disturbed, _THROTTLED))


async def _refuse(disturbed: DisturbedCall) -> None:
    await disturbed.answer(_make_error(disturbed, disturbed.fault.status or _REFUSED))


async def _drop_before(disturbed: DisturbedCall) -> None:
    await disturbed.close()


async def _drop_after(disturbed: DisturbedCall) -> None:
    await disturbed.take(swallow)
    await disturbed.close()


async def _answer_late(disturbed: DisturbedCall) -> None:
    seconds = disturbed.fault.seconds or 0.0
    await disturbed.take(LateSend(disturbed.send, disturbed.listen, seconds))


async def _dribble(disturbed: DisturbedCall) -> None:
    seconds = disturbed.fault.seconds or 0.0
    await disturbed.take(DribblingSend(disturbed.send, disturbed.listen, seconds))


async def _halve(disturbed: DisturbedCall) -> None:
    halving = HalvingSend(disturbed.send)
    await disturbed.take(halving)
    await halving.finish()


async def _lose_task(disturbed: DisturbedCall) -> None:
    call = disturbed.call
    task_id = call.path.rstrip("/").rpartition("/")[2]
    output = {"task_id": task_id, "task_status": "UNKNOWN"}
    body = _encode({"request_id": call.request_id, "output": output})
    await disturbed.answer(Answer(body=body, headers=(JSON_UTF8, NO_STORE)))


async def _expire_link(disturbed: DisturbedCall) -> None:
    expired = LinkExpired(disturbed.now, disturbed.now)
    await disturbed.answer(make_expiry_refusal(disturbed.call, expired))


async def _remove_file(disturbed: DisturbedCall) -> None:
    await disturbed.answer(make_refusal(disturbed.call, ResultGone()))


async def _truncate(disturbed: DisturbedCall) -> None:
    truncating = TruncatingSend(disturbed.send, disturbed.fault.bytes)
    await disturbed.take(truncating)
    if truncating.has_cut:
        await disturbed.close()


async def _retype(disturbed: DisturbedCall) -> None:
    await disturbed.take(RetypingSend(disturbed.send, disturbed.fault.content_type or ""))


PLAYERS: Mapping[str, Callable[[DisturbedCall], Awaitable[None]]] = {
    "throttled": _throttle,
    "error": _refuse,
    "create-inspection": _refuse,
    "dropped-before": _drop_before,
    "dropped-after": _drop_after,
    "slow-answer": _answer_late,
    "slow-body": _dribble,
    "malformed-json": _halve,
    "lost-task": _lose_task,
    "link-expired": _expire_link,
    "link-gone": _remove_file,
    "truncated-file": _truncate,
    "wrong-content-type": _retype,
}
"""Every kind that acts at calls, by its name."""


def _make_error(disturbed: DisturbedCall, status: int) -> Answer:
    fault = disturbed.fault
    error = {
        "code": fault.code,
        "message": fault.message,
        "request_id": disturbed.call.request_id,
    }
    headers = (JSON, NO_STORE)
    if fault.retry_after_seconds is not None:
        headers = (*headers, (b"retry-after", str(fault.retry_after_seconds).encode()))
    return Answer(status=status, headers=headers, body=_encode(error))
