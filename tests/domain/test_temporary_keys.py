"""Temporary keys: read back by who signed them, and by nobody else."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.domain.ids import KeyId
from kaiga.domain.temporary_keys import TemporaryKey, draw_temporary_key, find_temporary_key

PEPPER = b"p" * 32
END = datetime(2026, 5, 2, 10, 1, tzinfo=UTC)
KEY = TemporaryKey(parent=KeyId("1000001"), expires_at=END)
WRITTEN = draw_temporary_key(PEPPER, KEY)


def test_a_key_is_read_back_as_it_was_written():
    assert find_temporary_key(PEPPER, WRITTEN) == KEY


def test_a_key_looks_like_the_real_services():
    assert WRITTEN.startswith("st-")
    assert WRITTEN.isascii()
    assert WRITTEN.replace("-", "").replace("_", "").isalnum()


def test_two_keys_of_the_same_parent_and_end_differ():
    assert draw_temporary_key(PEPPER, KEY) != WRITTEN


def test_a_key_of_another_service_is_none():
    assert find_temporary_key(b"q" * 32, WRITTEN) is None


@pytest.mark.parametrize("place", range(3, len(WRITTEN)))
def test_a_key_that_was_changed_anywhere_is_none(place: int):
    changed = "A" if WRITTEN[place] != "A" else "B"

    assert find_temporary_key(PEPPER, WRITTEN[:place] + changed + WRITTEN[place + 1 :]) is None


@pytest.mark.parametrize("odd", ["!", "=", "\n", "."])
@pytest.mark.parametrize("place", [3, 20, len(WRITTEN)])
def test_a_key_with_more_in_it_is_none(place: int, odd: str):
    assert find_temporary_key(PEPPER, WRITTEN[:place] + odd + WRITTEN[place:]) is None


@pytest.mark.parametrize("end", [4, 10, len(WRITTEN) - 1])
def test_a_key_that_was_cut_is_none(end: int):
    assert find_temporary_key(PEPPER, WRITTEN[:end]) is None


@given(text=st.text() | st.text().map(lambda text: f"st-{text}") | st.just("sk-" + WRITTEN[3:]))
def test_no_other_text_is_a_temporary_key(text: str):
    assert find_temporary_key(PEPPER, text) is None
