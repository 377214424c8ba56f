"""The whole HTTP edge of an emulator: every call is noted, and answered as its faults have it."""

from kaiga.domain.ids import draw_request_id
from kaiga.http.asgi import Application, Receive, Scope, Send, read_call
from kaiga.http.emulator.arriving import receive_beginning
from kaiga.http.emulator.noting import NoteRequests
from kaiga.http.emulator.occasions import FindOccasion, is_of_contract
from kaiga.http.emulator.playing import DisturbedCall, play
from kaiga.ports.clock import Calendar
from kaiga.service.emulation.fault_book import FaultBook


class FaultyApplication:
    """Stands before the application; its control routes, and all that is Kaiga's own, pass."""

    def __init__(
        self,
        *,
        application: Application,
        find_occasion: FindOccasion,
        faults: FaultBook,
        note: NoteRequests,
        calendar: Calendar,
    ) -> None:
        self._application = application
        self._find_occasion = find_occasion
        self._faults = faults
        self._note = note
        self._calendar = calendar

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http" or not is_of_contract(scope["path"]):
            await self._application(scope, receive, send)
            return
        arrival = await receive_beginning(receive)
        call = read_call(scope, arrival.receive, draw_request_id())
        account, occasion = await self._find_occasion(call, arrival)
        acting = None if occasion is None else self._faults.draw(account, occasion)
        noted_send = self._note(send, call, arrival, account, acting)
        if acting is None:
            await self._application(scope, arrival.receive, noted_send)
            return
        await play(
            DisturbedCall(
                fault=acting.fault,
                call=call,
                scope=scope,
                application=self._application,
                listen=receive,
                send=noted_send,
                now=self._calendar.now(account),
            )
        )
