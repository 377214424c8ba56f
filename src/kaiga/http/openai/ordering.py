"""Makes a task of a wish: finds the model that fulfils it, and submits what is then its order."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from kaiga.domain.catalogue.model import Endpoint, Model, Product
from kaiga.domain.errors import ParameterRefused
from kaiga.domain.ids import RequestId
from kaiga.domain.keys import Caller
from kaiga.domain.tasks import Task
from kaiga.http.asgi import Call, Header
from kaiga.http.bodies import BodyReader, decode_body
from kaiga.http.callers import Callers
from kaiga.http.dashscope.creating import CreateRoute
from kaiga.http.dashscope.extras import read_extras
from kaiga.http.openai.members import Members, read_members
from kaiga.http.openai.model_names import ModelNames
from kaiga.http.openai.orders import Wish, make_order
from kaiga.service.submitting.submit_task import Submission

_LARGEST_ON_THE_LOOP = 256 * 1024
"""Characters of media that a wish may hold to be written without a thread."""

W = TypeVar("W", bound=Wish)

_encode = msgspec.json.Encoder().encode


def name_task(task: Task) -> Header:
    """Give the header that tells which task a call is about."""
    return (b"x-kaiga-task-id", task.id.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """The way from a call to a task; the task is one like any other, with an order like any other.

    What is recorded as its request is the order, so that everything that shows requests, or runs
    them again, needs to know nothing of where it came from.
    """

    callers: Callers
    bodies: BodyReader
    names: ModelNames
    create: CreateRoute

    async def order(
        self, call: Call, product: Product, read: Callable[[Members], W]
    ) -> tuple[Task, W]:
        """Record the task that a call wishes for; gives it and the wish, as `read` understood it.

        Raises:
            KaigaError: any that the reading of bodies, the names of models and `SubmitTask` name;
                a broken rule is always told at once.
        """
        caller = await self.callers.identify(call)
        with self.bodies.reserve(call) as reservation:
            body = await reservation.read(call)
            content_type = call.header(b"content-type")
            wish = await decode_body(body, lambda raw: read(read_members(raw, content_type)))
            endpoint, order = await self._make_order(wish, product)
            reservation.grow_to(max(len(body), len(order)))
            del body
            return await self._submit(call, caller, endpoint, order), wish

    async def _make_order(self, wish: Wish, product: Product) -> tuple[Endpoint, bytes]:
        endpoint, order = _choose(self.names.find_models(wish.model, product), wish)
        if sum(len(medium.uri) for medium in wish.media) <= _LARGEST_ON_THE_LOOP:
            return endpoint, _encode(order)
        return endpoint, await asyncio.to_thread(_encode, order)

    async def _submit(self, call: Call, caller: Caller, endpoint: Endpoint, body: bytes) -> Task:
        order = await decode_body(body, self.create.decode_order)
        submission = Submission(
            principal=caller.principal,
            workspace=caller.workspace,
            region=caller.region,
            operation=endpoint.operation,
            is_async=endpoint.mode == "async",
            resolves_uploads=True,
            refuses_faults=True,
            model=order.model,
            order_input=order.input,
            parameters=order.parameters,
            raw_body=body,
            request_id=RequestId(call.request_id),
            extras=read_extras(call),
        )
        return await self.create.submit(call, submission)


def _choose(models: Sequence[Model], wish: Wish) -> tuple[Endpoint, dict[str, object]]:
    """Give the endpoint of the first model that can fulfil a wish, and the order there.

    Raises:
        ParameterRefused: none can; it is what one says that takes the media at least, if there is.
    """
    refused: list[ParameterRefused] = []
    for model in models:
        endpoint = _prefer_tasks(model)
        try:
            return endpoint, make_order(model, endpoint, wish)
        except ParameterRefused as error:
            refused.append(error)
    of_media = {wish.called, *(medium.parameter for medium in wish.media)}
    raise next((error for error in refused if error.parameter not in of_media), refused[0])


def _prefer_tasks(model: Model) -> Endpoint:
    """Give the endpoint that makes tasks, or else the one that waits: here both are tasks."""
    return next((each for each in model.endpoints if each.mode == "async"), model.endpoints[0])
