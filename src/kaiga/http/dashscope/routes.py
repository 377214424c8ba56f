"""Which path of `/api/v1` is whose; every route answers with and without a slash at the end."""

from dataclasses import dataclass

from kaiga.domain.errors import PathUnknown
from kaiga.http.asgi import Answer, Call
from kaiga.http.dashscope.cancelling import CancelRoute
from kaiga.http.dashscope.creating import CreateRoute
from kaiga.http.dashscope.listing import ListRoute
from kaiga.http.dashscope.querying import QueryRoute

PREFIX = "/api/v1/"


@dataclass(frozen=True, slots=True, kw_only=True)
class DashscopeRoutes:
    """The dialect's routes."""

    create: CreateRoute
    query: QueryRoute
    list: ListRoute
    cancel: CancelRoute

    async def __call__(self, call: Call) -> Answer:
        """Answer a call under the prefix.

        Raises:
            PathUnknown: no route is at this path.
            KaigaError: what the route itself raises.
        """
        parts = call.path[len(PREFIX) :].rstrip("/").split("/")
        match parts:
            case ["tasks", task_id]:
                return await self.query(call, task_id)
            case ["services", *_]:
                return await self.create(call, "/".join(parts[1:]))
            case ["tasks"]:
                return await self.list(call)
            case ["tasks", task_id, "cancel"]:
                return await self.cancel(call, task_id)
            case _:
                raise PathUnknown
