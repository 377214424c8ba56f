"""Makes result links and opens them."""

from datetime import UTC, datetime, timedelta

from kaiga.domain.errors import LinkExpired, ResultGone, SignatureWrong
from kaiga.domain.ids import AccountId, TaskId
from kaiga.domain.lifetimes import expiry_of_link
from kaiga.domain.links import (
    find_result_address,
    is_signature_right,
    make_link_query,
    make_result_path,
)
from kaiga.domain.media import extension_of
from kaiga.domain.tasks import StoredResult, Task, attempt_of_object
from kaiga.ports.clock import Calendar
from kaiga.ports.link_signer import LinkSigner
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.links.drawn_results import HaveDrawn, drawn_at_once
from kaiga.service.links.link_keys import LinkKeys

_LONGEST_EXPIRES_DIGITS = 12
_PRESIGNED_GIVEN_FOR = timedelta(minutes=15)
"""A link of the object store's may end with the credentials that signed it, so none is given out
for long."""


class ResultLinks:
    """Signs with the newest link key and accepts every key that is still kept.

    With a `signer` the object store signs, and links lead there; those of before still open.
    """

    def __init__(
        self,
        keys: LinkKeys,
        hot: HotTasks,
        calendar: Calendar,
        have_drawn: HaveDrawn = drawn_at_once,
        signer: LinkSigner | None = None,
    ) -> None:
        self._signer = signer
        self._have_drawn = have_drawn
        self._keys = keys
        self._hot = hot
        self._calendar = calendar

    @property
    def generation(self) -> int:
        """Changes when links are to be signed anew."""
        return self._keys.generation

    def make(
        self, task: Task, position: int, result: StoredResult, now: datetime, base_url: str
    ) -> str:
        """Give the link that opens a result: below `base_url`, or at the object store.

        Raises:
            ObjectsUnavailable: the object store has nothing to sign with.
        """
        if self._signer is None:
            return self.make_own(task, position, result, now, base_url)
        return self._signer.sign(result.object_key, _expiry_of(task, now) - now)

    def make_own(
        self, task: Task, position: int, result: StoredResult, now: datetime, base_url: str
    ) -> str:
        """Give the link that opens a result through this server, whatever others are given."""
        if task.ended_at is None:
            raise ValueError("only an ended task has links")
        path = make_result_path(task.id, position, extension_of(result.media_type), task.ended_at)
        expires_at = expiry_of_link(task.ended_at, now)
        return f"{base_url}{path}?{make_link_query(self._keys.get_newest(), path, expires_at)}"

    def stays_for(self, task: Task, now: datetime) -> timedelta:
        """Give how long links made now are the ones to give out."""
        left = _expiry_of(task, now) - now
        return left if self._signer is None else min(left, _PRESIGNED_GIVEN_FOR)

    async def open(self, path: str, expires: str, key_id: str, signature: str) -> StoredResult:
        """Give the result that a link opens.

        Raises:
            SignatureWrong: the link was changed, or was never ours.
            LinkExpired: its time is over.
            ResultGone: the result is no longer kept.
            TryLater: a store did not answer.
        """
        key = self._keys.find(key_id)
        if key is None or not is_signature_right(key, path, expires, signature):
            raise SignatureWrong
        address = find_result_address(path)
        if address is None or not expires.isdigit() or len(expires) > _LONGEST_EXPIRES_DIGITS:
            raise SignatureWrong
        task = await self._find_task(address.task_id)
        expired_at = datetime.fromtimestamp(int(expires), UTC)
        now = self._calendar.real_now() if task is None else self._calendar.now(task.account)
        if now >= expired_at:
            raise LinkExpired(expired_at, now)
        if task is None or not 0 <= address.position < len(task.results):
            raise ResultGone
        result = task.results[address.position]
        if not isinstance(result, StoredResult):
            raise ResultGone
        return await self._have_drawn(task, result)

    async def open_own(
        self, account: AccountId, path: str, expires: str, key_id: str, signature: str
    ) -> StoredResult | None:
        """Give the result that a link opens if it is `account`'s; None for a link that is not.

        Raises:
            LinkExpired, ResultGone: it was the account's to open.
            TryLater: a store did not answer.
        """
        address = find_result_address(path)
        task = None if address is None else await self._find_task(address.task_id)
        if task is None or task.account != account:
            return None
        try:
            return await self.open(path, expires, key_id, signature)
        except SignatureWrong:
            return None

    async def find_presigned(self, account: AccountId, url: str) -> StoredResult | None:
        """Give the result at the object store that a URL names if it is `account`'s, else None.

        Whether its time is over is not asked: a task that is kept is its owner's to use.

        Raises:
            TryLater: a store did not answer.
        """
        key = None if self._signer is None else self._signer.find_key(url)
        of_attempt = None if key is None else attempt_of_object(key)
        task = None if of_attempt is None else await self._find_task(of_attempt[0])
        if task is None or task.account != account:
            return None
        results = (each for each in task.results if isinstance(each, StoredResult))
        return next((each for each in results if each.object_key == key), None)

    async def _find_task(self, task_id: TaskId) -> Task | None:
        return await self._hot.get(task_id)


def _expiry_of(task: Task, now: datetime) -> datetime:
    if task.ended_at is None:
        raise ValueError("only an ended task has links")
    return expiry_of_link(task.ended_at, now)
