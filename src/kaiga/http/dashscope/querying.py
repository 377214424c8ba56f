"""`GET /tasks/{task_id}`: from memory wherever that is possible."""

from collections.abc import Sequence
from http import HTTPStatus
from time import monotonic

import msgspec

from kaiga.domain.errors import MethodRefused
from kaiga.domain.ids import TaskId
from kaiga.domain.keys import Caller
from kaiga.domain.tasks import Task
from kaiga.http.asgi import JSON_UTF8, NO_STORE, Answer, Call, Header
from kaiga.http.callers import Callers
from kaiga.http.dashscope.engine_names import name_engine
from kaiga.http.dashscope.holding import PREFER, PollHolder
from kaiga.http.dashscope.rendering import RenderedTask, TaskRenderer
from kaiga.http.identity import PublicAddress
from kaiga.http.standing import add_standing
from kaiga.http.written_answers import write_head
from kaiga.ports.clock import Calendar
from kaiga.service.limits.limit_rates import LimitRates
from kaiga.service.reading.query_task import QueryTask
from kaiga.service.recent import Recent
from kaiga.service.standing.task_standing import TaskStanding

_CAPACITY = 8192

_OPENING = b'{"request_id":"%b",%b'
_encode = msgspec.json.Encoder().encode


class ReadyAnswer(msgspec.Struct, gc=False):
    """What polls of a task in memory are answered with, until the task changes.

    `text` is all of the body after the request's id; None where links are in it. `headers` also
    tell how the task stands; they are good until `standing_until`, in seconds of `time.monotonic`.
    `head` is what was written of them, empty before they are first told. `seen_by` is the last
    caller who was found to be one who may know, until the task may expire.
    """

    task: Task
    rendered: RenderedTask
    text: bytes | None
    headers: tuple[Header, ...]
    has_ended: bool
    standing_until: float = 0.0
    head: bytes = b""
    seen_by: Caller | None = None


class QueryRoute:
    """Answers polls; a task is rendered once per change, and how it stands once a second."""

    def __init__(
        self,
        *,
        query_task: QueryTask,
        rates: LimitRates,
        standing: TaskStanding,
        holder: PollHolder,
        callers: Callers,
        renderer: TaskRenderer,
        address: PublicAddress,
        calendar: Calendar,
        engine: str,
    ) -> None:
        self._query_task = query_task
        self._rates = rates
        self._standing = standing
        self._holder = holder
        self._callers = callers
        self._renderer = renderer
        self._address = address
        self._calendar = calendar
        self._unknown_headers = (JSON_UTF8, NO_STORE, name_engine(engine))
        self.answered = 0
        self._ready: Recent[str, ReadyAnswer] = Recent(_CAPACITY)
        query_task.hot.on_change(self._ready.forget)

    async def __call__(self, call: Call, task_id: str) -> Answer:
        """Tell how a task stands; what the caller may not see is UNKNOWN, with status 200.

        Raises:
            KeyMissing, KeyInvalid: the caller is not known.
            RateExceeded: the account or the key asks faster than it may.
            StoreUnavailable: the store did not answer.
            ClientGone: there is nobody left to answer.
        """
        if call.method not in {"GET", "HEAD"}:
            raise MethodRefused(call.method)
        answer = self.find_instant_answer(call, task_id)
        if answer is not None:
            return answer
        caller = await self._callers.identify(call)
        self._rates.admit_query(caller.principal)
        task = await self._query_task(caller, task_id)
        applied: Sequence[Header] = ()
        if task is not None and self._may_be_held(call) and not task.status.is_final:
            applied = await self._holder.hold(call, task)
            task = await self._query_task(caller, task_id)
        self.answered += 1
        if task is None:
            return self._make_unknown(call, task_id)
        return self.tell(call, task, applied)

    def find_instant_answer(self, call: Call, task_id: str) -> Answer | None:
        """Answer from memory alone; None where a store must be asked, or the task's end awaited.

        Raises:
            KeyMissing, KeyInvalid: the caller is not known.
            RateExceeded: the account or the key asks faster than it may.
        """
        caller = self._callers.find_known(call)
        if caller is None:
            return None
        ready = self._ready.find(task_id) or self._make_ready_from_memory(TaskId(task_id))
        if ready is None:
            return None
        is_known_to_see = ready.seen_by is caller and not ready.has_ended
        if not is_known_to_see and not self._may_see(caller, ready):
            return None
        if not ready.has_ended and self._may_be_held(call):
            return None
        self._rates.admit_query(caller.principal)
        self.answered += 1
        if ready.has_ended or ready.standing_until <= monotonic():
            ready = self._renew(ready)
        return self._write(call, ready)

    def _may_see(self, caller: Caller, ready: ReadyAnswer) -> bool:
        may_see = self._query_task.may_see(caller, ready.task)
        if may_see:
            ready.seen_by = caller
        return may_see

    def _may_be_held(self, call: Call) -> bool:
        return self._holder.is_usual or PREFER in call.headers

    def tell(self, call: Call, task: Task, applied: Sequence[Header] = ()) -> Answer:
        """Answer about a task that the caller was found to be one to know of."""
        ready = self._ready.find(task.id)
        if ready is None or ready.task is not task:
            ready = self._make_ready(task)
        return self._write(call, self._renew(ready), applied)

    def _make_ready_from_memory(self, task_id: TaskId) -> ReadyAnswer | None:
        task = self._query_task.hot.find(task_id)
        return None if task is None else self._make_ready(task)

    def _make_ready(self, task: Task) -> ReadyAnswer:
        rendered = self._renderer.render(task, self._calendar.now(task.account))
        text = rendered.pieces[0] if len(rendered.pieces) == 1 else None
        ready = ReadyAnswer(task, rendered, text, rendered.headers, rendered.has_ended)
        if self._query_task.hot.find(task.id) is task:
            self._ready.put(task.id, ready)
        return ready

    def _renew(self, ready: ReadyAnswer) -> ReadyAnswer:
        """Have links and what is told of an unfinished task be as they are now."""
        task = ready.task
        if ready.has_ended:
            now = self._calendar.now(task.account)
            is_current = self._renderer.is_current(ready.rendered, now)
            return ready if is_current else self._make_ready(task)
        standing, ready.standing_until = self._standing.find_lasting(task)
        ready.headers = add_standing(ready.rendered.headers, standing)
        ready.head = b""
        return ready

    def _write(self, call: Call, ready: ReadyAnswer, applied: Sequence[Header] = ()) -> Answer:
        text, headers, head = ready.text, ready.headers, ready.head
        if text is None:  # as long as the host's name is
            text, head = self._address.base_url(call).encode().join(ready.rendered.pieces), b""
        body = _OPENING % (call.request_id.encode(), text)
        if applied:
            headers, head = (*headers, *applied), b""
        elif not head and ready.text is not None:
            head = ready.head = write_head(HTTPStatus.OK, headers, len(body))
        return Answer(body=body, headers=headers, head=head)

    def _make_unknown(self, call: Call, task_id: str) -> Answer:
        output = {"task_id": task_id, "task_status": "UNKNOWN"}
        body = _encode({"request_id": call.request_id, "output": output})
        return Answer(body=body, headers=self._unknown_headers)
