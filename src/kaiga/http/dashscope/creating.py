"""`POST /services/{group}/{task}/{function}`: one durable insert between request and task id."""

from collections.abc import Callable
from typing import cast

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
from kaiga.http.asgi import JSON, NO_STORE, Answer, Call, Header, StreamedAnswer
from kaiga.http.bodies import BodyReader, Reservation, decode_body
from kaiga.http.callers import Callers
from kaiga.http.dashscope.extras import read_extras
from kaiga.http.dashscope.orders import OrderDecoder
from kaiga.http.dashscope.synchronous import SynchronousAnswers
from kaiga.service.submit_task import Submission, SubmitTask

_OPERATION_PARTS = 3
_SAYS_YES = "enable"
_ASYNC = b"x-dashscope-async"
_STREAM = b"x-dashscope-sse"
_REPEATED: Header = (b"x-kaiga-repeated", b"true")
"""Says that the answer is that of an earlier call, which this one repeats."""


class CreateRoute:
    """Answers create calls: with a task's id, or with its results for who waits for them."""

    def __init__(
        self,
        *,
        submit_task: SubmitTask,
        synchronous: SynchronousAnswers,
        callers: Callers,
        bodies: BodyReader,
        catalogue: Catalogue,
        engine: str,
        on_created: Callable[[Task], None],
    ) -> None:
        self._submit_task = submit_task
        self._synchronous = synchronous
        self._callers = callers
        self._bodies = bodies
        self._catalogue = catalogue
        self._decode_order = OrderDecoder(catalogue).decode
        self._headers = (JSON, NO_STORE, (b"x-kaiga-engine", engine.encode()))
        self._on_created = on_created
        self.created = 0

    async def __call__(self, call: Call, operation: str) -> Answer | StreamedAnswer:
        """Create a task; the key is judged first, then the path, then the body.

        Raises:
            KaigaError: any that `SubmitTask`, the reading of bodies and the wait name.
        """
        caller = await self._callers.identify(call)
        operation = self._catalogue.name_operation(operation)
        self._check_operation(call, operation)
        is_async = _says_yes(call, _ASYNC)
        if caller.is_sync_only and is_async:
            raise AsynchronousCallRefused
        if not is_async and _says_yes(call, _STREAM):
            return self._synchronous.stream(call, await self._try_submit(call, caller, operation))
        task = await self._submit(call, caller, operation)
        if not is_async:
            return await self._synchronous.wait(call, task)
        body = (
            f'{{"output":{{"task_status":"PENDING","task_id":"{task.id}"}},'
            f'"request_id":"{task.request_id}"}}'
        )
        is_repeat = task.request_id != call.request_id
        return Answer(
            body=body.encode(), headers=(*self._headers, _REPEATED) if is_repeat else self._headers
        )

    async def _submit(self, call: Call, caller: Caller, operation: str) -> Task:
        """Read and submit; nothing of the body is held any more once the task is there."""
        with self._bodies.reserve(call) as reservation:
            submission = await self._read(call, caller, operation, reservation)
            task = await self._submit_task(submission)
        self.created += 1
        self._on_created(task)
        return task

    async def _try_submit(self, call: Call, caller: Caller, operation: str) -> Task | KaigaError:
        """Submit for a stream, where errors are events and no answers of their own."""
        try:
            return await self._submit(call, caller, operation)
        except KaigaError as error:
            return error

    async def _read(
        self, call: Call, caller: Caller, operation: str, reservation: Reservation
    ) -> Submission:
        raw_body = await reservation.read(call)
        order = await decode_body(raw_body, self._decode_order)
        return Submission(
            principal=caller.principal,
            workspace=caller.workspace,
            region=caller.region,
            operation=operation,
            is_async=_says_yes(call, _ASYNC),
            resolves_uploads=_says_yes(call, b"x-dashscope-ossresourceresolve"),
            model=order.model,
            order_input=order.input,
            parameters=_with_stream(call, order.parameters),
            raw_body=raw_body,
            request_id=RequestId(call.request_id),
            extras=read_extras(call),
        )

    def _check_operation(self, call: Call, operation: str) -> None:
        if not self._catalogue.has_operation(operation):
            if len([part for part in operation.split("/") if part]) < _OPERATION_PARTS:
                raise ServicePathIncomplete
            raise PathUnknown
        if call.method != "POST":
            raise MethodRefused(call.method)


def _with_stream(call: Call, parameters: object) -> object:
    """Add the wish for a stream that a header tells: official clients send no member for it."""
    if not _says_yes(call, _STREAM) or not (parameters is None or isinstance(parameters, dict)):
        return parameters
    given = cast("dict[str, object]", parameters or {})
    return {"stream": True, **given}


def _says_yes(call: Call, header: bytes) -> bool:
    return call.header(header).strip().lower() == _SAYS_YES
