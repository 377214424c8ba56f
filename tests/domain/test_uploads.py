"""Upload policies: what they say, who can have written them, and which forms they allow."""

import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.samples import ACCOUNT, OTHER_ACCOUNT, START
from kaiga.domain.errors import ObjectNameInvalid, PolicyBroken
from kaiga.domain.ids import AccountId, LinkKeyId
from kaiga.domain.links import LinkKey, make_link_query
from kaiga.domain.uploads import (
    UploadPolicy,
    check_form,
    find_policy,
    is_policy_signature_right,
    make_upload_dir,
    sign_policy,
    write_policy,
)

KEY = LinkKey(id=LinkKeyId("KAIGA1"), secret=b"s" * 32)
OTHER_KEY = LinkKey(id=LinkKeyId("KAIGA2"), secret=b"t" * 32)
REQUEST_ID = "2c5e0000-0000-9000-8000-000000000000"
DIR = make_upload_dir(ACCOUNT, START, REQUEST_ID)


def make_policy(account: AccountId = ACCOUNT) -> UploadPolicy:
    return UploadPolicy(
        account=account,
        model="wan2.5-i2i-preview",
        upload_dir=DIR,
        max_bytes=1000,
        expires_at=START + timedelta(minutes=5),
    )


class TestFolder:
    def test_a_folder_names_account_day_and_request(self):
        prefix, owner, day, request = DIR.split("/")

        assert (prefix, day, request) == ("dashscope-instant", "2026-05-02", REQUEST_ID)
        assert len(bytes.fromhex(owner)) == 16

    def test_two_accounts_never_share_a_folder(self):
        assert make_upload_dir(OTHER_ACCOUNT, START, REQUEST_ID) != DIR

    def test_the_day_is_that_of_utc(self):
        late = datetime.fromisoformat("2026-05-02T01:00:00+08:00")

        assert make_upload_dir(ACCOUNT, late, REQUEST_ID).split("/")[2] == "2026-05-01"


class TestWriting:
    def test_a_policy_reads_as_that_of_object_storage(self):
        written = json.loads(b64decode(write_policy(make_policy())))

        assert written["expiration"] == "2026-05-02T10:05:00.000Z"
        assert written["conditions"] == [
            ["content-length-range", 0, 1000],
            ["starts-with", "$key", f"{DIR}/"],
            {"bucket": "kaiga"},
            {"x-oss-object-acl": "private"},
            {"x-oss-forbid-overwrite": "true"},
        ]

    def test_a_policy_is_read_back_as_it_was_written(self):
        assert find_policy(write_policy(make_policy())) == make_policy()

    @given(text=st.text() | st.binary().map(lambda raw: b64encode(raw).decode()))
    def test_no_other_text_is_a_policy(self, text: str):
        assert find_policy(text) is None

    @pytest.mark.parametrize("document", [[], {}, {"kaiga": {}}, {"conditions": [], "kaiga": 1}])
    def test_a_document_without_our_part_is_no_policy(self, document: object):
        assert find_policy(b64encode(json.dumps(document).encode()).decode()) is None


class TestSigning:
    def test_a_signature_is_right_for_its_policy_and_key_alone(self):
        text, other = write_policy(make_policy()), write_policy(make_policy(OTHER_ACCOUNT))
        signature = sign_policy(KEY, text)

        assert is_policy_signature_right(KEY, text, signature)
        assert not is_policy_signature_right(KEY, other, signature)
        assert not is_policy_signature_right(OTHER_KEY, text, signature)
        assert not is_policy_signature_right(KEY, text, signature.swapcase())

    @pytest.mark.parametrize("signature", ["", "=", "\ud800", "花" * 40])
    def test_no_odd_text_is_a_signature(self, signature: str):
        assert not is_policy_signature_right(KEY, write_policy(make_policy()), signature)

    def test_what_signs_a_link_signs_no_policy(self):
        query = make_link_query(KEY, "upload policy", datetime.fromtimestamp(0, UTC))

        assert sign_policy(KEY, "0") not in query


class TestForms:
    @pytest.mark.parametrize(
        "name",
        [
            "cat.png",
            "a cat, asleep.png",
            "花猫 テスト.png",
            "..png",
            "...",
            "a..b",
            "below/cat.png",
            "100%.png",
            "a\\b.png",
            "x" * 800,
        ],
    )
    def test_a_file_of_any_ordinary_name_is_allowed(self, name: str):
        check_form(make_policy(), {"key": f"{DIR}/{name}"})

    @pytest.mark.parametrize(
        "name",
        [
            "",
            ".",
            "..",
            "../cat.png",
            "a/../../cat.png",
            "a//b",
            "a/",
            "/cat.png",
            "a\0b",
            "a\nb",
            "a\x7f",
            "x" * 1024,
            "花" * 400,
        ],
    )
    def test_a_name_that_can_not_be_is_refused(self, name: str):
        with pytest.raises(ObjectNameInvalid):
            check_form(make_policy(), {"key": f"{DIR}/{name}"})

    @pytest.mark.parametrize(
        "key",
        ["", "cat.png", DIR, f"{DIR}x/cat.png", f"/{DIR}/cat.png", f"x/{DIR}/cat.png"],
    )
    def test_a_key_beside_the_folder_is_refused_with_the_condition(self, key: str):
        with pytest.raises(PolicyBroken) as refused:
            check_form(make_policy(), {"key": key})

        assert str(refused.value) == (
            f'Invalid according to Policy: Policy Condition failed: ["starts-with","$key","{DIR}/"]'
        )

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("x-oss-object-acl", "public-read"),
            ("x-oss-forbid-overwrite", "false"),
            ("x-oss-forbid-overwrite", ""),
        ],
    )
    def test_what_the_policy_fixes_can_not_be_asked_for_otherwise(self, field: str, value: str):
        with pytest.raises(PolicyBroken, match=field.replace("$", "")):
            check_form(make_policy(), {"key": f"{DIR}/a", field: value})

    @given(name=st.text())
    def test_an_allowed_key_never_leads_out_of_its_folder(self, name: str):
        key = f"{DIR}/{name}"
        try:
            check_form(make_policy(), {"key": key})
        except ObjectNameInvalid:
            return

        assert not {"", ".", ".."} & set(key.split("/"))
        assert key.isprintable() or not any(ord(c) < 32 or ord(c) == 127 for c in key)
