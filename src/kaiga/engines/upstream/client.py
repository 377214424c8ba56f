"""The upstream's HTTP API. The key is in no message, no log line and no address."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import msgspec

from kaiga import __version__
from kaiga.engines.upstream.answers import (
    Answer,
    Listed,
    read_list,
    read_results,
    read_task,
)
from kaiga.engines.upstream.budget import QueryBudget
from kaiga.engines.upstream.members import Members, members_of
from kaiga.engines.upstream.refusals import NotSent, Refused, Unanswered

LARGEST_PAGE = 100
"""Of the list; what a service gives beyond its own bound it cuts (contract/core.md, 13)."""
LONGEST_CREATE_SECONDS = 60.0
"""How long the answer to an asynchronous create is awaited."""
_LONGEST_CALL_SECONDS = 3660.0
"""The service ends a synchronous call after an hour at most (contract/core.md, 9.4)."""
_MOST_PAGES = 20
_QUERY_SECONDS = 20.0
_CONNECT_SECONDS = 10.0
_ZONE = timezone(timedelta(hours=8))
"""Of times in calls (contract/core.md, 2.4 and 3.1)."""
_OK = 200
_ERRORS, _TIMED_OUT, _SERVER_ERRORS = 400, 408, 500


class ModelStudio:
    """One account of an upstream.

    Every call may raise `NotSent`, `Unanswered` or `Refused`. Queries, lists and cancels wait for
    their turn in `budget`, and a refusal of one as too many holds up the others.
    """

    def __init__(self, url: str, key: str, workspace: str, budget: QueryBudget) -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._budget = budget
        headers = {"authorization": f"Bearer {key}", "user-agent": f"Kaiga/{__version__}"}
        if workspace:
            headers["x-dashscope-workspace"] = workspace
        timeout = httpx.Timeout(_QUERY_SECONDS, connect=_CONNECT_SECONDS)
        self._queries = httpx.AsyncClient(headers=headers, timeout=timeout, trust_env=False)
        # A kept connection may have been closed by the other side as a call is written to it, and
        # then nobody can tell whether that was read.
        self._creates = httpx.AsyncClient(
            headers=headers,
            timeout=timeout,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def create(self, operation: str, body: bytes, *, resolves_uploads: bool) -> str:
        """Submit a task; gives its id."""
        headers = {"x-dashscope-async": "enable", **_name_uploads(resolves_uploads)}
        answer = await self._create(operation, body, headers, LONGEST_CREATE_SECONDS)
        task_id = members_of(answer.get("output")).get("task_id")
        if not isinstance(task_id, str) or not task_id:
            raise Unanswered("the answer to a create names no task")
        return task_id

    async def call(self, operation: str, body: bytes, *, resolves_uploads: bool) -> Answer:
        """Have something made while the call waits, for as long as that takes."""
        answer = await self._create(
            operation, body, _name_uploads(resolves_uploads), _LONGEST_CALL_SECONDS
        )
        return read_results(answer)

    async def query(self, task_id: str) -> Answer:
        """Ask how a task stands."""
        answer = await self._ask("GET", f"/tasks/{task_id}")
        try:
            return read_task(answer)
        except ValueError:
            raise Unanswered("the answer to a query tells of no task") from None

    async def list_newest(self) -> Sequence[Listed]:
        """Give the newest tasks of the account, as many as a page holds."""
        return read_list(await self._ask("GET", "/tasks", {"page_size": str(LARGEST_PAGE)}))

    async def list_submitted(
        self, model: str, since: datetime, until: datetime
    ) -> Sequence[Listed]:
        """Give the tasks of a model that were submitted in a span of time."""
        asked = {
            "model_name": model,
            "start_time": _write_time(since),
            "end_time": _write_time(until + timedelta(seconds=1)),  # no part of a second is lost
            "page_size": str(LARGEST_PAGE),
        }
        found: list[Listed] = []
        for page in range(1, _MOST_PAGES + 1):
            body = await self._ask("GET", "/tasks", {**asked, "page_no": str(page)})
            found += read_list(body)
            pages = body.get("total_page")
            if not isinstance(pages, int) or page >= pages:
                break
        return found

    async def check(self) -> None:
        """Ask something that costs nothing."""
        await self._ask("GET", "/tasks", {"page_no": "1", "page_size": "1"})

    async def cancel(self, task_id: str) -> None:
        """Cancel a task that is PENDING; any other is refused."""
        await self._ask("POST", f"/tasks/{task_id}/cancel")

    async def get_policy(self, model: str) -> Members:
        """Ask for leave to upload files for a model (contract/core.md, 8.1)."""
        answer = await self._ask("GET", "/uploads", {"action": "getPolicy", "model": model})
        return members_of(answer.get("data"))

    async def close(self) -> None:
        """Close every connection."""
        await self._queries.aclose()
        await self._creates.aclose()

    async def _create(
        self, operation: str, body: bytes, headers: Mapping[str, str], seconds: float
    ) -> Members:
        timeout = httpx.Timeout(seconds, connect=_CONNECT_SECONDS)
        request = self._creates.build_request(
            "POST",
            f"{self._url}/services/{operation}",
            content=body,
            headers={"content-type": "application/json", **headers},
            timeout=timeout,
        )
        return await self._send(self._creates, request)

    async def _ask(self, method: str, path: str, asked: Mapping[str, str] | None = None) -> Members:
        await self._budget.take()
        request = self._queries.build_request(method, f"{self._url}{path}", params=asked)
        try:
            answer = await self._send(self._queries, request)
        except Refused as refused:
            if refused.is_throttling:
                self._budget.hold(refused.retry_after_seconds)
            raise
        self._budget.note_answer()
        return answer

    async def _send(self, client: httpx.AsyncClient, request: httpx.Request) -> Members:
        try:
            response = await client.send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(f"no connection: {type(error).__name__}") from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise Unanswered(f"no answer: {type(error).__name__}") from None
        return self._read(response)

    def _read(self, response: httpx.Response) -> Members:
        """Read an answer: an error in the contract's form means that nothing was done."""
        content = response.content.replace(self._key.encode(), b"***")  # some errors repeat it
        status, members = response.status_code, _read_object(content)
        if status == _OK and members is not None:
            return members
        code = (members or {}).get("code")
        is_told = isinstance(code, str) or status < _SERVER_ERRORS
        if status >= _ERRORS and status != _TIMED_OUT and is_told:
            raise Refused(
                status,
                str(code or ""),
                str((members or {}).get("message") or ""),
                _read_seconds(response.headers.get("retry-after", "")),
            )
        raise Unanswered(f"an answer of status {status} that is not the contract's")


def _name_uploads(resolves_uploads: bool) -> Mapping[str, str]:
    return {"x-dashscope-ossresourceresolve": "enable"} if resolves_uploads else {}


def _read_object(content: bytes) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _read_seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() else None


def _write_time(at: datetime) -> str:
    return f"{at.astimezone(_ZONE):%Y%m%d%H%M%S}"
