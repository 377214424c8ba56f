"""Links at work: what they open, for how long, and what is said when they don't."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.samples import (
    MODEL,
    MODERATED,
    START,
    always,
    make_lease,
    make_new,
    make_result,
)
from fakes import SetCalendar
from kaiga.domain.errors import LinkExpired, ResultGone, SignatureWrong, StoreUnavailable
from kaiga.domain.ids import LinkKeyId
from kaiga.domain.lifetimes import expiry_of_link
from kaiga.domain.links import LinkKey, make_link_query
from kaiga.domain.tasks import Result, StoredResult, Task, make_outcome
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.links.link_keys import LinkKeys
from kaiga.service.links.result_links import ResultLinks
from service.troubled_store import TroubledStore

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)
KEY = LinkKey(id=LinkKeyId("KAIGA0"), secret=b"s" * 32)


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link taken apart as the file route does."""

    path: str
    expires: str
    key_id: str
    signature: str


def take_apart(link: str) -> Link:
    parts = urlsplit(link)
    query = parse_qs(parts.query, strict_parsing=True)
    return Link(
        path=parts.path,
        expires=query["Expires"][0],
        key_id=query["OSSAccessKeyId"][0],
        signature=query["Signature"][0],
    )


@pytest.fixture
async def link_keys(store: TroubledStore, calendar: SetCalendar) -> LinkKeys:
    link_keys = LinkKeys(store.keys, calendar)
    await link_keys.load()
    return link_keys


@pytest.fixture
def links(store: TroubledStore, link_keys: LinkKeys, calendar: SetCalendar) -> ResultLinks:
    return ResultLinks(link_keys, HotTasks(store.tasks), calendar)


async def finish_task(store: TroubledStore, *, keep_for: timedelta = DAY * 30) -> Task:
    """A task with a picture, a failure and a picture, that ended at `START`."""
    await store.tasks.add(make_new(0, count=3, submitted_at=START - SECOND))
    [claim] = await store.tasks.claim(frozenset({MODEL}), make_lease(), 1, "sketch", always(START))
    results: tuple[Result, ...] = (
        make_result(claim.task, 0),
        MODERATED,
        make_result(claim.task, 2),
    )
    await store.tasks.finish(
        claim, make_outcome(results, {"image_count": 2}, None), START, START + keep_for
    )
    task = await store.tasks.find(claim.task.id)
    assert task is not None
    return task


def make_link(links: ResultLinks, task: Task, position: int = 0, now: datetime = START) -> Link:
    result = task.results[0]
    assert isinstance(result, StoredResult)
    return take_apart(links.make(task, position, result, now, ""))


async def open_link(links: ResultLinks, link: Link) -> StoredResult:
    return await links.open(link.path, link.expires, link.key_id, link.signature)


class TestOpening:
    @pytest.mark.parametrize("position", [0, 2])
    async def test_a_link_opens_the_result_that_it_was_made_for(
        self, store: TroubledStore, links: ResultLinks, position: int
    ):
        task = await finish_task(store)

        assert await open_link(links, make_link(links, task, position)) == task.results[position]

    async def test_a_link_is_good_for_a_day_from_the_end_of_its_task(
        self, store: TroubledStore, links: ResultLinks, calendar: SetCalendar
    ):
        link = make_link(links, await finish_task(store))

        calendar.at = START + DAY - SECOND
        await open_link(links, link)

        calendar.at = START + DAY + SECOND
        with pytest.raises(LinkExpired) as refused:
            await open_link(links, link)
        assert abs(refused.value.expired_at - (START + DAY)) < SECOND

    async def test_where_tasks_are_kept_longer_a_later_link_is_good_again(
        self, store: TroubledStore, links: ResultLinks, calendar: SetCalendar
    ):
        task = await finish_task(store)
        calendar.at = START + DAY * 3 + SECOND

        link = make_link(links, task, now=calendar.at)

        assert await open_link(links, link) == task.results[0]

    @pytest.mark.parametrize(
        "change",
        [
            {"path": "/1d/aa/20260502/bbbbbbbb/other-1.png"},
            {"path": ""},
            {"expires": "9999999999"},
            {"expires": ""},
            {"expires": "²"},
            {"expires": "9" * 400},
            {"expires": "soon"},
            {"key_id": "KAIGA"},
            {"key_id": ""},
            {"signature": ""},
            {"signature": "A" * 44},
            {"signature": "\ud800"},
        ],
    )
    async def test_a_link_with_any_part_changed_is_refused(
        self, store: TroubledStore, links: ResultLinks, change: dict[str, str]
    ):
        link = make_link(links, await finish_task(store))

        with pytest.raises(SignatureWrong):
            await open_link(links, Link(**{**vars(link), **change}))

    async def test_the_link_of_one_picture_does_not_open_another(
        self, store: TroubledStore, links: ResultLinks
    ):
        task = await finish_task(store)
        first, third = make_link(links, task, 0), make_link(links, task, 2)

        with pytest.raises(SignatureWrong):
            await open_link(links, Link(**{**vars(first), "path": third.path}))

    @pytest.mark.parametrize("position", [1, 3, 999, -1])
    async def test_a_signed_link_to_no_picture_is_gone(
        self, store: TroubledStore, links: ResultLinks, position: int
    ):
        task = await finish_task(store)

        with pytest.raises((ResultGone, SignatureWrong)):
            await open_link(links, make_link(links, task, position))

    async def test_a_link_of_a_purged_task_is_gone_and_later_expired(
        self, store: TroubledStore, links: ResultLinks, calendar: SetCalendar
    ):
        task = await finish_task(store, keep_for=SECOND)
        link = make_link(links, task)
        await store.tasks.purge_expired(START + SECOND, 5)

        with pytest.raises(ResultGone):
            await open_link(links, link)
        calendar.at = START + DAY + SECOND
        with pytest.raises(LinkExpired):
            await open_link(links, link)

    async def test_a_store_that_does_not_answer_is_told(
        self, store: TroubledStore, links: ResultLinks
    ):
        link = make_link(links, await finish_task(store))
        store.tasks.is_down = True

        with pytest.raises(StoreUnavailable):
            await open_link(links, link)

    async def test_a_task_that_has_not_ended_has_no_links(self, links: ResultLinks):
        task = make_new(0).task

        with pytest.raises(ValueError, match="ended"):
            links.make(task, 0, make_result(task), START, "")
        with pytest.raises(ValueError, match="ended"):
            links.stays_for(task, START)


class TestKeys:
    async def test_links_signed_before_a_rotation_stay_good(
        self, store: TroubledStore, links: ResultLinks, link_keys: LinkKeys
    ):
        task = await finish_task(store)
        before = make_link(links, task)

        await link_keys.rotate()
        after = make_link(links, task)

        assert before.key_id != after.key_id
        assert await open_link(links, before) == await open_link(links, after)

    async def test_a_key_two_days_out_of_use_opens_nothing_more(
        self,
        store: TroubledStore,
        links: ResultLinks,
        link_keys: LinkKeys,
        calendar: SetCalendar,
    ):
        task = await finish_task(store)
        oldest = make_link(links, task, now=START + DAY * 9)
        await link_keys.rotate()
        calendar.at = START + DAY * 2 + SECOND

        await link_keys.rotate()

        with pytest.raises(SignatureWrong):
            await open_link(links, oldest)

    async def test_a_rotation_is_counted_so_that_finished_answers_can_be_dropped(
        self, links: ResultLinks, link_keys: LinkKeys
    ):
        before = links.generation

        await link_keys.rotate()

        assert links.generation == before + 1

    async def test_a_restart_signs_with_the_same_key(
        self, store: TroubledStore, links: ResultLinks, calendar: SetCalendar
    ):
        task = await finish_task(store)
        link = make_link(links, task)

        keys = LinkKeys(store.keys, calendar)
        await keys.load()
        again = ResultLinks(keys, HotTasks(store.tasks), calendar)

        assert make_link(again, task) == link
        assert await open_link(again, link) == task.results[0]


@given(
    ended=st.integers(0, 10**6),
    days=st.integers(0, 60),
    off=st.integers(-2_000_000, 2_000_000) | st.integers(0, DAY // timedelta(microseconds=1)),
)
@example(ended=0, days=1, off=-1)
def test_a_link_given_out_has_not_expired_already(ended: int, days: int, off: int):
    ended_at = START + timedelta(microseconds=ended)
    now = max(ended_at, ended_at + days * DAY + timedelta(microseconds=off))

    query = make_link_query(KEY, "/path", expiry_of_link(ended_at, now))
    expires = datetime.fromtimestamp(int(parse_qs(query)["Expires"][0]), UTC)

    assert now < expires < now + DAY + SECOND
