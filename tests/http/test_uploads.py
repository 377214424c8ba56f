"""The temporary upload: the policy, the form, and what every wrong form is told."""

import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from http_calls import RawConnection, error_of, is_request_id, make_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uploading import (
    CONTENT,
    MODEL,
    fill_in,
    get_policy,
    list_uploads,
    post,
    read_link_key,
    refusal_of,
)

from kaiga.domain.uploads import find_policy, sign_policy, write_policy
from running import RunningKaiga, wait_until

LARGEST = 1024 * 1024
MEGABYTE = 1024 * 1024
BOUNDARY = "----boundary7"


@pytest.fixture(scope="module")
def small(module_server) -> RunningKaiga:
    """A server that takes files of 1 MiB, and holds few bytes at once."""
    return module_server(
        {
            "KAIGA_WORKERS": "0",
            "KAIGA_MAX_UPLOAD_BYTES": str(LARGEST),
            "KAIGA_MAX_BODY_BYTES": "300000",
            "KAIGA_MAX_IN_FLIGHT_BYTES": "600000",
        }
    )


@pytest.fixture(scope="module")
def small_client(small) -> Iterator[httpx.Client]:
    with small.client() as client:
        yield client
    assert "Traceback" not in small.log()


@pytest.fixture
def policy(small_client):
    return get_policy(small_client)


def stored_files(server: RunningKaiga) -> list[Path]:
    folder = server.data / "objects"
    return sorted(path for path in folder.rglob("*") if path.is_file())


class TestPolicy:
    def test_a_policy_has_every_member_of_the_contract_in_its_own_type(self, idle_server, client):
        answer = client.get("/uploads", params={"action": "getPolicy", "model": MODEL}).json()

        assert answer.keys() == {"request_id", "data"}
        assert is_request_id(answer["request_id"])
        granted = answer["data"]
        assert {name: type(value) for name, value in granted.items()} == {
            "policy": str,
            "signature": str,
            "upload_dir": str,
            "upload_host": str,
            "expire_in_seconds": int,
            "max_file_size_mb": int,
            "capacity_limit_mb": int,
            "oss_access_key_id": str,
            "x_oss_object_acl": str,
            "x_oss_forbid_overwrite": str,
        }
        assert granted["expire_in_seconds"] == 300
        assert granted["max_file_size_mb"] == 100
        assert granted["capacity_limit_mb"] == 999999999
        assert granted["x_oss_object_acl"] == "private"
        assert granted["x_oss_forbid_overwrite"] == "true"
        assert granted["upload_host"] == f"{idle_server.base_url}/kaiga/v1/uploads"
        assert granted["upload_dir"].endswith(f"/{answer['request_id']}")

    def test_the_policy_says_what_the_answer_says(self, client):
        granted = get_policy(client)

        conditions = json.loads(b64decode(granted["policy"]))["conditions"]

        assert ["content-length-range", 0, 100 * MEGABYTE] in conditions
        assert ["starts-with", "$key", f"{granted['upload_dir']}/"] in conditions

    def test_every_policy_has_a_folder_of_its_own(self, client):
        assert get_policy(client)["upload_dir"] != get_policy(client)["upload_dir"]

    @pytest.mark.parametrize(
        "query",
        [
            "uploads?action=getPolicy&model=m",
            "uploads/?action=getPolicy&model=m",
            "uploads/?&action=getPolicy&model=m",
            "uploads?model=m&action=getPolicy&x=y",
        ],
    )
    def test_it_is_asked_for_with_and_without_a_slash(self, client, query):
        answer = client.get(f"/{query}", headers={"Content-Type": "application/json"})

        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"

    @pytest.mark.parametrize("query", ["", "model=m", "action=&model=m", "action=x&model=m"])
    def test_another_action_is_refused_by_the_name_of_the_parameter(self, client, query):
        assert error_of(client.get(f"/uploads?{query}")) == (
            400,
            "InvalidParameter",
            "Required parameter(action) missing or invalid, please check the request parameters.",
        )

    @pytest.mark.parametrize("query", ["action=getPolicy", "action=getPolicy&model="])
    def test_a_policy_without_a_model_is_refused(self, client, query):
        assert error_of(client.get(f"/uploads?{query}")) == (
            400,
            "BadRequest.EmptyModel",
            'Required parameter "model" missing from request.',
        )

    def test_a_policy_needs_a_key(self, idle_server):
        answer = httpx.get(f"{idle_server.api_url}/uploads?action=getPolicy&model=m")

        assert error_of(answer) == (401, "InvalidApiKey", "No API-key provided.")

    def test_another_method_is_refused(self, client):
        answer = client.post("/uploads?action=getPolicy&model=m")

        assert error_of(answer)[:2] == (400, "InvalidParameter")

    def test_the_form_goes_to_the_address_that_the_caller_used(self, idle_server):
        with RawConnection(idle_server) as connection:
            connection.begin(
                {"Host": "kaiga.example.com:8600"},
                "GET /api/v1/uploads?action=getPolicy&model=m HTTP/1.1",
            )
            _, _, body = connection.read_answer()

        host = json.loads(body)["data"]["upload_host"]
        assert host == "http://kaiga.example.com:8600/kaiga/v1/uploads"

    def test_by_setting_the_form_goes_to_the_public_address(self, start_server):
        server = start_server({"KAIGA_PUBLIC_URL": "https://k.example.com/paint"})

        with server.client() as client:
            host = get_policy(client)["upload_host"]

        assert host == "https://k.example.com/paint/kaiga/v1/uploads"


class TestForm:
    def test_a_file_is_taken_with_200_and_an_empty_body(self, small, policy):
        answer = post(policy["upload_host"], fill_in(policy))

        assert answer.status_code == 200
        assert answer.content == b""
        stored, size = list_uploads(small)[f"{policy['upload_dir']}/cat.png"]
        assert size == len(CONTENT)
        assert (small.data / "objects" / stored).read_bytes() == CONTENT

    @pytest.mark.parametrize(
        "name",
        ["a cat, asleep.png", "花猫.png", "テスト 1.png", "café.png", "below/cat.png", "+&%.png"],
    )
    def test_names_with_spaces_and_any_script_stay_as_they_are(self, small, policy, name):
        assert post(policy["upload_host"], fill_in(policy, name)).status_code == 200

        assert f"{policy['upload_dir']}/{name}" in list_uploads(small)

    def test_many_files_go_under_one_policy(self, small, policy):
        names = [f"{number}.png" for number in range(5)]

        answers = [post(policy["upload_host"], fill_in(policy, name)) for name in names]

        assert [answer.status_code for answer in answers] == [200] * 5
        assert {f"{policy['upload_dir']}/{name}" for name in names} <= list_uploads(small).keys()

    def test_the_same_key_twice_is_refused_and_the_first_file_stays(self, small, policy):
        post(policy["upload_host"], fill_in(policy), b"first")

        answer = post(policy["upload_host"], fill_in(policy), b"second")

        assert refusal_of(answer) == (
            409,
            "FileAlreadyExists",
            "The object you specified already exists and can not be overwritten.",
        )
        stored, _ = list_uploads(small)[f"{policy['upload_dir']}/cat.png"]
        assert (small.data / "objects" / stored).read_bytes() == b"first"

    def test_fields_may_come_in_any_order_and_may_be_left_out(self, small, policy):
        """One client sends no `success_action_status` (contract/clients.md, 20)."""
        needed = ("key", "policy", "Signature", "OSSAccessKeyId")
        form = {name: fill_in(policy)[name] for name in needed}

        assert post(policy["upload_host"], form).status_code == 200

        assert f"{policy['upload_dir']}/cat.png" in list_uploads(small)

    def test_a_slash_at_the_end_of_the_host_does_no_harm(self, policy):
        assert post(policy["upload_host"] + "/", fill_in(policy)).status_code == 200

    def test_the_largest_file_is_taken(self, small, policy):
        answer = post(policy["upload_host"], fill_in(policy), b"x" * LARGEST)

        assert answer.status_code == 200
        assert list_uploads(small)[f"{policy['upload_dir']}/cat.png"][1] == LARGEST

    def test_a_taken_file_survives_a_killed_server(self, start_server):
        server = start_server({"KAIGA_WORKERS": "0"})
        with server.client() as client:
            policy = get_policy(client)
            assert post(policy["upload_host"], fill_in(policy)).status_code == 200

        server.kill()

        stored, _ = list_uploads(server)[f"{policy['upload_dir']}/cat.png"]
        assert (server.data / "objects" / stored).read_bytes() == CONTENT


class TestRefusals:
    def is_refused(self, server: RunningKaiga, answer: httpx.Response, *expected: object) -> bool:
        """Tell whether it was refused so, with nothing kept of it."""
        arriving = server.data / "arriving"
        wait_until(lambda: not arriving.exists() or not list(arriving.iterdir()), "it is clean")
        return refusal_of(answer)[: len(expected)] == expected

    def test_an_expired_policy_is_refused_with_the_services_words(self, small, policy):
        key = read_link_key(small)
        granted = find_policy(policy["policy"])
        assert granted is not None
        ended = msgspec.structs.replace(granted, expires_at=datetime.now(UTC) - timedelta(1))
        text = write_policy(ended)
        form = fill_in(policy) | {"policy": text, "Signature": sign_policy(key, text)}

        answer = post(policy["upload_host"], form)

        assert self.is_refused(
            small,
            answer,
            403,
            "AccessDenied",
            "Invalid according to Policy: Policy expired.",
        )
        assert form["key"] not in list_uploads(small)

    @pytest.mark.parametrize(
        "changed", [{"Signature": "AAAA"}, {"policy": "e30="}, {"OSSAccessKeyId": "LTAI1"}]
    )
    def test_what_was_not_signed_here_is_refused(self, small, policy, changed):
        answer = post(policy["upload_host"], fill_in(policy) | changed)

        assert self.is_refused(small, answer, 403, "SignatureDoesNotMatch")

    def test_another_services_policy_is_refused(self, small, client):
        theirs = get_policy(client)

        answer = post(f"{small.base_url}/kaiga/v1/uploads", fill_in(theirs))

        assert self.is_refused(small, answer, 403, "SignatureDoesNotMatch")

    def test_a_key_below_another_accounts_folder_is_refused(self, small, small_client, policy):
        other = make_key(small_client, small, account="1000000000000002")["key"]
        with small.client(other) as stranger:
            theirs = get_policy(stranger)

        answer = post(policy["upload_host"], fill_in(policy) | {"key": fill_in(theirs)["key"]})

        condition = json.dumps(
            ["starts-with", "$key", f"{policy['upload_dir']}/"], separators=(",", ":")
        )
        assert self.is_refused(
            small,
            answer,
            403,
            "AccessDenied",
            f"Invalid according to Policy: Policy Condition failed: {condition}",
        )

    @pytest.mark.parametrize("field", ["x-oss-object-acl", "x-oss-forbid-overwrite"])
    def test_what_the_policy_fixes_is_not_changed_by_a_form(self, small, policy, field):
        answer = post(policy["upload_host"], fill_in(policy) | {field: "other"})

        assert self.is_refused(small, answer, 403, "AccessDenied")

    @pytest.mark.parametrize("name", ["", "..", "../cat.png", "a/../b", "a//b", "a\tb", "x" * 1100])
    def test_a_name_that_can_not_be_is_refused(self, small, policy, name):
        answer = post(policy["upload_host"], fill_in(policy, name))

        assert self.is_refused(
            small, answer, 400, "InvalidObjectName", "The specified object name is not valid."
        )

    def test_a_file_of_one_byte_too_many_is_refused(self, small, policy):
        answer = post(policy["upload_host"], fill_in(policy), b"x" * (LARGEST + 1))

        assert self.is_refused(small, answer, 400, "EntityTooLarge")
        assert f"{policy['upload_dir']}/cat.png" not in list_uploads(small)

    def test_a_body_that_announces_too_much_is_refused_before_it_is_sent(self, small):
        with RawConnection(small) as connection:
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
    def test_a_missing_field_is_named(self, small, policy, missing):
        form = fill_in(policy)
        del form[missing]

        answer = post(policy["upload_host"], form)

        assert self.is_refused(
            small,
            answer,
            400,
            "InvalidArgument",
            f"Bucket POST must contain a field named '{missing}'. "
            "If it is specified, please check the order of the fields.",
        )

    def test_a_field_after_the_file_is_refused(self, small, policy):
        parts = [*fill_in(policy).items()]
        form = write_form([*parts, ("file", CONTENT), ("x", b"late")])

        answer = send_form(policy["upload_host"], form)

        assert self.is_refused(small, answer, 400, "MalformedPOSTRequest")
        assert "last part" in answer.text
        assert f"{policy['upload_dir']}/cat.png" not in list_uploads(small)

    def test_the_key_after_the_file_counts_as_missing(self, small, policy):
        fields = fill_in(policy)
        key = fields.pop("key")
        form = write_form([*fields.items(), ("file", CONTENT), ("key", key)])

        assert self.is_refused(
            small, send_form(policy["upload_host"], form), 400, "InvalidArgument"
        )

    @pytest.mark.parametrize("count", [0, 2])
    def test_exactly_one_file_is_asked_for(self, small, policy, count):
        form = write_form([*fill_in(policy).items(), *[("file", CONTENT)] * count])

        answer = send_form(policy["upload_host"], form)

        assert self.is_refused(small, answer, 400, "IncorrectNumberOfFilesInPOSTRequest")
        assert f"{policy['upload_dir']}/cat.png" not in list_uploads(small)

    def test_fields_without_end_are_refused(self, small, policy):
        form = {"x": "y" * 100_000, **fill_in(policy)}

        answer = post(policy["upload_host"], form)

        assert self.is_refused(small, answer, 400, "MaxPOSTPreDataLengthExceededError")

    @pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", ""])
    def test_what_is_no_form_is_refused(self, small, content_type):
        answer = httpx.post(
            f"{small.base_url}/kaiga/v1/uploads",
            content=b"{}",
            headers={"Content-Type": content_type},
        )

        assert self.is_refused(
            small,
            answer,
            400,
            "MalformedPOSTRequest",
            "The body of your POST request is not well-formed multipart/form-data.",
        )

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_another_method_is_refused_as_xml(self, small, method):
        answer = httpx.request(method, f"{small.base_url}/kaiga/v1/uploads")

        assert self.is_refused(small, answer, 400, "InvalidParameter")

    def test_an_object_store_that_takes_nothing_is_told_and_may_be_tried_again(self, start_server):
        server = start_server({"KAIGA_WORKERS": "0"})
        with server.client() as client:
            policy = get_policy(client)
            blocked = server.data / "objects" / "1000000000000001"
            blocked.write_text("a file where a folder must be")

            answer = post(policy["upload_host"], fill_in(policy))
            blocked.unlink()
            again = post(policy["upload_host"], fill_in(policy))

        assert refusal_of(answer)[0] == 503
        assert answer.headers["retry-after"] == "2"
        assert again.status_code == 200


class TestArriving:
    def test_a_large_file_is_never_in_memory_whole(self, idle_server, client):
        policy = get_policy(client)
        post(policy["upload_host"], fill_in(policy, "small"))
        before = peak_memory_bytes(idle_server)

        answer = post(policy["upload_host"], fill_in(policy, "large"), bytes(96 * MEGABYTE))

        assert answer.status_code == 200
        assert peak_memory_bytes(idle_server) - before < 40 * MEGABYTE

    def test_a_file_larger_than_all_that_may_be_in_flight_passes(self, policy):
        assert post(policy["upload_host"], fill_in(policy), b"x" * 900_000).status_code == 200

    def test_a_client_that_goes_away_leaves_nothing(self, small, policy):
        before = stored_files(small)
        form = write_form([*fill_in(policy).items(), ("file", b"x" * 500_000)])
        with RawConnection(small) as connection:
            begin_form(connection, form)
            connection.send(form[:300_000])
            arriving = small.data / "arriving"
            wait_until(lambda: list(arriving.iterdir()), "it has begun to arrive")

        wait_until(lambda: not list(arriving.iterdir()), "nothing is left of it")
        assert stored_files(small) == before
        assert f"{policy['upload_dir']}/cat.png" not in list_uploads(small)

    def test_what_a_crash_left_half_arrived_is_gone_after_the_next_start(self, start_server):
        server = start_server({"KAIGA_WORKERS": "0"})
        server.kill()
        for name in ("arriving", "inputs"):
            (server.data / name).mkdir(exist_ok=True)
            (server.data / name / "0123").write_bytes(b"half")

        server.start()

        assert not (server.data / "arriving").exists()
        assert not (server.data / "inputs").exists()

    def test_uploads_beside_each_other_all_arrive(self, idle_server, client):
        policy = get_policy(client)
        forms = [
            write_form([*fill_in(policy, f"side{n}").items(), ("file", bytes([n]) * 200_000)])
            for n in range(6)
        ]
        with ExitStack() as stack:
            connections = [stack.enter_context(RawConnection(idle_server)) for _ in forms]
            for connection, form in zip(connections, forms, strict=True):
                begin_form(connection, form)
                connection.send(form[:150_000])
            for connection, form in zip(connections, forms, strict=True):
                connection.send(form[150_000:])
            statuses = [connection.read_answer()[0] for connection in connections]

        assert statuses == [200] * 6
        for number in range(6):
            stored, _ = list_uploads(idle_server)[f"{policy['upload_dir']}/side{number}"]
            content = (idle_server.data / "objects" / stored).read_bytes()
            assert content == bytes([number]) * 200_000


@settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(start=st.integers(0, 2500), length=st.integers(0, 60), noise=st.binary(max_size=60))
def test_a_form_with_damage_in_it_is_answered(small_client, start, length, noise):
    policy = get_policy(small_client)
    form = write_form([*fill_in(policy).items(), ("file", CONTENT)])

    answer = send_form(policy["upload_host"], form[:start] + noise + form[start + length :])

    if answer.status_code != 200:
        assert refusal_of(answer)[0] in {400, 403, 409}


def write_form(parts: list[tuple[str, str | bytes]]) -> bytes:
    """Write a form part by part, in whatever order."""
    written = b""
    for name, value in parts:
        filename = '; filename="cat.png"' if name == "file" else ""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n\r\n'
        content = value if isinstance(value, bytes) else value.encode()
        written += head.encode() + content + b"\r\n"
    return written + f"--{BOUNDARY}--\r\n".encode()


def begin_form(connection: RawConnection, form: bytes) -> None:
    connection.begin(
        {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Content-Length": str(len(form)),
        },
        "POST /kaiga/v1/uploads HTTP/1.1",
    )


def send_form(host: str, form: bytes) -> httpx.Response:
    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    return httpx.post(host, content=form, headers={"Content-Type": content_type})


def peak_memory_bytes(server: RunningKaiga) -> int:
    status = Path(f"/proc/{server.process_id}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024
