"""The port `LimitStore`: rules by their scopes."""

import pytest

from domain.samples import ACCOUNT, MODEL
from kaiga.domain.ids import KeyId
from kaiga.domain.limits import LimitRule, LimitScope
from kaiga.ports.limit_store import LimitStore
from store.opened import OpenedStore

RULES = [
    LimitRule(running_tasks=1, queued_tasks=None),
    LimitRule(model=MODEL, submissions_per_second=2),
    LimitRule(account=ACCOUNT, weight=2.5, queries_per_second=20),
    LimitRule(account=ACCOUNT, model=MODEL, submissions_per_minute=1_000_000),
    LimitRule(key_id=KeyId("1000001"), queries_per_second=1),
]


async def test_rules_come_back_as_they_were_put_the_general_ones_first(limits: LimitStore):
    for rule in reversed(RULES):
        await limits.put_rule(rule)

    assert list(await limits.list_rules()) == RULES


async def test_rules_outlive_a_restart(opened: OpenedStore):
    await opened.limits.put_rule(RULES[0])

    await opened.reopen()

    assert list(await opened.limits.list_rules()) == [RULES[0]]


async def test_a_rule_takes_the_place_of_its_scope_s_rule_alone(limits: LimitStore):
    for rule in RULES:
        await limits.put_rule(rule)
    changed = LimitRule(model=MODEL, running_tasks=9)

    await limits.put_rule(changed)

    assert list(await limits.list_rules()) == [RULES[0], changed, *RULES[2:]]


@pytest.mark.parametrize("rule", RULES)
async def test_a_rule_that_is_removed_is_gone_and_the_others_stay(
    limits: LimitStore, rule: LimitRule
):
    for each in RULES:
        await limits.put_rule(each)

    assert await limits.remove_rule(rule.scope)

    assert list(await limits.list_rules()) == [each for each in RULES if each != rule]
    assert not await limits.remove_rule(rule.scope)


async def test_nothing_is_removed_where_nothing_was_put(limits: LimitStore):
    assert not await limits.remove_rule(LimitScope(account=ACCOUNT))
