"""`POST /services/{group}/{task}/{function}`: one durable insert between request and task id."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, cast

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.errors import (
    AsynchronousCallRefused,
    KaigaError,
    MethodRefused,
    PathUnknown,
    ServicePathIncomplete,
)
from kaiga.domain.ids import RequestId
from kaiga.domain.keys import Caller
from kaiga.domain.tasks import Task
from kaiga.http.asgi import JSON, NO_STORE, Answer, Call, Header, Headers, StreamedAnswer
from kaiga.http.bodies import BodyReader, Reservation, decode_body
from kaiga.http.callers import Callers
from kaiga.http.dashscope.engine_names import EngineOf, name_engine
from kaiga.http.dashscope.extras import read_extras
from kaiga.http.dashscope.orders import OrderBody, OrderDecoder
from kaiga.http.dashscope.synchronous import SynchronousAnswers
from kaiga.service.submitting.submit_task import Submission
from kaiga.service.submitting.trace_submissions import Submit

_OPERATION_PARTS = 3
_SAYS_YES = b"enable"
_REPEATED: Header = (b"x-kaiga-repeated", b"true")
"""Says that the answer is that of an earlier call, which this one repeats."""


class _Wishes(NamedTuple):
    """What the contract's own headers of a create call ask for."""

    is_async: bool
    streams: bool
    resolves_uploads: bool


class CreateRoute:
    """Answers create calls: with a task's id, or with its results for who waits for them."""

    def __init__(
        self,
        *,
        submit_task: Submit,
        synchronous: SynchronousAnswers,
        callers: Callers,
        bodies: BodyReader,
        catalogue: Catalogue,
        engine_of: EngineOf,
        on_created: Callable[[Task], None],
    ) -> None:
        self._submit_task = submit_task
        self._synchronous = synchronous
        self._callers = callers
        self._bodies = bodies
        self._catalogue = catalogue
        self.decode_order = OrderDecoder(catalogue).decode
        self._headers = {
            model.name: (JSON, NO_STORE, name_engine(engine_of(model.name)))
            for model in catalogue.list_models()
        }
        self.created: dict[tuple[str, str], int] = {}
        """Tasks created, by the catalogue's name of their model and their state at first."""
        self._on_created = on_created

    async def __call__(self, call: Call, operation: str) -> Answer | StreamedAnswer:
        """Create a task; the key is judged first, then the path, then the body.

        Raises:
            KaigaError: any that `SubmitTask`, the reading of bodies and the wait name.
        """
        caller = await self._callers.identify(call)
        operation = self._judge(call, caller, operation)
        wishes = call.headers.read_once(_read_wishes)
        if wishes.streams and not wishes.is_async:
            return self._synchronous.stream(call, await self._try_submit(call, caller, operation))
        task = await self._submit(call, caller, operation)
        if not wishes.is_async:
            return await self._synchronous.wait(call, task)
        return self._make_answer(call, task)

    def begin(
        self, call: Call, operation: str, on_done: Callable[[Answer | Exception], None]
    ) -> Awaitable[Answer | StreamedAnswer] | None:
        """Create a task with nobody awaiting it, where only the store is to be waited for.

        None says so: then `on_done` is called once, later than this returns, with the answer or
        with what a call would have raised. Everything else is given back to be awaited, and
        `on_done` is never called.

        Raises:
            KaigaError: as a call does, for an order that is refused before it is recorded.
        """
        caller, body = self._callers.find_known(call), call.body
        if caller is None or body is None or not call.headers.read_once(_read_wishes).is_async:
            return self(call, operation)
        operation = self._judge(call, caller, operation)
        reservation = self._bodies.hold(len(body))

        def conclude(outcome: Task | Exception) -> None:
            reservation.release()
            try:
                answer = self._conclude(call, outcome)
            except Exception as error:  # noqa: BLE001  told to who answers, as a call tells it
                on_done(error)
            else:
                on_done(answer)

        try:
            order = self.decode_order(body)
            submission = _make_submission(call, caller, operation, body, order)
            rest = self._submit_task.begin(submission, conclude)
        except BaseException:
            reservation.release()
            raise
        return None if rest is None else self._finish(call, reservation, rest)

    async def _finish(self, call: Call, reservation: Reservation, rest: Awaitable[Task]) -> Answer:
        with reservation:
            task = await rest
        return self._conclude(call, task)

    def _conclude(self, call: Call, outcome: Task | Exception) -> Answer:
        if isinstance(outcome, Exception):
            raise outcome
        self._note_created(call, outcome)
        return self._make_answer(call, outcome)

    async def _submit(self, call: Call, caller: Caller, operation: str) -> Task:
        """Read and submit; nothing of the body is held any more once the task is there."""
        with self._bodies.reserve(call) as reservation:
            body = await reservation.read(call)
            order = await decode_body(body, self.decode_order)
            return await self.submit(call, _make_submission(call, caller, operation, body, order))

    async def submit(self, call: Call, submission: Submission) -> Task:
        """Record a task, and have it counted and told of.

        Raises:
            KaigaError: any that `SubmitTask` names.
        """
        task = await self._submit_task(submission)
        self._note_created(call, task)
        return task

    def _note_created(self, call: Call, task: Task) -> None:
        if task.request_id == call.request_id:  # a repeat makes none
            created = (task.catalogue_model, task.status)
            self.created[created] = self.created.get(created, 0) + 1
        self._on_created(task)

    async def _try_submit(self, call: Call, caller: Caller, operation: str) -> Task | KaigaError:
        """Submit for a stream, where errors are events and no answers of their own."""
        try:
            return await self._submit(call, caller, operation)
        except KaigaError as error:
            return error

    def _make_answer(self, call: Call, task: Task) -> Answer:
        body = (
            f'{{"output":{{"task_status":"PENDING","task_id":"{task.id}"}},'
            f'"request_id":"{task.request_id}"}}'
        )
        is_repeat = task.request_id != call.request_id
        headers = self._headers[task.catalogue_model]
        return Answer(body=body.encode(), headers=(*headers, _REPEATED) if is_repeat else headers)

    def _judge(self, call: Call, caller: Caller, operation: str) -> str:
        """Give the catalogue's name of the operation; the path is judged before the body."""
        operation = self._catalogue.name_operation(operation)
        if not self._catalogue.has_operation(operation):
            if len([part for part in operation.split("/") if part]) < _OPERATION_PARTS:
                raise ServicePathIncomplete
            raise PathUnknown
        if call.method != "POST":
            raise MethodRefused(call.method)
        if caller.is_sync_only and call.headers.read_once(_read_wishes).is_async:
            raise AsynchronousCallRefused
        return operation


def _make_submission(
    call: Call, caller: Caller, operation: str, raw_body: bytes, order: OrderBody
) -> Submission:
    wishes = call.headers.read_once(_read_wishes)
    return Submission(
        principal=caller.principal,
        workspace=caller.workspace,
        region=caller.region,
        operation=operation,
        is_async=wishes.is_async,
        resolves_uploads=wishes.resolves_uploads,
        model=order.model,
        order_input=order.input,
        parameters=_with_stream(order.parameters) if wishes.streams else order.parameters,
        raw_body=raw_body,
        request_id=RequestId(call.request_id),
        extras=read_extras(call),
    )


def _with_stream(parameters: object) -> object:
    """Add the wish for a stream that a header tells: official clients send no member for it."""
    if parameters is not None and not isinstance(parameters, dict):
        return parameters
    given = cast("dict[str, object]", parameters or {})
    return {"stream": True, **given}


def _read_wishes(headers: Headers) -> _Wishes:
    def says_yes(name: bytes) -> bool:
        return headers.get(name, b"").strip().lower() == _SAYS_YES

    return _Wishes(
        is_async=says_yes(b"x-dashscope-async"),
        streams=says_yes(b"x-dashscope-sse"),
        resolves_uploads=says_yes(b"x-dashscope-ossresourceresolve"),
    )
