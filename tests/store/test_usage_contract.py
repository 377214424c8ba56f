"""The port `UsageLedger`: what succeeded, summed up by account, key and model."""

import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    OTHER_ACCOUNT,
    RETENTION,
    after,
    always,
    make_lease,
    make_new,
    make_result,
)
from kaiga.domain.ids import AccountId, KeyId
from kaiga.domain.tasks import Usage, make_outcome
from kaiga.domain.usage_report import Used
from store.opened import OpenedStore


async def finish(
    opened: OpenedStore, number: int, usage: Usage, account: AccountId = ACCOUNT, key: str = "1"
) -> None:
    """Have a task end `number` milliseconds after the start of all samples."""
    await opened.tasks.add(make_new(number, account=account, key_id=key))
    [claim] = await opened.tasks.claim(
        frozenset({MODEL}), make_lease(), 1, "sketch", always(after(number))
    )
    outcome = make_outcome((make_result(claim.task),), usage, None)
    await opened.tasks.finish(claim, outcome, after(number), after(number) + RETENTION)


def used(**counts: float) -> Used:
    values = {"account": ACCOUNT, "key_id": "1", "model": MODEL, "images": 0, "clips": 0}
    return Used(**{**values, "seconds": 0.0, **counts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("usage", "counted"),
    [
        ({"image_count": 4, "size": "768*768"}, {"images": 4}),
        ({"output_image_count": 2, "total_tokens": 900}, {"images": 2}),
        ({"video_duration": 5, "video_ratio": "standard"}, {"clips": 1, "seconds": 5.0}),
        ({"duration": 5, "video_count": 1, "size": "1"}, {"clips": 1, "seconds": 5.0}),
        (
            {"duration": 8.5, "output_video_duration": 5.25, "input_video_duration": 3.25},
            {"clips": 1, "seconds": 5.25},
        ),
        ({"a": 12}, {}),  # eight bytes, which SQLite's binary JSON could also begin with
    ],
)
async def test_what_models_tell_by_different_names_counts_alike(
    opened: OpenedStore, usage: Usage, counted: dict[str, float]
):
    await finish(opened, 0, usage)

    assert await opened.usage.sum_span(ACCOUNT, after(0), after(1)) == [used(tasks=1, **counted)]


async def test_a_span_has_its_first_instant_and_not_its_last(opened: OpenedStore):
    for number in (0, 10, 20):
        await finish(opened, number, {"image_count": 1})

    found = await opened.usage.sum_span(None, after(0), after(20))

    assert found == [used(tasks=2, images=2)]


async def test_an_account_is_asked_for_alone_or_with_all_others(opened: OpenedStore):
    await finish(opened, 0, {"image_count": 1})
    await finish(opened, 1, {"image_count": 2}, key="2")
    await finish(opened, 2, {"image_count": 4}, OTHER_ACCOUNT)

    own = await opened.usage.sum_span(ACCOUNT, after(0), after(9))
    everybody = await opened.usage.sum_span(None, after(0), after(9))
    nobody = await opened.usage.sum_span(AccountId("nobody"), after(0), after(9))

    assert [(each.key_id, each.images) for each in own] == [(KeyId("1"), 1), (KeyId("2"), 2)]
    assert [(each.account, each.images) for each in everybody] == [
        (ACCOUNT, 1),
        (ACCOUNT, 2),
        (OTHER_ACCOUNT, 4),
    ]
    assert nobody == []
