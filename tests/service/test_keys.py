"""Keys at work: who is let in, for how long, and how a key is made useless."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.samples import ACCOUNT, START
from fakes import SetCalendar
from kaiga.domain.errors import FieldInvalid, KeyInvalid, KeyUnknown, StoreUnavailable
from kaiga.domain.ids import KeyId
from kaiga.domain.keys import Principal, Role
from kaiga.domain.places import REGIONS
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.keys.manage_keys import ManageKeys
from service.troubled_store import TroubledStore

PEPPER = b"p" * 32
TEXT = "sk-0123456789abcdef0123456789abcdef"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ring(store: TroubledStore, calendar: SetCalendar) -> KeyRing:
    return KeyRing(store.keys, calendar, PEPPER)


@pytest.fixture
def manage(store: TroubledStore, ring: KeyRing, calendar: SetCalendar) -> ManageKeys:
    return ManageKeys(
        store=store.keys, key_ring=ring, calendar=calendar, pepper=PEPPER, own_region="my-region"
    )


async def create(manage: ManageKeys, expires_at: datetime | None = None) -> KeyId:
    key, _ = await manage.create(name="mine", role=Role.USER, text=TEXT, expires_at=expires_at)
    return key.id


async def read_uses(store: TroubledStore) -> list[datetime | None]:
    return [key.last_used_at for key in await store.keys.list_keys()]


class TestKeyRing:
    async def test_a_good_key_is_let_in_and_known_from_then_on(
        self, ring: KeyRing, manage: ManageKeys
    ):
        key_id = await create(manage)
        assert ring.find_known(TEXT) is None

        principal = await ring.authenticate(TEXT)

        assert isinstance(principal, Principal)
        assert (principal.key_id, principal.account) == (key_id, ACCOUNT)
        assert ring.find_known(TEXT) == principal

    @pytest.mark.parametrize("text", ["", "sk-", TEXT + " ", TEXT.upper(), "\ud800", TEXT[:-1]])
    async def test_another_text_is_not_let_in_nor_known(
        self, ring: KeyRing, manage: ManageKeys, text: str
    ):
        await create(manage)

        with pytest.raises(KeyInvalid):
            await ring.authenticate(text)
        assert ring.find_known(text) is None

    async def test_a_key_is_good_until_its_expiry_also_from_memory(
        self, ring: KeyRing, manage: ManageKeys, calendar: SetCalendar
    ):
        await create(manage, expires_at=START + MINUTE)
        calendar.at = START + MINUTE - timedelta(milliseconds=1)
        assert await ring.authenticate(TEXT) == ring.find_known(TEXT)

        calendar.at = START + MINUTE

        with pytest.raises(KeyInvalid):
            ring.find_known(TEXT)
        with pytest.raises(KeyInvalid):
            await ring.authenticate(TEXT)

    async def test_a_revoked_key_is_useless_at_once(self, ring: KeyRing, manage: ManageKeys):
        key_id = await create(manage)
        await ring.authenticate(TEXT)

        await manage.revoke(key_id)

        assert ring.find_known(TEXT) is None
        with pytest.raises(KeyInvalid):
            await ring.authenticate(TEXT)

    async def test_a_key_that_is_revoked_while_it_is_looked_up_is_not_remembered(
        self, store: TroubledStore, ring: KeyRing, manage: ManageKeys
    ):
        key_id = await create(manage)
        store.keys.reads.close()
        looking = asyncio.ensure_future(ring.authenticate(TEXT))
        await store.keys.reads.hold_one()

        await manage.revoke(key_id)
        store.keys.reads.open()
        await asyncio.wait([looking])

        assert ring.find_known(TEXT) is None

    async def test_known_keys_are_let_in_while_the_store_is_down_and_others_are_told(
        self, store: TroubledStore, ring: KeyRing, manage: ManageKeys
    ):
        await create(manage)
        await ring.authenticate(TEXT)
        store.keys.is_down = True

        assert ring.find_known(TEXT) is not None
        with pytest.raises(StoreUnavailable):
            await ring.authenticate("sk-other")

    async def test_a_key_that_was_good_stays_so_in_an_outage_also_past_a_flush(
        self, store: TroubledStore, ring: KeyRing, manage: ManageKeys
    ):
        await create(manage)
        principal = await ring.authenticate(TEXT)
        await ring.flush_uses()
        store.keys.is_down = True

        assert await ring.authenticate(TEXT) == principal
        assert ring.find_known(TEXT) == principal
        with pytest.raises(StoreUnavailable):
            await ring.authenticate("sk-other")

    async def test_a_key_that_was_revoked_is_not_let_in_by_an_outage(
        self, store: TroubledStore, ring: KeyRing, manage: ManageKeys
    ):
        key_id = await create(manage)
        await ring.authenticate(TEXT)
        await manage.revoke(key_id)
        store.keys.is_down = True

        with pytest.raises(StoreUnavailable):
            await ring.authenticate(TEXT)

    async def test_no_key_s_text_is_kept_in_memory(self, ring: KeyRing, manage: ManageKeys):
        await create(manage)
        await ring.authenticate(TEXT)

        assert TEXT not in repr(vars(ring._known))


class TestUses:
    async def test_a_flush_records_when_a_key_was_last_used_and_asks_the_store_anew(
        self, store: TroubledStore, ring: KeyRing, manage: ManageKeys, calendar: SetCalendar
    ):
        await create(manage)
        calendar.at = START + MINUTE
        await ring.authenticate(TEXT)

        await ring.flush_uses()

        assert await read_uses(store) == [START + MINUTE]
        assert ring.find_known(TEXT) is None

    async def test_uses_that_could_not_be_recorded_are_recorded_later(
        self, store: TroubledStore, ring: KeyRing, manage: ManageKeys
    ):
        await create(manage)
        await ring.authenticate(TEXT)
        store.keys.is_down = True
        with pytest.raises(StoreUnavailable):
            await ring.flush_uses()

        store.keys.is_down = False
        await ring.flush_uses()

        assert await read_uses(store) == [START]

    async def test_a_use_during_a_flush_is_recorded_by_the_next(
        self, store: TroubledStore, ring: KeyRing, manage: ManageKeys, calendar: SetCalendar
    ):
        await create(manage)
        await ring.authenticate(TEXT)
        store.keys.records.close()
        flushing = asyncio.ensure_future(ring.flush_uses())
        await store.keys.records.hold_one()

        calendar.at = START + MINUTE
        await ring.authenticate(TEXT)
        store.keys.records.open()
        await flushing
        await ring.flush_uses()

        assert await read_uses(store) == [START + MINUTE]

    async def test_with_no_uses_a_flush_needs_no_store(self, store: TroubledStore, ring: KeyRing):
        store.keys.is_down = True

        await ring.flush_uses()


class TestManageKeys:
    async def test_a_made_key_opens_and_its_text_is_told_once(
        self, ring: KeyRing, manage: ManageKeys
    ):
        key, text = await manage.create(name="mine", role=Role.ADMIN)

        assert text.startswith(key.prefix.removesuffix("..."))
        assert (await ring.authenticate(text)).key_id == key.id
        assert text not in repr(await manage.list_all())

    async def test_a_given_text_recorded_twice_is_one_key(self, manage: ManageKeys):
        first = await create(manage)

        assert await create(manage) == first
        assert [key.id for key in await manage.list_all()] == [first]

    @pytest.mark.parametrize("region", [*REGIONS, "my-region", None])
    async def test_a_key_may_be_bound_to_a_region_that_is_known(
        self, manage: ManageKeys, region: str | None
    ):
        key, _ = await manage.create(name="mine", role=Role.USER, region=region)

        assert key.region == region

    @pytest.mark.parametrize(
        ("wanted", "named"),
        [
            ({"region": ""}, "region must be one of cn-beijing"),
            ({"region": "mars"}, "my-region"),
            ({"region": "CN-Beijing"}, "region must be one of"),
            ({"account": "../x"}, "account and workspace"),
            ({"workspace": ""}, "account and workspace"),
            ({"workspace": "w" * 65}, "account and workspace"),
            ({"name": "x" * 201}, "name must be at most 200"),
        ],
    )
    async def test_what_can_not_be_makes_no_key_and_says_what_can(
        self, manage: ManageKeys, wanted: dict[str, Any], named: str
    ):
        with pytest.raises(FieldInvalid, match=named):
            await manage.create(**{"name": "mine", "role": Role.USER, **wanted})

        assert list(await manage.list_all()) == []

    @pytest.mark.parametrize("key_id", ["", "x", "42"])
    async def test_revoking_what_is_not_there_is_told(self, manage: ManageKeys, key_id: str):
        with pytest.raises(KeyUnknown):
            await manage.revoke(KeyId(key_id))

    async def test_revoking_gives_the_hash_of_the_key(self, manage: ManageKeys):
        key_id = await create(manage)

        assert await manage.revoke(key_id) == manage.hash_of(TEXT)
