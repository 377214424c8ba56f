"""The replay: an ASGI application that answers from recordings, and from nothing else.

Recordings of one question are answered one after the other, and the last one from then on.
"""

from collections import OrderedDict
from collections.abc import Sequence

import msgspec
import structlog

from kaiga.domain.errors import KaigaError, RecordingMissing
from kaiga.domain.ids import draw_request_id
from kaiga.http.asgi import Answer, Call, Receive, Scope, Send, read_call, send_answer
from kaiga.http.bodies import ClientGone
from kaiga.http.emulator.guard import EMULATOR
from kaiga.http.errors import make_error_answer
from kaiga.http.identity import PublicAddress, read_key
from kaiga.http.operations.routing import Route, RouteTable
from kaiga.recording.exchanges import Exchange, FileBody, JsonBody, Question, TextBody
from kaiga.recording.folder import Recordings
from kaiga.recording.guarding import ensure_own_page
from kaiga.recording.matching import Nearest, RecordingBook, identify
from kaiga.recording.questions import QuestionReader, find_key, name_refused_key
from kaiga.recording.sending import send_bytes, send_written

_log = structlog.get_logger(__name__)
_MOST_MISSING = 1000
_encode = msgspec.json.Encoder().encode


class _Missing(msgspec.Struct, kw_only=True):
    """A question that had no recording, how often it was asked, and what is nearest."""

    request: Question
    nearest: Nearest | None
    count: int = 0


class Replay:
    """Serves what a folder holds; nothing leaves the machine."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self._book = RecordingBook(recordings.exchanges)
        self._questions = QuestionReader()
        self._address = PublicAddress(None, ())
        self._given: dict[str, int] = {}
        self._missing: OrderedDict[str, _Missing] = OrderedDict()
        self._controls = RouteTable(
            [
                Route("GET", f"{EMULATOR}/missing", self._show_missing),
                Route("POST", f"{EMULATOR}/reset", self._reset),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        call = read_call(scope, receive, draw_request_id())
        try:
            if call.path.startswith(f"{EMULATOR}/"):
                await send_answer(send, call, await self._control(call))
            else:
                await self._answer(call, send)
        except ClientGone:
            return
        except KaigaError as error:
            await send_answer(send, call, make_error_answer(error, call.request_id))

    async def _answer(self, call: Call, send: Send) -> None:
        question = (await self._questions.read(call)).question
        found = self._book.find(question, name_refused_key(find_key(call)))
        if not found:
            raise self._note_missing(question)
        exchange = self._choose_next(found)
        answer, base_url = exchange.answer, self._address.base_url(call)
        match answer.body:
            case JsonBody() | TextBody() as body:
                await send_written(send, answer.status, answer.headers, body, base_url)
            case FileBody(file=file):
                content = self._recordings.read_file(file)
                await send_bytes(send, answer.status, answer.headers, content, base_url)
            case _:
                await send_bytes(send, answer.status, answer.headers, b"", base_url)

    def _choose_next(self, found: Sequence[Exchange]) -> Exchange:
        turn = self._given.get(found[0].name, 0)
        self._given[found[0].name] = turn + 1
        return found[min(turn, len(found) - 1)]

    def _note_missing(self, question: Question) -> RecordingMissing:
        identity = identify(question)
        missing = self._missing.get(identity)
        if missing is None:
            missing = _Missing(request=question, nearest=self._book.find_nearest(question))
            self._missing[identity] = missing
            if len(self._missing) > _MOST_MISSING:
                self._missing.popitem(last=False)
        missing.count += 1
        message = _tell_missing(missing)
        _log.warning("no recording", reason=message)
        return RecordingMissing(message)

    async def _control(self, call: Call) -> Answer:
        ensure_own_page(call)
        read_key(call)
        answer = await self._controls(call)
        if not isinstance(answer, Answer):
            raise TypeError("no control streams")
        return answer

    async def _show_missing(self, call: Call) -> Answer:
        return _make_answer(call, {"missing": list(self._missing.values())})

    async def _reset(self, call: Call) -> Answer:
        self._given.clear()
        self._missing.clear()
        return _make_answer(call, {})


def _make_answer(call: Call, members: dict[str, object]) -> Answer:
    return Answer(body=_encode({"request_id": call.request_id, **members}))


def _tell_missing(missing: _Missing) -> str:
    asked, nearest = missing.request, missing.nearest
    told = f"No recording answers {asked.method} {asked.path}."
    if nearest is None:
        return f"{told} Nothing like it was recorded."
    differing = ", ".join(map(str, nearest.differences))
    return f"{told} The nearest is {nearest.name}, which differs in {differing}."
