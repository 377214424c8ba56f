"""The port `KeyStore`: keys by their hashes, and the service's own secrets."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import pytest

from domain.samples import ACCOUNT, OTHER_ACCOUNT, START, after
from kaiga.domain.ids import AccountId, KeyId, LinkKeyId, WorkspaceId
from kaiga.domain.keys import ApiKey, Principal, Role, hash_api_key, prefix_of_key
from kaiga.ports.key_store import KeyStore
from store.opened import OpenedStore

TEXT = "sk-0123456789abcdef0123456789abcdef"
HASH = b"h" * 32
DAY = timedelta(hours=24)
SECRETS = {LinkKeyId(f"KAIGA{number}"): bytes([number]) * 32 for number in range(1, 5)}


async def add(
    keys: KeyStore,
    key_hash: bytes = HASH,
    *,
    name: str = "mine",
    account: AccountId = ACCOUNT,
    workspace: str = "ws-default",
    role: Role = Role.USER,
    region: str | None = None,
    expires_at: datetime | None = None,
) -> ApiKey:
    return await keys.add_key(
        key_hash=key_hash,
        prefix="sk-0123...",
        name=name,
        account=account,
        workspace=WorkspaceId(workspace),
        region=region,
        role=role,
        created_at=START,
        expires_at=expires_at,
    )


async def rotate(keys: KeyStore, number: int, now: datetime, drop_before: datetime) -> None:
    link_key_id = LinkKeyId(f"KAIGA{number}")
    await keys.rotate_link_key(link_key_id, SECRETS[link_key_id], now, drop_before)


async def list_link_ids(keys: KeyStore) -> list[str]:
    found = await keys.list_link_keys()
    assert all(key.secret == SECRETS[key.id] for key in found)
    return [key.id for key in found]


class TestKeys:
    async def test_a_key_comes_back_as_it_was_added(self, keys: KeyStore):
        added = await add(keys, role=Role.ADMIN, region="cn-beijing", expires_at=after(5000))

        assert added == ApiKey(
            id=added.id,
            prefix="sk-0123...",
            name="mine",
            account=ACCOUNT,
            workspace=WorkspaceId("ws-default"),
            region="cn-beijing",
            role=Role.ADMIN,
            created_at=START,
            expires_at=after(5000),
        )
        assert list(await keys.list_keys()) == [added]

    async def test_an_id_is_seven_digits_as_lists_show_them(self, keys: KeyStore):
        added = await add(keys)

        assert added.id.isascii()
        assert added.id.isdigit()
        assert len(added.id) == 7

    async def test_a_key_speaks_for_its_account(self, keys: KeyStore):
        added = await add(keys, role=Role.ADMIN, expires_at=after(5000))

        assert await keys.find_principal(HASH) == Principal(
            key_id=added.id,
            account=ACCOUNT,
            workspace=WorkspaceId("ws-default"),
            role=Role.ADMIN,
            expires_at=after(5000),
        )

    async def test_a_key_is_found_by_its_id_as_well(self, keys: KeyStore):
        added = await add(keys, role=Role.ADMIN, region="cn-beijing", expires_at=after(5000))
        await add(keys, b"s" * 32)

        found = await keys.find_principal_of(added.id)

        assert found == await keys.find_principal(HASH)
        assert found is not None
        assert (found.key_id, found.region) == (added.id, "cn-beijing")

    @pytest.mark.parametrize("key_id", ["", "x", "1", "-1", "01000001", "9" * 40, "１"])
    async def test_no_other_id_finds_a_key(self, keys: KeyStore, key_id: str):
        await add(keys)

        assert await keys.find_principal_of(KeyId(key_id)) is None

    @pytest.mark.parametrize("other", [b"", b"x" * 32, HASH[:-1], HASH + b"\0"])
    async def test_another_hash_speaks_for_nobody(self, keys: KeyStore, other: bytes):
        await add(keys)

        assert await keys.find_principal(other) is None

    async def test_of_the_same_key_added_twice_only_the_role_changes(self, keys: KeyStore):
        first = await add(keys)

        again = await add(keys, name="other", account=OTHER_ACCOUNT, role=Role.ADMIN)

        assert again == msgspec.structs.replace(first, role=Role.ADMIN)
        assert list(await keys.list_keys()) == [again]

    async def test_keys_are_listed_oldest_first(self, keys: KeyStore):
        added = [await add(keys, bytes([number]) * 32) for number in range(4)]

        assert list(await keys.list_keys()) == added

    async def test_two_accounts_may_call_a_workspace_the_same(self, keys: KeyStore):
        await add(keys)
        theirs = await add(keys, b"t" * 32, account=OTHER_ACCOUNT)

        assert (theirs.account, theirs.workspace) == (OTHER_ACCOUNT, "ws-default")

    async def test_keys_outlive_a_restart(self, opened: OpenedStore):
        added = await add(opened.keys)

        await opened.reopen()

        assert list(await opened.keys.list_keys()) == [added]

    async def test_nothing_on_disk_holds_the_text_of_a_key(self, opened: OpenedStore):
        pepper = await opened.keys.get_pepper()
        await opened.keys.add_key(
            key_hash=hash_api_key(pepper, TEXT),
            prefix=prefix_of_key(TEXT),
            name="mine",
            account=ACCOUNT,
            workspace=WorkspaceId("ws-default"),
            region=None,
            role=Role.USER,
            created_at=START,
            expires_at=None,
        )

        written = opened.read_everything()

        assert hash_api_key(pepper, TEXT) in written
        assert TEXT.encode() not in written
        assert TEXT.removeprefix("sk-").encode() not in written
        assert bytes.fromhex(TEXT.removeprefix("sk-")) not in written


class TestRevoking:
    async def test_a_revoked_key_speaks_for_nobody(self, keys: KeyStore):
        added = await add(keys)

        assert await keys.revoke_key(added.id, after(1)) == HASH

        assert await keys.find_principal(HASH) is None
        assert await keys.find_principal_of(added.id) is None
        assert list(await keys.list_keys()) == []

    async def test_a_key_is_revoked_once(self, keys: KeyStore):
        added = await add(keys)
        await keys.revoke_key(added.id, after(1))

        assert await keys.revoke_key(added.id, after(2)) is None

    async def test_only_the_exact_id_revokes(self, keys: KeyStore):
        added = await add(keys)
        wrong = [
            "",
            "x",
            "1",
            f"0{added.id}",
            f"{added.id} ",
            f"{added.id}.0",
            f"-{added.id}",
            "9" * 40,
            added.id.rjust(18, "0") + "9",
            added.id.translate({ord(str(digit)): ord("０") + digit for digit in range(10)}),
        ]

        assert [await keys.revoke_key(KeyId(each), after(1)) for each in wrong] == [None] * 10
        assert list(await keys.list_keys()) == [added]

    async def test_a_revoked_key_added_again_is_a_new_key(self, keys: KeyStore):
        first = await add(keys)
        await keys.revoke_key(first.id, after(1))

        again = await add(keys, name="again")

        assert again.id != first.id
        principal = await keys.find_principal(HASH)
        assert principal is not None
        assert principal.key_id == again.id

    async def test_the_others_stay(self, keys: KeyStore):
        first = await add(keys)
        second = await add(keys, b"s" * 32)

        await keys.revoke_key(first.id, after(1))

        assert list(await keys.list_keys()) == [second]


class TestUses:
    async def get_uses(self, keys: KeyStore) -> Sequence[datetime | None]:
        return [key.last_used_at for key in await keys.list_keys()]

    async def test_a_use_is_recorded_for_its_key_alone(self, keys: KeyStore):
        first = await add(keys)
        await add(keys, b"s" * 32)

        await keys.record_uses({first.id: after(5)})

        assert await self.get_uses(keys) == [after(5), None]

    async def test_an_older_use_does_not_replace_a_newer_one(self, keys: KeyStore):
        first = await add(keys)

        for moment in (5, 9, 7):
            await keys.record_uses({first.id: after(moment)})

        assert await self.get_uses(keys) == [after(9)]

    async def test_a_use_of_a_key_that_is_not_there_is_no_error(self, keys: KeyStore):
        await keys.record_uses({KeyId("42"): after(5)})
        await keys.record_uses({})

        assert list(await keys.list_keys()) == []


class TestSecrets:
    async def test_the_pepper_is_random_and_stays_the_same(self, opened: OpenedStore):
        pepper = await opened.keys.get_pepper()
        again = await opened.keys.get_pepper()
        await opened.reopen()

        assert len(pepper) == 32
        assert pepper == again == await opened.keys.get_pepper()
        assert len(set(pepper)) > 8

    async def test_there_is_no_link_key_until_one_is_made(self, keys: KeyStore):
        assert await list_link_ids(keys) == []

    async def test_the_newest_link_key_comes_first_and_the_others_still_open(self, keys: KeyStore):
        for number in (1, 2, 3):
            await rotate(keys, number, START + number * DAY, START)

        assert await list_link_ids(keys) == ["KAIGA3", "KAIGA2", "KAIGA1"]

    async def test_link_keys_replaced_before_the_given_time_are_dropped_and_no_others(
        self, keys: KeyStore
    ):
        await rotate(keys, 1, START, START - DAY)
        await rotate(keys, 2, START + DAY, START)  # replaces 1
        await rotate(keys, 3, START + 2 * DAY, START + DAY)  # 1 was replaced just then: it stays
        assert await list_link_ids(keys) == ["KAIGA3", "KAIGA2", "KAIGA1"]

        await rotate(keys, 4, START + 3 * DAY, START + DAY + timedelta(milliseconds=1))

        assert await list_link_ids(keys) == ["KAIGA4", "KAIGA3", "KAIGA2"]

    async def test_the_key_that_signs_is_never_dropped(self, keys: KeyStore):
        await rotate(keys, 1, START, START)

        await rotate(keys, 2, START, START + 1000 * DAY)

        assert (await list_link_ids(keys))[0] == "KAIGA2"

    @pytest.mark.parametrize("step", [timedelta(0), -DAY])
    async def test_the_key_made_last_signs_even_where_the_clock_was_set_back(
        self, keys: KeyStore, step: timedelta
    ):
        await rotate(keys, 2, START, START - DAY * 9)

        await rotate(keys, 1, START + step, START - DAY * 9)

        assert await list_link_ids(keys) == ["KAIGA1", "KAIGA2"]

    async def test_link_keys_outlive_a_restart(self, opened: OpenedStore):
        await rotate(opened.keys, 1, START, START)

        await opened.reopen()

        assert await list_link_ids(opened.keys) == ["KAIGA1"]
