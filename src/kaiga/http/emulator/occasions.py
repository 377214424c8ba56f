"""Whose a call is, and what faults may act at it."""

import re

import msgspec

from kaiga.domain.emulation.faults import FaultPoint, Occasion
from kaiga.domain.errors import NotAuthenticated, TryLater
from kaiga.domain.ids import AccountId, TaskId
from kaiga.domain.links import LIFETIME_PREFIX, find_result_address
from kaiga.domain.tasks import Task
from kaiga.domain.uploads import find_policy
from kaiga.http.asgi import Call
from kaiga.http.dashscope.queries import read_query
from kaiga.http.dashscope.routes import PREFIX
from kaiga.http.emulator.arriving import Arrival
from kaiga.http.files.receiving import UPLOAD_PATH
from kaiga.http.identity import authenticate
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.keys.key_ring import KeyRing

NOBODY = AccountId("")
"""Whose calls are that show no good key, no link of a task and no policy."""

_FILES = f"/{LIFETIME_PREFIX}/"
_POLICY = re.compile(rb'name="policy"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n([A-Za-z0-9+/=]+)\r\n')
_MODEL = re.compile(rb'"model"\s*:\s*"([^"\\]{1,256})"')


class _Order(msgspec.Struct, frozen=True):
    model: str = ""


_decode_order = msgspec.json.Decoder(_Order).decode


def is_of_contract(path: str) -> bool:
    """Tell whether a path is one of the contract's: others are neither noted nor disturbed."""
    return path.startswith((PREFIX, _FILES)) or path.rstrip("/") == UPLOAD_PATH


class FindOccasion:
    """Tells the account of a call and its occasion; None where no fault can act."""

    def __init__(self, key_ring: KeyRing, hot: HotTasks) -> None:
        self._key_ring = key_ring
        self._hot = hot

    async def __call__(self, call: Call, arrival: Arrival) -> tuple[AccountId, Occasion | None]:
        """Judge a call by its path, its key or its link, and its body."""
        if call.path.startswith(_FILES):
            return await self._judge_file(call)
        if not call.path.startswith(PREFIX):
            return _judge_form(arrival)
        try:
            account = (await authenticate(call, self._key_ring)).account
        except (NotAuthenticated, TryLater):
            return NOBODY, None
        return account, await self._judge_call(call, arrival, account)

    async def _judge_file(self, call: Call) -> tuple[AccountId, Occasion | None]:
        address = find_result_address(call.path)
        task = None if address is None else await self._find_task(address.task_id)
        if task is None:
            return NOBODY, None
        return task.account, _make_occasion(FaultPoint.FILE, task)

    async def _judge_call(
        self, call: Call, arrival: Arrival, account: AccountId
    ) -> Occasion | None:
        match [call.method, *call.path[len(PREFIX) :].rstrip("/").split("/")]:
            case ["POST", "services", *operation]:
                return Occasion(
                    point=FaultPoint.CREATE,
                    model=_read_model(arrival),
                    operation="/".join(operation),
                )
            case ["GET", "tasks"]:
                return Occasion(point=FaultPoint.LIST, model=read_query(call).get("model_name", ""))
            case ["GET", "tasks", task_id]:
                return await self._judge_task(FaultPoint.QUERY, task_id, account)
            case ["POST", "tasks", task_id, "cancel"]:
                return await self._judge_task(FaultPoint.CANCEL, task_id, account)
            case ["GET", "uploads"]:
                return Occasion(point=FaultPoint.UPLOAD, model=read_query(call).get("model", ""))
            case _:
                return None

    async def _judge_task(self, point: FaultPoint, task_id: str, account: AccountId) -> Occasion:
        task = await self._find_task(TaskId(task_id))
        if task is None or task.account != account:
            return Occasion(point=point)
        return _make_occasion(point, task)

    async def _find_task(self, task_id: TaskId) -> Task | None:
        try:
            return await self._hot.get(task_id)
        except TryLater:
            return None


def _judge_form(arrival: Arrival) -> tuple[AccountId, Occasion | None]:
    """Judge a form with a file by the policy in it."""
    found = _POLICY.search(arrival.body)
    policy = None if found is None else find_policy(found[1].decode("ascii"))
    if policy is None:
        return NOBODY, None
    return policy.account, Occasion(point=FaultPoint.FORM, model=policy.model)


def _make_occasion(point: FaultPoint, task: Task) -> Occasion:
    return Occasion(point=point, model=task.model, operation=task.operation)


def _read_model(arrival: Arrival) -> str:
    """Read the model of an order; of one that did not come whole, the first that is named."""
    if arrival.is_whole:
        try:
            return _decode_order(arrival.body).model
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return ""
    found = _MODEL.search(arrival.body)
    return "" if found is None else found[1].decode("utf-8", "replace")
