"""Ids: version 7 UUIDs that sort by time and tell it, and request ids as the service has them."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.domain.ids import (
    bounds_of_day,
    draw_request_id,
    first_task_id_at,
    is_task_id,
    made_at,
    make_task_id,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
CENTURIES = 230 * 365 * 24 * 60 * 60 * 1_000_000
instants = st.integers(0, CENTURIES).map(lambda past: EPOCH + timedelta(microseconds=past))
random_bits = st.integers(min_value=0, max_value=2**74 - 1)


def floor_to_millisecond(at: datetime) -> datetime:
    return EPOCH + (at - EPOCH) // MILLISECOND * MILLISECOND


@given(at=instants, randomness=random_bits)
def test_a_task_id_is_a_version_7_uuid_in_canonical_form(at: datetime, randomness: int):
    task_id = make_task_id(at, randomness)

    assert UUID(task_id).version == 7
    assert UUID(task_id).variant == RFC_4122
    assert is_task_id(task_id)


@given(at=instants, randomness=random_bits)
def test_a_task_id_tells_the_millisecond_in_which_it_was_made(at: datetime, randomness: int):
    assert made_at(make_task_id(at, randomness)) == floor_to_millisecond(at)


@given(at=instants, bits=st.tuples(random_bits, random_bits), gap=st.integers(1, 10**12))
def test_an_id_of_a_later_millisecond_sorts_after(at: datetime, bits: tuple[int, int], gap: int):
    later = at + gap * MILLISECOND

    assert make_task_id(at, bits[0]) < make_task_id(later, bits[1])


@given(at=instants, randomness=random_bits)
def test_the_first_id_of_an_instant_bounds_every_id_made_then(at: datetime, randomness: int):
    assert first_task_id_at(at) <= make_task_id(at, randomness)
    assert make_task_id(at, randomness) < first_task_id_at(at + MILLISECOND)


@given(at=instants, randomness=random_bits)
def test_an_id_lies_between_the_bounds_of_its_day_and_days_have_no_gap(
    at: datetime, randomness: int
):
    first, end = bounds_of_day(at.date())

    assert first <= make_task_id(at, randomness) < end
    assert bounds_of_day(at.date() + timedelta(days=1))[0] == end


@given(at=instants, bits=st.sets(random_bits, min_size=2, max_size=2))
def test_every_free_bit_reaches_the_id(at: datetime, bits: set[int]):
    assert len({make_task_id(at, each) for each in bits}) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1111",
        "019e0000-0000-7000-8000-00000000000",
        "019E0000-0000-7000-8000-000000000000",
        "{019e0000-0000-7000-8000-000000000000}",
        "urn:uuid:019e0000-0000-7000-8000-000000000000",
        "019e00000000700080000000000000ab",
        "019e0000-0000-7000-8000-000000000000\n",
        "０19e0000-0000-7000-8000-000000000000",
        "\ud800",
    ],
)
def test_what_is_not_written_as_an_id_of_ours_is_no_task_id(text: str):
    assert not is_task_id(text)


def test_a_request_id_is_a_uuid_whose_third_group_starts_with_9():
    request_ids = {draw_request_id() for _ in range(200)}

    assert len(request_ids) == 200
    for request_id in request_ids:
        assert str(UUID(request_id)) == request_id
        assert request_id.split("-")[2].startswith("9")
