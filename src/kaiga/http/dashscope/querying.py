"""`GET /tasks/{task_id}`: from memory wherever that is possible."""

from collections.abc import Sequence

import msgspec

from kaiga.domain.errors import MethodRefused
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import Task
from kaiga.http.asgi import JSON_UTF8, NO_STORE, Answer, Call, Header
from kaiga.http.callers import Callers
from kaiga.http.dashscope.holding import PREFER, PollHolder
from kaiga.http.dashscope.rendering import RenderedTask, TaskRenderer
from kaiga.http.identity import PublicAddress
from kaiga.http.standing import make_standing_headers
from kaiga.ports.clock import Calendar
from kaiga.service.limit_rates import LimitRates
from kaiga.service.query_task import QueryTask
from kaiga.service.recent import Recent
from kaiga.service.task_standing import TaskStanding

_CAPACITY = 8192

_encode = msgspec.json.Encoder().encode


class QueryRoute:
    """Answers polls; a task is rendered once per change, and how it stands is added to each."""

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
        self._unknown_headers = (JSON_UTF8, NO_STORE, (b"x-kaiga-engine", engine.encode()))
        self.answered = 0
        self._rendered: Recent[TaskId, RenderedTask] = Recent(_CAPACITY)

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
        return self._make_answer(call, task, applied)

    def find_instant_answer(self, call: Call, task_id: str) -> Answer | None:
        """Answer from memory alone; None where a store must be asked, or the task's end awaited.

        Raises:
            KeyMissing, KeyInvalid: the caller is not known.
            RateExceeded: the account or the key asks faster than it may.
        """
        caller = self._callers.find_known(call)
        if caller is None:
            return None
        task = self._query_task.find_hot(caller, task_id)
        if task is None or (self._may_be_held(call) and not task.status.is_final):
            return None
        self._rates.admit_query(caller.principal)
        self.answered += 1
        return self._make_answer(call, task)

    def _may_be_held(self, call: Call) -> bool:
        return self._holder.is_usual or PREFER in call.headers

    def _make_answer(self, call: Call, task: Task, applied: Sequence[Header] = ()) -> Answer:
        rendered = self._rendered.find(task.id)
        if rendered is None or rendered.task is not task or not self._has_current_links(rendered):
            rendered = self._renderer.render(task, self._calendar.now(task.account))
            if self._query_task.hot.find(task.id) is task:
                self._rendered.put(task.id, rendered)
        pieces = rendered.pieces
        rest = pieces[0] if len(pieces) == 1 else self._address.base_url(call).encode().join(pieces)
        body = b'{"request_id":"%b",%b' % (call.request_id.encode(), rest)
        headers = rendered.headers
        if not rendered.has_ended:
            headers += make_standing_headers(self._standing.find(task))
        return Answer(body=body, headers=(*headers, *applied) if applied else headers)

    def _has_current_links(self, rendered: RenderedTask) -> bool:
        return rendered.good_until is None or self._renderer.is_current(
            rendered, self._calendar.now(rendered.task.account)
        )

    def _make_unknown(self, call: Call, task_id: str) -> Answer:
        output = {"task_id": task_id, "task_status": "UNKNOWN"}
        body = _encode({"request_id": call.request_id, "output": output})
        return Answer(body=body, headers=self._unknown_headers)
