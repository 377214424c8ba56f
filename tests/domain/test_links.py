"""Links: their form, what they name, and that nothing about them can be changed."""

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.samples import START
from kaiga.domain.ids import LinkKeyId, make_task_id
from kaiga.domain.links import (
    LinkKey,
    ResultAddress,
    find_result_address,
    is_signature_right,
    make_link_query,
    make_result_path,
)

KEY = LinkKey(id=LinkKeyId("KAIGA0123"), secret=b"s" * 32)
OTHER_KEY = LinkKey(id=LinkKeyId("KAIGA4567"), secret=b"t" * 32)
TASK_ID = make_task_id(START, 5)
PATH = make_result_path(TASK_ID, 0, "png", START)


def sign(key: LinkKey = KEY, path: str = PATH, expires_at: datetime = START) -> tuple[str, str]:
    query = parse_qs(make_link_query(key, path, expires_at), strict_parsing=True)
    return query["Expires"][0], query["Signature"][0]


def test_a_path_has_the_form_of_the_contract():
    parts = PATH.split("/")

    assert parts[0] == ""
    assert parts[1] == "1d"
    assert len(parts[2]) == 2
    assert int(parts[2], 16) >= 0
    assert parts[3] == "20260502"
    assert len(parts[4]) == 8
    assert int(parts[4], 16) >= 0
    assert parts[5] == f"{TASK_ID}-1.png"


def test_the_day_in_a_path_is_the_day_in_utc():
    late = datetime(2026, 5, 3, 1, 0, tzinfo=timezone(timedelta(hours=8)))

    assert "/20260502/" in make_result_path(TASK_ID, 0, "png", late)


@given(
    randomness=st.integers(0, 2**74 - 1),
    position=st.integers(0, 99),
    extension=st.sampled_from(["png", "jpg", "webp", "mp4"]),
)
def test_a_path_names_the_result_that_it_was_made_for(
    randomness: int, position: int, extension: str
):
    task_id = make_task_id(START, randomness)
    path = make_result_path(task_id, position, extension, START)

    assert find_result_address(path) == ResultAddress(task_id=task_id, position=position)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/1d",
        "/7d" + PATH.removeprefix("/1d"),
        PATH.replace("/1d/", "/1d/../1d/"),
        PATH.replace(f"{TASK_ID}-1.png", "a-1.png"),
        PATH.replace("-1.png", ".png"),
        PATH.replace("-1.png", "-.png"),
        PATH.replace("-1.png", "-x.png"),
        PATH.replace("-1.png", "-²."),
        PATH.replace("-1.png", "-１.png"),
        PATH.replace("-1.png", "--1.png") + "/",
        PATH.replace("-1.png", "-1"),
        PATH.replace(TASK_ID, TASK_ID.upper()),
        PATH + "/more",
        "\ud800",
        "/1d/a/b/c/\ud800-1.png",
    ],
)
def test_a_path_of_another_form_names_nothing(path: str):
    assert find_result_address(path) is None


@given(path=st.text(max_size=80))
def test_no_text_breaks_the_reading_of_a_path(path: str):
    find_result_address(path)
    find_result_address(f"/1d/aa/20260502/bbbbbbbb/{TASK_ID}-{path}.png")


def test_a_query_names_its_expiry_its_key_and_its_signature():
    query = parse_qs(
        make_link_query(KEY, PATH, datetime(2026, 5, 3, 10, tzinfo=UTC)), strict_parsing=True
    )

    assert list(query) == ["Expires", "OSSAccessKeyId", "Signature"]
    assert query["Expires"] == ["1777802400"]
    assert query["OSSAccessKeyId"] == ["KAIGA0123"]


def test_a_signature_opens_the_path_and_expiry_that_it_was_made_for():
    expires, signature = sign()

    assert is_signature_right(KEY, PATH, expires, signature)


def test_a_signature_opens_no_other_path_expiry_or_key():
    expires, signature = sign()

    assert not is_signature_right(KEY, PATH.replace("-1.png", "-2.png"), expires, signature)
    assert not is_signature_right(KEY, PATH + "/", expires, signature)
    assert not is_signature_right(KEY, PATH, str(int(expires) + 1), signature)
    assert not is_signature_right(KEY, PATH, "0" + expires, signature)
    assert not is_signature_right(KEY, PATH + "\n" + expires[:2], expires[2:], signature)
    assert not is_signature_right(OTHER_KEY, PATH, expires, signature)


@given(signature=st.text(max_size=60))
def test_no_other_text_is_a_signature(signature: str):
    expires, right = sign()

    assert is_signature_right(KEY, PATH, expires, signature) == (signature == right)


@pytest.mark.parametrize("changed", ["", " ", "\ud800", "é", "%00"])
def test_a_changed_signature_is_wrong_whatever_was_added(changed: str):
    expires, right = sign()
    wrong = right + changed if changed else ""

    assert not is_signature_right(KEY, PATH, expires, wrong)
    assert not is_signature_right(KEY, PATH + changed + "x", expires, right)
