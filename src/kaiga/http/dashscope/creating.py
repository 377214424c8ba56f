"""`POST /services/{group}/{task}/{function}`: one durable insert between request and task id."""

from kaiga.domain.catalogue import Catalogue
from kaiga.domain.errors import MethodRefused, PathUnknown, ServicePathIncomplete
from kaiga.domain.ids import RequestId
from kaiga.http.asgi import JSON, NO_STORE, Answer, Call
from kaiga.http.bodies import BodyReader, decode_body
from kaiga.http.dashscope.orders import OrderDecoder
from kaiga.http.identity import authenticate
from kaiga.service.key_ring import KeyRing
from kaiga.service.submit_task import Submission, SubmitTask

_OPERATION_PARTS = 3
_ASKS_FOR_A_TASK = "enable"


class CreateRoute:
    """Answers create calls."""

    def __init__(
        self,
        *,
        submit_task: SubmitTask,
        key_ring: KeyRing,
        bodies: BodyReader,
        catalogue: Catalogue,
        engine: str,
    ) -> None:
        self._submit_task = submit_task
        self._key_ring = key_ring
        self._bodies = bodies
        self._catalogue = catalogue
        self._decode_order = OrderDecoder(catalogue).decode
        self._headers = (JSON, NO_STORE, (b"x-kaiga-engine", engine.encode()))
        self.created = 0

    async def __call__(self, call: Call, operation: str) -> Answer:
        """Create a task; the key is judged first, then the path, then the body.

        Raises:
            KaigaError: any that `SubmitTask` and the reading of bodies name.
        """
        principal = await authenticate(call, self._key_ring)
        self._check_operation(call, operation)
        with self._bodies.reserve(call) as reservation:
            raw_body = await reservation.read(call)
            order = await decode_body(raw_body, self._decode_order)
            submission = Submission(
                principal=principal,
                operation=operation,
                is_async=call.header(b"x-dashscope-async").strip().lower() == _ASKS_FOR_A_TASK,
                model=order.model,
                order_input=order.input,
                parameters=order.parameters,
                raw_body=raw_body,
                request_id=RequestId(call.request_id),
            )
            task = await self._submit_task(submission)
        self.created += 1
        body = (
            f'{{"output":{{"task_status":"PENDING","task_id":"{task.id}"}},'
            f'"request_id":"{call.request_id}"}}'
        )
        return Answer(body=body.encode(), headers=self._headers)

    def _check_operation(self, call: Call, operation: str) -> None:
        if not self._catalogue.has_operation(operation):
            if len([part for part in operation.split("/") if part]) < _OPERATION_PARTS:
                raise ServicePathIncomplete
            raise PathUnknown
        if call.method != "POST":
            raise MethodRefused(call.method)
