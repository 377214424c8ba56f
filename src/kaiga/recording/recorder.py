"""The recorder: an ASGI application that passes calls on, and keeps what was answered.

A client gets what the files hold, byte for byte: with stand-ins for secrets, and with links that
lead through the recorder. What upstream did not answer is told to the client and not recorded.
Files are written where the answers are sent, on the event loop: it serves one developer.
"""

import hashlib
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import UTC, datetime

import httpx
import msgspec
import structlog

from kaiga.domain.errors import KaigaError, RecordedLinkUnknown
from kaiga.domain.ids import draw_request_id
from kaiga.http.asgi import Call, Receive, Scope, Send, read_call, send_answer
from kaiga.http.bodies import ClientGone
from kaiga.http.errors import make_error_answer
from kaiga.http.identity import PublicAddress
from kaiga.recording.addresses import LINKS, fill_address
from kaiga.recording.answers import (
    EventLines,
    choose_kind,
    hide_written,
    keep_headers,
    list_upstream_headers,
)
from kaiga.recording.exchanges import (
    AnswerBody,
    Exchange,
    FileBody,
    FormBody,
    JsonBody,
    NoBody,
    Question,
    RecordedAnswer,
)
from kaiga.recording.folder import RecordingFolder
from kaiga.recording.guarding import ensure_own_page
from kaiga.recording.naming import choose_extension, name_route
from kaiga.recording.questions import Asked, QuestionReader, find_key, name_refused_key
from kaiga.recording.scrubbing import STAND_IN, is_secret
from kaiga.recording.sending import Headers, send_bytes, send_head, send_part, send_written
from kaiga.recording.stand_ins import StandIns
from kaiga.recording.upstream import Upstream

_log = structlog.get_logger(__name__)
_REFUSED = 401

Tell = Callable[[str, int], None]
"""Called with an exchange's name and status once it is written."""


class Recorder:
    """Serves clients in place of the upstream."""

    def __init__(self, *, upstream: Upstream, folder: RecordingFolder, tell: Tell) -> None:
        self._upstream = upstream
        self._folder = folder
        self._tell = tell
        self._stand_ins = StandIns()
        self._questions = QuestionReader()
        self._address = PublicAddress(None, ())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection; an answer that breaks off ends its connection."""
        call = read_call(scope, receive, draw_request_id())
        passing = _Passing(call=call, send=send, base_url=self._address.base_url(call))
        try:
            await self._pass_on(passing)
        except ClientGone:
            return
        except (KaigaError, OSError) as error:
            _log.warning("not recorded", method=call.method, path=call.path, reason=str(error))
            if not passing.has_begun:
                told = error if isinstance(error, KaigaError) else KaigaError()
                await send_answer(send, call, make_error_answer(told, call.request_id))

    async def _pass_on(self, passing: "_Passing") -> None:
        call = passing.call
        ensure_own_page(call)
        asked = await self._questions.read(call)
        key = find_key(call)
        if is_secret(key) and not STAND_IN.search(key):
            self._stand_ins.hide("key", key)
        url = self._find_url(call, asked.question)
        headers = list_upstream_headers(call.headers.items(), self._stand_ins)
        begun = time.monotonic()
        content = self._restore_body(asked)
        async with self._upstream.ask(call.method, url, headers, content) as response:
            name = self._folder.begin(name_route(call.method, asked.question.path))
            answer = await self._relay(passing, response, name)
        question = self._keep_file(asked, name)
        if answer.status == _REFUSED:
            question = msgspec.structs.replace(question, key=name_refused_key(key))
        self._folder.write(
            Exchange(
                name=name,
                recorded_at=datetime.now(UTC).isoformat(timespec="seconds"),
                seconds=round(time.monotonic() - begun, 3),
                upstream=self._upstream.shown_host,
                request=question,
                answer=answer,
            )
        )
        self._tell(name, answer.status)

    def _find_url(self, call: Call, question: Question) -> str:
        if question.path.startswith(LINKS):
            link = self._stand_ins.find_link(question.path)
            if link is None:
                raise RecordedLinkUnknown
            return link
        query = call.query.decode("latin-1")
        asked = f"{question.path}?{self._stand_ins.restore_text(query)}" if query else question.path
        return f"{self._upstream.root_url}{asked}"

    def _restore_body(self, asked: Asked) -> bytes:
        """Put the real values in; what holds no stand-in is passed on as it came."""
        match asked.question.body:
            case JsonBody():
                return self._stand_ins.restore_json(asked.body)
            case FormBody():
                return self._stand_ins.restore_bytes(asked.body)
            case _:
                return asked.body

    async def _relay(
        self, passing: "_Passing", response: httpx.Response, name: str
    ) -> RecordedAnswer:
        kind = choose_kind(passing.call.method, response)
        if kind == "written":
            return await self._relay_written(passing, response)
        headers = keep_headers(response, kind, self._stand_ins)
        status = response.status_code
        body: AnswerBody
        match kind:
            case "nothing":
                body = NoBody()
                await send_bytes(passing.begin(), status, headers, b"", passing.base_url)
            case "events":
                body = await self._relay_events(passing, response, headers)
            case "file":
                body = await self._relay_file(passing, response, headers, name)
        return RecordedAnswer(status=status, headers=headers, body=body)

    async def _relay_written(self, passing: "_Passing", response: httpx.Response) -> RecordedAnswer:
        content = b"".join([part async for part in self._upstream.read_parts(response)])
        body = hide_written(content, self._stand_ins)
        # After the body, since it may name secrets that headers hold too.
        headers = keep_headers(response, "written", self._stand_ins)
        await send_written(passing.begin(), response.status_code, headers, body, passing.base_url)
        return RecordedAnswer(status=response.status_code, headers=headers, body=body)

    async def _relay_events(
        self, passing: "_Passing", response: httpx.Response, headers: Headers
    ) -> AnswerBody:
        lines = EventLines(self._stand_ins)
        send, base_url = passing.begin(), passing.base_url
        await send_head(send, response.status_code, headers, base_url)
        async with aclosing(self._upstream.read_parts(response)) as parts:
            async for part in parts:
                await send_part(send, fill_address(lines.add(part), base_url), has_more=True)
        await send_part(send, fill_address(lines.end(), base_url), has_more=False)
        return lines.body()

    async def _relay_file(
        self, passing: "_Passing", response: httpx.Response, headers: Headers, name: str
    ) -> AnswerBody:
        async with aclosing(self._upstream.read_parts(response)) as parts:
            head = await anext(parts, b"")
            send = passing.begin()
            await send_head(send, response.status_code, headers, passing.base_url)
            if not head:
                await send_part(send, b"", has_more=False)
                return NoBody()
            content_type = response.headers.get("content-type", "")
            file = f"{name}{choose_extension(head, content_type, passing.call.path)}"
            try:
                sha256 = await self._copy(head, parts, send, file)
            except (KaigaError, OSError):
                self._folder.remove_file(file)
                raise
        await send_part(send, b"", has_more=False)
        return FileBody(sha256=sha256, file=file)

    async def _copy(self, head: bytes, parts: AsyncGenerator[bytes], send: Send, file: str) -> str:
        """Send a body and write it beside the exchange; gives its SHA-256."""
        digest, part = hashlib.sha256(), head
        with self._folder.create_file(file) as written:
            while part:
                written.write(part)
                digest.update(part)
                await send_part(send, part, has_more=True)
                part = await anext(parts, b"")
        return digest.hexdigest()

    def _keep_file(self, asked: Asked, name: str) -> Question:
        """Write the file that came with a request, and name it in the question."""
        body = asked.question.body
        if not isinstance(body, FileBody | FormBody):
            return asked.question
        told = body.fields.get("key", "") if isinstance(body, FormBody) else ""
        file = f"{name}.sent{choose_extension(asked.file[:16], '', told)}"
        with self._folder.create_file(file) as written:
            written.write(asked.file)
        return msgspec.structs.replace(
            asked.question, body=msgspec.structs.replace(body, file=file)
        )


class _Passing:
    """One call on its way, and whether its answer has begun."""

    def __init__(self, *, call: Call, send: Send, base_url: str) -> None:
        self.call = call
        self.base_url = base_url
        self.has_begun = False
        self._send = send

    def begin(self) -> Send:
        """Give what sends the answer; from now on no error can be told."""
        self.has_begun = True
        return self._send
