"""Which path of `/api/v1` is whose; every route answers with and without a slash at the end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kaiga.domain.errors import PathUnknown
from kaiga.http.asgi import Answer, Call, StreamedAnswer
from kaiga.http.dashscope.canceling import CancelRoute
from kaiga.http.dashscope.creating import CreateRoute
from kaiga.http.dashscope.listing import ListRoute
from kaiga.http.dashscope.models import ModelRoutes
from kaiga.http.dashscope.querying import QueryRoute
from kaiga.http.dashscope.tokens import TokenRoute
from kaiga.http.dashscope.uploads import UploadPolicyRoute

PREFIX = "/api/v1/"
GROUPS = frozenset({"tasks", "services", "uploads", "tokens", "models", "quotas"})
"""The first parts of paths after the prefix at which there is something."""
_POLLS = f"{PREFIX}tasks/"
_CREATES = f"{PREFIX}services/"


@dataclass(frozen=True, slots=True, kw_only=True)
class DashscopeRoutes:
    """The dialect's routes."""

    create: CreateRoute
    query: QueryRoute
    list: ListRoute
    cancel: CancelRoute
    uploads: UploadPolicyRoute
    tokens: TokenRoute
    models: ModelRoutes

    def find_instant_answer(self, call: Call) -> Answer | None:
        """Answer without waiting for anything, where that is possible: polls from memory.

        Raises:
            KeyMissing, KeyInvalid: the caller is not known.
            RateExceeded: the account or the key asks faster than it may.
        """
        path = call.path
        if not path.startswith(_POLLS) or call.method != "GET":
            return None
        task_id = path[len(_POLLS) :].rstrip("/")
        if not task_id or "/" in task_id:
            return None
        return self.query.find_instant_answer(call, task_id)

    def begin(
        self, call: Call, on_done: Callable[[Answer | Exception], None]
    ) -> Awaitable[Answer | StreamedAnswer] | None:
        """Answer a create with nobody awaiting it where that can be done: see `CreateRoute.begin`.

        Raises:
            KaigaError: what the route itself raises.
        """
        if not call.path.startswith(_CREATES):
            return self(call)
        return self.create.begin(call, call.path[len(_CREATES) :].rstrip("/"), on_done)

    async def __call__(self, call: Call) -> Answer | StreamedAnswer:
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
            case ["uploads"]:
                return await self.uploads(call)
            case ["tokens"]:
                return await self.tokens(call)
            case ["models"]:
                return await self.models.list_models(call)
            case ["models", "limits"] | ["quotas"]:
                return await self.models.list_limits(call)
            case _:
                raise PathUnknown
