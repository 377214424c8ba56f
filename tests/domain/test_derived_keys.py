"""Derived keys: read back by who signed them, as what they were signed, and by nobody else."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.domain.derived_keys import (
    DerivedKey,
    DerivedKind,
    draw_derived_key,
    find_derived_key,
)
from kaiga.domain.ids import KeyId

PEPPER = b"p" * 32
END = datetime(2026, 5, 2, 10, 1, tzinfo=UTC)
KEY = DerivedKey(kind=DerivedKind.TEMPORARY, parent=KeyId("1000001"), expires_at=END)
WRITTEN = draw_derived_key(PEPPER, KEY)


def test_a_key_is_read_back_as_it_was_written():
    assert find_derived_key(PEPPER, WRITTEN) == KEY


def test_a_key_looks_like_the_real_services():
    assert WRITTEN.startswith("st-")
    assert WRITTEN.isascii()
    assert WRITTEN.replace("-", "").replace("_", "").isalnum()


def test_two_keys_of_the_same_parent_and_end_differ():
    assert draw_derived_key(PEPPER, KEY) != WRITTEN


def test_a_key_of_another_service_is_none():
    assert find_derived_key(b"q" * 32, WRITTEN) is None


@pytest.mark.parametrize("place", range(3, len(WRITTEN)))
def test_a_key_that_was_changed_anywhere_is_none(place: int):
    changed = "A" if WRITTEN[place] != "A" else "B"

    assert find_derived_key(PEPPER, WRITTEN[:place] + changed + WRITTEN[place + 1 :]) is None


@pytest.mark.parametrize("odd", ["!", "=", "\n", "."])
@pytest.mark.parametrize("place", [3, 20, len(WRITTEN)])
def test_a_key_with_more_in_it_is_none(place: int, odd: str):
    assert find_derived_key(PEPPER, WRITTEN[:place] + odd + WRITTEN[place:]) is None


@pytest.mark.parametrize("end", [4, 10, len(WRITTEN) - 1])
def test_a_key_that_was_cut_is_none(end: int):
    assert find_derived_key(PEPPER, WRITTEN[:end]) is None


@given(
    text=st.text()
    | st.text().map(lambda text: f"st-{text}")
    | st.sampled_from(["sk-", "ks-"]).map(lambda prefix: prefix + WRITTEN[3:])
)
def test_no_other_text_is_a_derived_key(text: str):
    assert find_derived_key(PEPPER, text) is None


def test_a_session_is_no_temporary_key():
    session = DerivedKey(kind=DerivedKind.SESSION, parent=KEY.parent, expires_at=END)

    assert find_derived_key(PEPPER, draw_derived_key(PEPPER, session)) == session
