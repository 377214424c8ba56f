"""Temporary keys at work: whom they speak for, and when they stop."""

from datetime import datetime, timedelta

import msgspec
import pytest

from domain.samples import ACCOUNT, START
from fakes import SetCalendar
from kaiga.domain.errors import KeyInvalid, LifetimeOutOfRange, TemporaryKeyRefused
from kaiga.domain.ids import WorkspaceId
from kaiga.domain.keys import Principal, Role
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.keys.manage_keys import ManageKeys
from kaiga.service.keys.mint_temporary_key import MintTemporaryKey
from service.troubled_store import TroubledStore

PEPPER = b"p" * 32
MINUTE = timedelta(minutes=1)
MOMENT = timedelta(milliseconds=1)


@pytest.fixture
def ring(store: TroubledStore, calendar: SetCalendar) -> KeyRing:
    return KeyRing(store.keys, calendar, PEPPER)


@pytest.fixture
def manage(store: TroubledStore, ring: KeyRing, calendar: SetCalendar) -> ManageKeys:
    return ManageKeys(
        store=store.keys, key_ring=ring, calendar=calendar, pepper=PEPPER, own_region="here"
    )


@pytest.fixture
def mint(calendar: SetCalendar) -> MintTemporaryKey:
    return MintTemporaryKey(calendar=calendar, pepper=PEPPER)


async def make_parent(
    ring: KeyRing, manage: ManageKeys, expires_at: datetime | None = None
) -> Principal:
    """An admin key of a workspace and a region."""
    _, text = await manage.create(
        name="parent",
        role=Role.ADMIN,
        workspace=WorkspaceId("ws-studio"),
        region="eu-central-1",
        expires_at=expires_at,
    )
    return await ring.authenticate(text)


async def test_a_temporary_key_speaks_for_its_parent_and_never_administers(
    ring: KeyRing, manage: ManageKeys, mint: MintTemporaryKey
):
    parent = await make_parent(ring, manage)

    text, expires_at = mint(parent, 60)

    principal = await ring.authenticate(text)
    assert principal == Principal(
        key_id=parent.key_id,
        account=ACCOUNT,
        workspace=WorkspaceId("ws-studio"),
        role=Role.USER,
        region="eu-central-1",
        expires_at=expires_at,
        is_temporary=True,
    )
    assert ring.find_known(text) == principal
    assert parent.role is Role.ADMIN


async def test_it_lives_as_long_as_was_asked_and_no_longer_also_from_memory(
    ring: KeyRing, manage: ManageKeys, mint: MintTemporaryKey, calendar: SetCalendar
):
    text, expires_at = mint(await make_parent(ring, manage), 60)
    assert timedelta(0) <= expires_at - (START + MINUTE) < timedelta(seconds=1)
    calendar.at = expires_at - MOMENT
    await ring.authenticate(text)

    calendar.at = expires_at

    with pytest.raises(KeyInvalid):
        ring.find_known(text)
    with pytest.raises(KeyInvalid):
        await ring.authenticate(text)


async def test_it_dies_with_its_parent_at_once(
    ring: KeyRing, manage: ManageKeys, mint: MintTemporaryKey
):
    parent = await make_parent(ring, manage)
    text, _ = mint(parent, 1800)
    await ring.authenticate(text)

    await manage.revoke(parent.key_id)

    assert ring.find_known(text) is None
    with pytest.raises(KeyInvalid):
        await ring.authenticate(text)


async def test_it_ends_with_its_parent_at_the_latest(
    ring: KeyRing, manage: ManageKeys, mint: MintTemporaryKey, calendar: SetCalendar
):
    parent = await make_parent(ring, manage, expires_at=START + MINUTE)

    text, expires_at = mint(parent, 1800)

    assert expires_at <= START + MINUTE
    calendar.at = START + MINUTE
    with pytest.raises(KeyInvalid):
        await ring.authenticate(text)


async def test_a_parent_that_expires_sooner_than_was_known_ends_it_too(
    ring: KeyRing, manage: ManageKeys, mint: MintTemporaryKey, calendar: SetCalendar
):
    parent = await make_parent(ring, manage, expires_at=START + MINUTE)
    text, _ = mint(msgspec.structs.replace(parent, expires_at=None), 1800)
    calendar.at = START + MINUTE

    with pytest.raises(KeyInvalid):
        await ring.authenticate(text)


async def test_it_makes_no_other_one(ring: KeyRing, manage: ManageKeys, mint: MintTemporaryKey):
    text, _ = mint(await make_parent(ring, manage), 60)

    with pytest.raises(TemporaryKeyRefused):
        mint(await ring.authenticate(text), 60)


@pytest.mark.parametrize("seconds", [0, -1, 1801, 10**9])
async def test_a_lifetime_out_of_range_is_refused_with_the_range(
    ring: KeyRing, manage: ManageKeys, mint: MintTemporaryKey, seconds: int
):
    parent = await make_parent(ring, manage)

    with pytest.raises(LifetimeOutOfRange, match=r"\[1, 1800\]"):
        mint(parent, seconds)


@pytest.mark.parametrize("seconds", [1, 1800])
async def test_the_ends_of_the_range_are_inside_it(
    ring: KeyRing, manage: ManageKeys, mint: MintTemporaryKey, seconds: int
):
    _, expires_at = mint(await make_parent(ring, manage), seconds)

    assert expires_at >= START + timedelta(seconds=seconds)


async def test_it_is_in_no_list_and_its_use_is_its_parents(
    ring: KeyRing, manage: ManageKeys, mint: MintTemporaryKey, calendar: SetCalendar
):
    parent = await make_parent(ring, manage)
    text, _ = mint(parent, 60)
    calendar.advance(timedelta(seconds=5))
    await ring.authenticate(text)

    await ring.flush_uses()

    assert [(key.id, key.last_used_at) for key in await manage.list_all()] == [
        (parent.key_id, calendar.at)
    ]


async def test_a_permanent_key_may_begin_like_a_temporary_one(ring: KeyRing, manage: ManageKeys):
    key, _ = await manage.create(name="odd", role=Role.USER, text="st-my-own-key")

    assert (await ring.authenticate("st-my-own-key")).key_id == key.id
    with pytest.raises(KeyInvalid):
        await ring.authenticate("st-another")
