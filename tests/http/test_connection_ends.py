"""How long connections are kept, and how calls end whose connection or whose time has ended."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from wires import Wire

from kaiga.http.asgi import Receive, Scope, Send, wait_for_leaving

CALL = b"GET /1d/a HTTP/1.1\r\nHost: localhost\r\n\r\n"
KEPT_SECONDS = 65
"""What clients are promised, and what proxies in front are set up by."""


class Served:
    """An application: each call begins, and is answered once the test has it `finish`."""

    def __init__(self) -> None:
        self.begun = 0
        self.left = 0
        self._may_end = asyncio.Event()

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        self.begun += 1
        leaving = asyncio.ensure_future(wait_for_leaving(receive))
        ending = asyncio.ensure_future(self._may_end.wait())
        try:
            await asyncio.wait({leaving, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
            leaving.cancel()
        self.left += leaving.done() and not leaving.cancelled()
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    def finish(self) -> None:
        self._may_end.set()


class HandTurned:
    """The running loop, but that its timers come when a test turns the time on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._now = 0.0
        self._timers: list[tuple[float, Turned]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    def call_later(self, seconds: float, call: Callable[[], None]) -> "Turned":
        self._timers.append((self._now + seconds, Turned(call)))
        return self._timers[-1][1]

    def turn(self, seconds: float) -> None:
        until = self._now + seconds
        while due := sorted((at for at, timer in self._timers if at <= until and timer.call)):
            self._now = due[0]
            timer = next(timer for at, timer in self._timers if at == due[0] and timer.call)
            call, timer.call = timer.call, None
            assert call is not None
            call()
        self._now = until


class Turned:
    """A timer that has not come while it has a `call`."""

    def __init__(self, call: Callable[[], None]) -> None:
        self.call: Callable[[], None] | None = call

    def cancel(self) -> None:
        self.call = None


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)


class TestKept:
    @pytest.fixture
    async def clock(self) -> HandTurned:
        return HandTurned()

    @pytest.fixture
    async def served(self) -> Served:
        return Served()

    @pytest.fixture
    async def wire(self, served: Served, clock: HandTurned) -> Wire:
        return Wire(served, clock)  # type: ignore[arg-type]  it has what a connection uses of a loop

    @pytest.mark.parametrize("seconds", [1, 5.5, 9.9, 24, 299])
    async def test_a_connection_is_kept_after_an_answer_however_long_that_took(
        self, wire: Wire, served: Served, clock: HandTurned, seconds: float
    ):
        wire.send(CALL)
        await settle()
        clock.turn(seconds)
        served.finish()
        assert (await wire.read_answer())[0] == 200

        clock.turn(KEPT_SECONDS - 0.1)

        assert not wire.is_closing()
        assert (await wire.ask(CALL))[0] == 200

    async def test_a_connection_that_is_not_used_again_is_closed(
        self, wire: Wire, served: Served, clock: HandTurned
    ):
        served.finish()
        assert (await wire.ask(CALL))[0] == 200

        clock.turn(KEPT_SECONDS + 10)

        assert wire.is_closing()

    async def test_a_connection_is_never_closed_while_an_answer_is_owed(
        self, wire: Wire, clock: HandTurned
    ):
        wire.send(CALL)
        await settle()

        clock.turn(600)

        assert not wire.is_closing()

    @pytest.mark.parametrize("sent", [b"", CALL[:20]], ids=["nothing", "half a head"])
    async def test_a_request_that_does_not_arrive_is_waited_for_35_seconds_at_most(
        self, wire: Wire, clock: HandTurned, sent: bytes
    ):
        if sent:
            wire.send(sent)

        clock.turn(29)
        was_kept = not wire.is_closing()
        clock.turn(6)

        assert was_kept
        assert wire.is_closing()


class TestLeft:
    @pytest.mark.parametrize("error", [None, ConnectionResetError()], ids=["closed", "reset"])
    async def test_a_call_learns_of_its_client_s_leaving_also_with_others_behind_it(
        self, caplog: pytest.LogCaptureFixture, error: Exception | None
    ):
        served = Served()
        wire = Wire(served)
        wire.send(CALL + CALL + CALL)
        await settle()

        wire.protocol.connection_lost(error)
        await settle()

        assert (served.begun, served.left) == (1, 1)
        assert not wire.protocol.tasks
        assert not wire.received
        assert not caplog.records


async def test_a_call_that_a_stop_does_not_wait_for_is_closed_and_is_no_bug(
    caplog: pytest.LogCaptureFixture,
):
    caplog.set_level(logging.DEBUG, "uvicorn.error")
    wire = Wire(Served())
    wire.send(CALL)
    await settle()

    for task in list(wire.protocol.tasks):
        task.cancel()
    await settle()

    assert wire.is_closing()
    assert not wire.received
    assert not caplog.records
