"""Rules on limits: set, changed, removed, and in the book at once."""

import asyncio

import pytest

from domain.samples import ACCOUNT, MODEL, START
from kaiga.domain.errors import FieldInvalid, KeyUnknown, LimitRuleUnknown, StoreUnavailable
from kaiga.domain.ids import KeyId, Lane, WorkspaceId
from kaiga.domain.keys import Role
from kaiga.domain.limits import LimitBook, LimitRule, Limits, LimitScope
from kaiga.service.limits.manage_limits import ManageLimits
from kaiga.store.sqlite import SqliteLimitStore
from service.building import read_models
from service.troubled_store import TroubledStore

LANE = Lane(ACCOUNT, MODEL)
ALIAS = f"{MODEL}-2026-01-01"


def build(store: TroubledStore, book: LimitBook) -> ManageLimits:
    return ManageLimits(
        store=SqliteLimitStore(store.database),
        keys=store.keys,
        catalogue=read_models(),
        book=book,
    )


@pytest.fixture
def book() -> LimitBook:
    return LimitBook(Limits(running_tasks=7))


@pytest.fixture
def manage(store: TroubledStore, book: LimitBook) -> ManageLimits:
    return build(store, book)


async def test_what_is_set_holds_at_once_and_after_a_restart(
    store: TroubledStore, manage: ManageLimits, book: LimitBook
):
    await manage.change(LimitRule(account=ACCOUNT, running_tasks=2))
    after_restart = LimitBook()

    await build(store, after_restart).load()

    assert book.find_running_limit(LANE) == after_restart.find_running_limit(LANE) == 2


async def test_a_change_leaves_what_it_does_not_name(manage: ManageLimits):
    await manage.change(LimitRule(account=ACCOUNT, running_tasks=2, queued_tasks=9))

    changed = await manage.change(LimitRule(account=ACCOUNT, queued_tasks=None, weight=2.0))

    assert changed == LimitRule(account=ACCOUNT, running_tasks=2, queued_tasks=None, weight=2.0)
    assert list(await manage.list_all()) == [changed]


async def test_what_is_removed_holds_no_more(manage: ManageLimits, book: LimitBook):
    await manage.change(LimitRule(running_tasks=2))

    await manage.remove(LimitScope())

    assert book.find_running_limit(LANE) == 7
    with pytest.raises(LimitRuleUnknown):
        await manage.remove(LimitScope())


async def test_an_alias_stands_for_its_model(manage: ManageLimits, book: LimitBook):
    changed = await manage.change(LimitRule(model=ALIAS, running_tasks=3))
    assert changed.model == MODEL
    assert book.find_running_limit(LANE) == 3

    await manage.remove(LimitScope(model=ALIAS))

    assert list(await manage.list_all()) == []


async def test_a_model_that_is_not_there_is_refused_and_its_old_rule_can_still_go(
    store: TroubledStore, manage: ManageLimits
):
    gone = LimitRule(model="gone", running_tasks=3)
    await SqliteLimitStore(store.database).put_rule(gone)

    with pytest.raises(FieldInvalid, match="gone is none"):
        await manage.change(gone)

    await manage.remove(gone.scope)
    assert list(await manage.list_all()) == []


async def test_only_a_live_key_can_be_limited(store: TroubledStore, manage: ManageLimits):
    rule = LimitRule(key_id=KeyId("1000001"), queries_per_second=1)
    with pytest.raises(KeyUnknown):
        await manage.change(rule)
    key = await store.keys.add_key(
        key_hash=b"h" * 32,
        prefix="sk-...",
        name="",
        account=ACCOUNT,
        workspace=WorkspaceId("ws-default"),
        region=None,
        role=Role.USER,
        created_at=START,
        expires_at=None,
    )

    assert await manage.change(LimitRule(key_id=key.id, queries_per_second=1))


async def test_changes_at_the_same_time_are_all_kept(manage: ManageLimits, book: LimitBook):
    rules = [
        LimitRule(account=ACCOUNT, running_tasks=1),
        LimitRule(account=ACCOUNT, queued_tasks=2),
        LimitRule(account=ACCOUNT, submissions_per_minute=3),
    ]

    await asyncio.gather(*(manage.change(rule) for rule in rules))

    assert book.find_limits(ACCOUNT, MODEL) == Limits(
        running_tasks=1, queued_tasks=2, submissions_per_minute=3
    )


async def test_where_the_store_is_down_what_held_before_still_holds(
    store: TroubledStore, manage: ManageLimits, book: LimitBook
):
    await manage.change(LimitRule(running_tasks=2))
    store.database.close()

    with pytest.raises(StoreUnavailable):
        await manage.change(LimitRule(running_tasks=3))

    assert book.find_running_limit(LANE) == 2
