"""`/kaiga/v1/emulator/`: accounts and their tasks shown, and taken back to their beginning."""

from collections.abc import Mapping, Sequence

import msgspec

from kaiga.domain.ids import AccountId, TaskId
from kaiga.domain.tasks import Failure, Finding, Result, StoredResult
from kaiga.http.asgi import Answer, Call
from kaiga.http.dashscope.queries import read_number, read_query
from kaiga.http.emulator.guard import EMULATOR, ControlGuard
from kaiga.http.operations.routing import Route
from kaiga.ports.account_store import AccountStore, KnownKey, RecordedTask
from kaiga.ports.clock import Calendar
from kaiga.service.emulation.forget_account import ForgetAccount
from kaiga.service.emulation.packed_jobs import find_size_bytes

_USUAL_PAGE, _LARGEST_PAGE = 100, 1000
_MOST_KEYS = 100_000
_HASH_DIGITS = 24

_encode = msgspec.json.Encoder().encode


class AccountRoutes:
    """Answers what is asked of whole accounts."""

    def __init__(
        self,
        *,
        accounts: AccountStore,
        forget: ForgetAccount,
        calendar: Calendar,
        guard: ControlGuard,
    ) -> None:
        self._accounts = accounts
        self._forget = forget
        self._calendar = calendar
        self._guard = guard

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", f"{EMULATOR}/accounts", self._show_accounts),
            Route("GET", f"{EMULATOR}/tasks", self._show_tasks),
            Route("POST", f"{EMULATOR}/reset", self._reset),
        )

    async def _show_accounts(self, call: Call) -> Answer:
        account = await self._guard.admit_to_all(call)
        keys: dict[AccountId, list[Mapping[str, object]]] = {}
        for key in await self._accounts.list_keys(account, _MOST_KEYS):
            keys.setdefault(key.account, []).append(_show_key(key))
        accounts = [
            {"account": name, "now": self._calendar.now(name), "keys": its_keys}
            for name, its_keys in keys.items()
        ]
        return Answer(body=_encode({"request_id": call.request_id, "accounts": accounts}))

    async def _show_tasks(self, call: Call) -> Answer:
        account = await self._guard.admit(call)
        query = read_query(call)
        limit = min(read_number("limit", query.get("limit"), _USUAL_PAGE), _LARGEST_PAGE)
        before = query.get("before")
        found = await self._accounts.list_tasks(
            account, None if before is None else TaskId(before), limit
        )
        tasks = [_show_task(each) for each in found]
        return Answer(body=_encode({"request_id": call.request_id, "tasks": tasks}))

    async def _reset(self, call: Call) -> Answer:
        account = await self._guard.admit_to_all(call)
        named = [account] if account is not None else await self._accounts.list_accounts()
        forgotten = [await self._forget(each) for each in named]
        told = {
            "request_id": call.request_id,
            "accounts": len(named),
            "tasks": sum(each.tasks for each in forgotten),
            "objects": sum(each.objects for each in forgotten),
        }
        return Answer(body=_encode(told))


def _show_key(key: KnownKey) -> Mapping[str, object]:
    return {
        "prefix": key.prefix,
        "hash": key.hash.hex()[:_HASH_DIGITS],
        "role": key.role,
        "region": key.region,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
    }


def _show_task(recorded: RecordedTask) -> Mapping[str, object]:
    task = recorded.task
    return {
        "task_id": task.id,
        "status": task.status,
        "model": task.model,
        "operation": task.operation,
        "region": task.region,
        "workspace": task.workspace,
        "key_id": task.key_id,
        "create_request_id": task.request_id,
        "seed": task.generation and task.generation.seed,
        "submitted_at": task.submitted_at,
        "scheduled_at": task.scheduled_at,
        "cancel_requested_at": task.cancel_requested_at,
        "ended_at": task.ended_at,
        "expires_at": task.expires_at,
        "code": task.failure and task.failure.code,
        "message": task.failure and task.failure.message,
        "usage": task.usage,
        "results": [_show_result(result) for result in task.results],
        "attempts": recorded.attempts,
        "request": None if recorded.request is None else msgspec.json.decode(recorded.request),
    }


def _show_result(result: Result) -> Mapping[str, object]:
    match result:
        case StoredResult():
            return {
                "media_type": result.media_type,
                "size_bytes": find_size_bytes(result),
                "part": result.part,
                "findings": result.findings,
            }
        case Finding():
            return {"findings": result.findings}
        case Failure():
            return {"code": result.code, "message": result.message}
