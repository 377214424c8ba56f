"""`/kaiga/v1/tasks/{task_id}/request` and `/rerun`: what was asked, and asking it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import operation_of_name
from kaiga.domain.errors import BodyMalformed, FieldInvalid
from kaiga.domain.ids import RequestId
from kaiga.domain.keys import Caller
from kaiga.domain.tasks import Task
from kaiga.http.asgi import Answer, Call
from kaiga.http.bodies import BodyReader, decode_body
from kaiga.http.callers import Callers
from kaiga.http.dashscope.creating import CreateRoute
from kaiga.http.dashscope.queries import read_query
from kaiga.http.operations.routing import Route
from kaiga.service.reading.read_request import ReadRequest
from kaiga.service.submitting.submit_task import Extras, Submission

_encode = msgspec.json.Encoder().encode


class RerunWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /kaiga/v1/tasks/{task_id}/rerun`.

    `changes` are members of the order and their new values.
    """

    seed: Literal["same", "new"] = "same"
    changes: dict[str, msgspec.Raw] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRequestRoutes:
    """Answers about the requests of tasks; a rerun is a create like any other, by who asks."""

    callers: Callers
    read_request: ReadRequest
    create: CreateRoute
    catalogue: Catalogue
    bodies: BodyReader

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", "/kaiga/v1/tasks/{task_id}/request", self._show),
            Route("POST", "/kaiga/v1/tasks/{task_id}/rerun", self._rerun),
        )

    async def _show(self, call: Call, task_id: str) -> Answer:
        caller = await self.callers.identify(call)
        if not _wants_media_inside(call):
            return Answer(body=await self.read_request(caller, task_id))
        _, body = await self.read_request.restore(caller, task_id, with_new_seed=False)
        return Answer(body=body)

    async def _rerun(self, call: Call, task_id: str) -> Answer:
        caller = await self.callers.identify(call)
        with self.bodies.reserve(call) as reservation:
            wanted = _read_wanted(await reservation.read(call) or b"{}")
            task, body = await self.read_request.restore(
                caller, task_id, with_new_seed=wanted.seed == "new", changes=wanted.changes
            )
            reservation.grow_to(len(body))
            again = await self.create.submit(
                call, await self._make_submission(call, caller, task, body)
            )
        return Answer(body=_encode({"request_id": call.request_id, "task_id": again.id}))

    async def _make_submission(
        self, call: Call, caller: Caller, task: Task, body: bytes
    ) -> Submission:
        """Order the same at the same operation, in the mode that the model has there."""
        order = await decode_body(body, self.create.decode_order)
        operation = operation_of_name(task.operation)
        model = self.catalogue.find_model(task.catalogue_model)
        endpoints = model.list_endpoints(operation) if model else ()
        return Submission(
            principal=caller.principal,
            workspace=caller.workspace,
            region=caller.region,
            operation=operation,
            is_async=[each.mode for each in endpoints] != ["sync"],
            resolves_uploads=True,
            extras=Extras(adapters=task.generation.adapters if task.generation else ()),
            model=order.model,
            order_input=order.input,
            parameters=order.parameters,
            raw_body=body,
            request_id=RequestId(call.request_id),
        )


def _wants_media_inside(call: Call) -> bool:
    media = read_query(call).get("media", "named")
    if media not in {"named", "inside"}:
        raise FieldInvalid("media must be named or inside.")
    return media == "inside"


def _read_wanted(body: bytes) -> RerunWanted:
    try:
        return msgspec.json.decode(body, type=RerunWanted)
    except msgspec.ValidationError as error:
        raise FieldInvalid(f"{error}.") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BodyMalformed from error
