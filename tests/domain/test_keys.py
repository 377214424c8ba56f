"""Keys: drawn, hashed and shown in part."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.domain.keys import draw_api_key, hash_api_key, prefix_of_key

PEPPER = b"p" * 32


def test_a_drawn_key_has_the_classic_shape_and_is_never_drawn_twice():
    keys = {draw_api_key() for _ in range(200)}

    assert len(keys) == 200
    assert all(re.fullmatch(r"sk-[0-9a-f]{32}", key) for key in keys)


def test_a_hash_hangs_on_the_key_and_on_the_pepper():
    assert hash_api_key(PEPPER, "sk-1") == hash_api_key(PEPPER, "sk-1")
    assert hash_api_key(PEPPER, "sk-1") != hash_api_key(PEPPER, "sk-2")
    assert hash_api_key(PEPPER, "sk-1") != hash_api_key(b"q" * 32, "sk-1")


@pytest.mark.parametrize("key", ["", "\ud800", "钥匙", "a\0b", "x" * 10_000])
def test_any_text_can_be_hashed(key: str):
    assert len(hash_api_key(PEPPER, key)) == 32


def test_what_is_shown_of_a_key_is_its_first_seven_characters():
    assert prefix_of_key("sk-0123456789abcdef0123456789abcdef") == "sk-0123..."


@given(key=st.text(min_size=1, max_size=60))
def test_at_most_half_of_a_key_is_shown(key: str):
    shown = prefix_of_key(key).removesuffix("...")

    assert key.startswith(shown)
    assert len(shown) <= len(key) / 2
