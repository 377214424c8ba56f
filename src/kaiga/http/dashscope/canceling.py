"""`POST /tasks/{task_id}/cancel`."""

import msgspec

from kaiga.domain.errors import PathUnknown
from kaiga.http.asgi import JSON_UTF8, NO_STORE, Answer, Call
from kaiga.http.callers import Callers
from kaiga.service.owning.cancel_task import CancelTask

_encode = msgspec.json.Encoder().encode


class CancelRoute:
    """Answers cancel calls; their bodies, where clients send one, are ignored."""

    def __init__(self, *, cancel_task: CancelTask, callers: Callers) -> None:
        self._cancel_task = cancel_task
        self._callers = callers

    async def __call__(self, call: Call, task_id: str) -> Answer:
        """Cancel a PENDING task.

        Raises:
            PathUnknown: it is no POST; an old SDK cancels with GET (contract/clients.md, 9).
            TaskNotCancellable: it is not PENDING, or not there for this caller.
            KeyMissing, KeyInvalid: the caller is not known.
            StoreUnavailable: the store did not answer; nothing was changed.
        """
        if call.method != "POST":
            raise PathUnknown
        caller = await self._callers.identify(call)
        await self._cancel_task(caller, task_id)
        body = _encode({"request_id": call.request_id})
        return Answer(body=body, headers=(JSON_UTF8, NO_STORE))
