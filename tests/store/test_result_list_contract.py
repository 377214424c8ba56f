"""The ports `ResultList` and, of `TaskStore`, `keep` and `expire`: what is there, and how long."""

import msgspec
import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    NO_TASK,
    OTHER_ACCOUNT,
    OTHER_MODEL,
    OTHER_REGION,
    REGION,
    RETENTION,
    START,
    after,
    always,
    make_failed,
    make_lease,
    make_new,
    make_result,
)
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import Claim, make_outcome
from kaiga.ports.result_list import ResultFilter
from store.opened import OpenedStore

EXPIRY = START + RETENTION
ALL = ResultFilter(account=ACCOUNT, region=REGION, now=after(9000))
MODELS = frozenset({MODEL, OTHER_MODEL})


async def make(opened: OpenedStore, number: int, media_type: str = "image/png", **new) -> TaskId:
    """Have a task made whose one result is a file of that kind."""
    await opened.tasks.add(make_new(number, **new))
    claimed: Claim
    (claimed,) = await opened.tasks.claim(MODELS, make_lease(), 1, "sketch", always(after(1000)))
    result = msgspec.structs.replace(make_result(claimed.task), media_type=media_type)
    outcome = make_outcome((result,), {"image_count": 1}, None)
    await opened.tasks.finish(claimed, outcome, after(2000), EXPIRY)
    return claimed.task.id


async def list_ids(opened: OpenedStore, limit: int = 10, **wanted) -> list[TaskId]:
    changed = msgspec.structs.replace(ALL, **wanted)
    return [task.id for task in await opened.results.list_with_results(changed, limit)]


class TestList:
    async def test_the_newest_come_first_and_pages_follow_each_other(self, opened: OpenedStore):
        made = [await make(opened, number) for number in range(5)]

        first = await list_ids(opened, limit=2)
        rest = await list_ids(opened, before=first[-1])

        assert [*first, *rest] == made[::-1]

    async def test_what_has_no_file_to_show_is_left_out(self, opened: OpenedStore):
        shown = await make(opened, 0)
        await opened.tasks.add(make_failed(1))
        await opened.tasks.add(make_new(2))

        assert await list_ids(opened) == [shown]

    async def test_kinds_and_models_are_told_apart(self, opened: OpenedStore):
        picture = await make(opened, 0)
        clip = await make(opened, 1, "video/mp4", catalogue_model=OTHER_MODEL)

        assert await list_ids(opened, kind="image") == [picture]
        assert await list_ids(opened, kind="video") == [clip]
        assert await list_ids(opened, model=OTHER_MODEL) == [clip]
        assert await opened.results.list_models(ALL) == [OTHER_MODEL, MODEL]

    async def test_nobody_sees_another_account_s_or_another_region_s(self, opened: OpenedStore):
        await make(opened, 0)

        assert await list_ids(opened, account=OTHER_ACCOUNT) == []
        assert await list_ids(opened, region=OTHER_REGION) == []

    async def test_what_has_expired_is_gone_before_it_is_purged(self, opened: OpenedStore):
        await make(opened, 0)

        assert await list_ids(opened, now=EXPIRY) == []


class TestKeep:
    async def test_a_kept_task_outlives_its_retention(self, opened: OpenedStore):
        task_id = await make(opened, 0)
        wanted = RETENTION * 7

        kept = await opened.tasks.keep(ACCOUNT, REGION, task_id, after(5000), wanted)

        assert kept == after(2000) + wanted
        assert (await opened.tasks.purge_expired(EXPIRY, 10)).task_ids == []
        assert await list_ids(opened, now=EXPIRY) == [task_id]

    async def test_keeping_never_shortens(self, opened: OpenedStore):
        task_id = await make(opened, 0)

        kept = await opened.tasks.keep(ACCOUNT, REGION, task_id, after(5000), RETENTION / 2)

        assert kept == EXPIRY

    @pytest.mark.parametrize("refused", ["foreign", "elsewhere", "expired", "waiting", "unknown"])
    async def test_only_an_ended_task_of_one_s_own_is_kept(self, opened: OpenedStore, refused: str):
        task_id = await make(opened, 0)
        account, region, now = ACCOUNT, REGION, after(5000)
        match refused:
            case "foreign":
                account = OTHER_ACCOUNT
            case "elsewhere":
                region = OTHER_REGION
            case "expired":
                now = EXPIRY
            case "waiting":
                await opened.tasks.add(make_new(1))
                task_id = make_new(1).task.id
            case _:
                task_id = NO_TASK

        assert await opened.tasks.keep(account, region, task_id, now, RETENTION * 7) is None


class TestExpire:
    async def test_a_task_that_expires_is_gone_at_once_and_is_purged(self, opened: OpenedStore):
        task_id = await make(opened, 0)

        assert await opened.tasks.expire(ACCOUNT, REGION, task_id, after(5000))

        assert await list_ids(opened, now=after(5000)) == []
        assert (await opened.tasks.purge_expired(after(5000), 10)).task_ids == [task_id]

    async def test_a_task_expires_only_once(self, opened: OpenedStore):
        task_id = await make(opened, 0)
        await opened.tasks.expire(ACCOUNT, REGION, task_id, after(5000))

        assert not await opened.tasks.expire(ACCOUNT, REGION, task_id, after(6000))

    @pytest.mark.parametrize("refused", ["foreign", "elsewhere", "waiting", "unknown"])
    async def test_only_an_ended_task_of_one_s_own_expires(self, opened: OpenedStore, refused: str):
        task_id = await make(opened, 0)
        account, region = ACCOUNT, REGION
        match refused:
            case "foreign":
                account = OTHER_ACCOUNT
            case "elsewhere":
                region = OTHER_REGION
            case "waiting":
                await opened.tasks.add(make_new(1))
                task_id = make_new(1).task.id
            case _:
                task_id = NO_TASK

        assert not await opened.tasks.expire(account, region, task_id, after(5000))
        assert len(await list_ids(opened)) == 1
