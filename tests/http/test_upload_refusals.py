"""Forms of the temporary upload that store nothing, and what each is told."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from http_calls import RawConnection, make_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uploading import (
    BOUNDARY,
    CONTENT,
    fill_in,
    get_policy,
    list_uploads,
    post,
    read_link_key,
    refusal_of,
    send_form,
    write_form,
)

from kaiga.domain.uploads import find_policy, sign_policy, write_policy
from running import RunningKaiga, wait_until

LARGEST = 1024 * 1024


class TestRefusals:
    def is_refused(self, server: RunningKaiga, answer: httpx.Response, *expected: object) -> bool:
        """Tell whether it was refused so, with nothing kept of it."""
        arriving = server.data / "arriving"
        wait_until(lambda: not arriving.exists() or not list(arriving.iterdir()), "it is clean")
        return refusal_of(answer)[: len(expected)] == expected

    def test_an_expired_policy_is_refused_with_the_services_words(self, upload_server, policy):
        key = read_link_key(upload_server)
        granted = find_policy(policy["policy"])
        assert granted is not None
        ended = msgspec.structs.replace(granted, expires_at=datetime.now(UTC) - timedelta(1))
        text = write_policy(ended)
        form = fill_in(policy) | {"policy": text, "Signature": sign_policy(key, text)}

        answer = post(policy["upload_host"], form)

        assert self.is_refused(
            upload_server,
            answer,
            403,
            "AccessDenied",
            "Invalid according to Policy: Policy expired.",
        )
        assert form["key"] not in list_uploads(upload_server)

    @pytest.mark.parametrize(
        "changed", [{"Signature": "AAAA"}, {"policy": "e30="}, {"OSSAccessKeyId": "LTAI1"}]
    )
    def test_what_was_not_signed_here_is_refused(self, upload_server, policy, changed):
        answer = post(policy["upload_host"], fill_in(policy) | changed)

        assert self.is_refused(upload_server, answer, 403, "SignatureDoesNotMatch")

    def test_another_services_policy_is_refused(self, upload_server, client):
        theirs = get_policy(client)

        answer = post(f"{upload_server.base_url}/kaiga/v1/uploads", fill_in(theirs))

        assert self.is_refused(upload_server, answer, 403, "SignatureDoesNotMatch")

    def test_a_key_below_another_accounts_folder_is_refused(self, upload_server, uploader, policy):
        other = make_key(uploader, upload_server, account="1000000000000002")["key"]
        with upload_server.client(other) as stranger:
            theirs = get_policy(stranger)

        answer = post(policy["upload_host"], fill_in(policy) | {"key": fill_in(theirs)["key"]})

        condition = json.dumps(
            ["starts-with", "$key", f"{policy['upload_dir']}/"], separators=(",", ":")
        )
        assert self.is_refused(
            upload_server,
            answer,
            403,
            "AccessDenied",
            f"Invalid according to Policy: Policy Condition failed: {condition}",
        )

    @pytest.mark.parametrize("field", ["x-oss-object-acl", "x-oss-forbid-overwrite"])
    def test_what_the_policy_fixes_is_not_changed_by_a_form(self, upload_server, policy, field):
        answer = post(policy["upload_host"], fill_in(policy) | {field: "other"})

        assert self.is_refused(upload_server, answer, 403, "AccessDenied")

    @pytest.mark.parametrize("name", ["", "..", "../cat.png", "a/../b", "a//b", "a\tb", "x" * 1100])
    def test_a_name_that_can_not_be_is_refused(self, upload_server, policy, name):
        answer = post(policy["upload_host"], fill_in(policy, name))

        assert self.is_refused(
            upload_server,
            answer,
            400,
            "InvalidObjectName",
            "The specified object name is not valid.",
        )

    def test_a_file_of_one_byte_too_many_is_refused(self, upload_server, policy):
        answer = post(policy["upload_host"], fill_in(policy), b"x" * (LARGEST + 1))

        assert self.is_refused(upload_server, answer, 400, "EntityTooLarge")
        assert f"{policy['upload_dir']}/cat.png" not in list_uploads(upload_server)

    def test_a_body_that_announces_too_much_is_refused_before_it_is_sent(self, upload_server):
        with RawConnection(upload_server) as connection:
            connection.begin(
                {
                    "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
                    "Content-Length": str(9 * LARGEST),
                    "Expect": "100-continue",
                },
                "POST /kaiga/v1/uploads HTTP/1.1",
            )
            status, headers, body = connection.read_answer()

        assert status == 400
        assert headers["content-type"] == "application/xml"
        assert b"<Code>EntityTooLarge</Code>" in body

    @pytest.mark.parametrize("missing", ["key", "policy", "Signature", "OSSAccessKeyId"])
    def test_a_missing_field_is_named(self, upload_server, policy, missing):
        form = fill_in(policy)
        del form[missing]

        answer = post(policy["upload_host"], form)

        assert self.is_refused(
            upload_server,
            answer,
            400,
            "InvalidArgument",
            f"Bucket POST must contain a field named '{missing}'. "
            "If it is specified, please check the order of the fields.",
        )

    def test_a_field_after_the_file_is_refused(self, upload_server, policy):
        parts = [*fill_in(policy).items()]
        form = write_form([*parts, ("file", CONTENT), ("x", b"late")])

        answer = send_form(policy["upload_host"], form)

        assert self.is_refused(upload_server, answer, 400, "MalformedPOSTRequest")
        assert "last part" in answer.text
        assert f"{policy['upload_dir']}/cat.png" not in list_uploads(upload_server)

    def test_the_key_after_the_file_counts_as_missing(self, upload_server, policy):
        fields = fill_in(policy)
        key = fields.pop("key")
        form = write_form([*fields.items(), ("file", CONTENT), ("key", key)])

        assert self.is_refused(
            upload_server, send_form(policy["upload_host"], form), 400, "InvalidArgument"
        )

    @pytest.mark.parametrize("count", [0, 2])
    def test_exactly_one_file_is_asked_for(self, upload_server, policy, count):
        form = write_form([*fill_in(policy).items(), *[("file", CONTENT)] * count])

        answer = send_form(policy["upload_host"], form)

        assert self.is_refused(upload_server, answer, 400, "IncorrectNumberOfFilesInPOSTRequest")
        assert f"{policy['upload_dir']}/cat.png" not in list_uploads(upload_server)

    def test_fields_without_end_are_refused(self, upload_server, policy):
        form = {"x": "y" * 100_000, **fill_in(policy)}

        answer = post(policy["upload_host"], form)

        assert self.is_refused(upload_server, answer, 400, "MaxPOSTPreDataLengthExceededError")

    @pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", ""])
    def test_what_is_no_form_is_refused(self, upload_server, content_type):
        answer = httpx.post(
            f"{upload_server.base_url}/kaiga/v1/uploads",
            content=b"{}",
            headers={"Content-Type": content_type},
        )

        assert self.is_refused(
            upload_server,
            answer,
            400,
            "MalformedPOSTRequest",
            "The body of your POST request is not well-formed multipart/form-data.",
        )

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_another_method_is_refused_as_xml(self, upload_server, method):
        answer = httpx.request(method, f"{upload_server.base_url}/kaiga/v1/uploads")

        assert self.is_refused(upload_server, answer, 400, "InvalidParameter")

    def test_an_object_store_that_takes_nothing_is_told_and_may_be_tried_again(
        self, start_server, tmp_path
    ):
        objects = tmp_path / "objects"
        server = start_server({"KAIGA_WORKERS": "0", "KAIGA_OBJECTS": objects.as_uri()})
        with server.client() as client:
            policy = get_policy(client)
            blocked = objects / "1000000000000001"
            blocked.write_text("a file where a folder must be")

            answer = post(policy["upload_host"], fill_in(policy))
            blocked.unlink()
            again = post(policy["upload_host"], fill_in(policy))

        assert refusal_of(answer)[0] == 503
        assert answer.headers["retry-after"] == "2"
        assert again.status_code == 200


@settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(start=st.integers(0, 2500), length=st.integers(0, 60), noise=st.binary(max_size=60))
def test_a_form_with_damage_in_it_is_answered(uploader, start, length, noise):
    policy = get_policy(uploader)
    form = write_form([*fill_in(policy).items(), ("file", CONTENT)])

    answer = send_form(policy["upload_host"], form[:start] + noise + form[start + length :])

    if answer.status_code != 200:
        assert refusal_of(answer)[0] in {400, 403, 409}
