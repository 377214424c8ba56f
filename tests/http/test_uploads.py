"""The temporary upload: what a policy says, and what is taken under it."""

import json
from base64 import b64decode
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from http_calls import RawConnection, error_of, is_request_id
from uploading import (
    CONTENT,
    MODEL,
    begin_form,
    fill_in,
    get_policy,
    list_uploads,
    post,
    refusal_of,
    write_form,
)

from running import RunningKaiga, wait_until

MEGABYTE = 1024 * 1024


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
    def test_a_file_is_taken_with_200_and_an_empty_body(self, upload_server, policy):
        answer = post(policy["upload_host"], fill_in(policy))

        assert answer.status_code == 200
        assert answer.content == b""
        stored, size = list_uploads(upload_server)[f"{policy['upload_dir']}/cat.png"]
        assert size == len(CONTENT)
        assert upload_server.objects().read(stored) == CONTENT

    @pytest.mark.parametrize(
        "name",
        ["a cat, asleep.png", "花猫.png", "テスト 1.png", "café.png", "below/cat.png", "+&%.png"],
    )
    def test_names_with_spaces_and_any_script_stay_as_they_are(self, upload_server, policy, name):
        assert post(policy["upload_host"], fill_in(policy, name)).status_code == 200

        assert f"{policy['upload_dir']}/{name}" in list_uploads(upload_server)

    def test_many_files_go_under_one_policy(self, upload_server, policy):
        names = [f"{number}.png" for number in range(5)]

        answers = [post(policy["upload_host"], fill_in(policy, name)) for name in names]

        assert [answer.status_code for answer in answers] == [200] * 5
        assert {f"{policy['upload_dir']}/{name}" for name in names} <= list_uploads(
            upload_server
        ).keys()

    def test_the_same_key_twice_is_refused_and_the_first_file_stays(self, upload_server, policy):
        post(policy["upload_host"], fill_in(policy), b"first")

        answer = post(policy["upload_host"], fill_in(policy), b"second")

        assert refusal_of(answer) == (
            409,
            "FileAlreadyExists",
            "The object you specified already exists and can not be overwritten.",
        )
        stored, _ = list_uploads(upload_server)[f"{policy['upload_dir']}/cat.png"]
        assert upload_server.objects().read(stored) == b"first"

    def test_fields_may_come_in_any_order_and_may_be_left_out(self, upload_server, policy):
        """One client sends no `success_action_status` (contract/clients.md, 20)."""
        needed = ("key", "policy", "Signature", "OSSAccessKeyId")
        form = {name: fill_in(policy)[name] for name in needed}

        assert post(policy["upload_host"], form).status_code == 200

        assert f"{policy['upload_dir']}/cat.png" in list_uploads(upload_server)

    def test_a_slash_at_the_end_of_the_host_does_no_harm(self, policy):
        assert post(policy["upload_host"] + "/", fill_in(policy)).status_code == 200

    def test_the_largest_file_is_taken(self, upload_server, policy):
        answer = post(policy["upload_host"], fill_in(policy), b"x" * MEGABYTE)

        assert answer.status_code == 200
        assert list_uploads(upload_server)[f"{policy['upload_dir']}/cat.png"][1] == MEGABYTE

    def test_a_taken_file_survives_a_killed_server(self, start_server):
        server = start_server({"KAIGA_WORKERS": "0"})
        with server.client() as client:
            policy = get_policy(client)
            assert post(policy["upload_host"], fill_in(policy)).status_code == 200

        server.kill()

        stored, _ = list_uploads(server)[f"{policy['upload_dir']}/cat.png"]
        assert server.objects().read(stored) == CONTENT


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

    def test_a_client_that_goes_away_leaves_nothing(self, upload_server, policy):
        before = upload_server.objects().list_keys()
        form = write_form([*fill_in(policy).items(), ("file", b"x" * 500_000)])
        with RawConnection(upload_server) as connection:
            begin_form(connection, form)
            connection.send(form[:300_000])
            arriving = upload_server.data / "arriving"
            wait_until(lambda: list(arriving.iterdir()), "it has begun to arrive")

        wait_until(lambda: not list(arriving.iterdir()), "nothing is left of it")
        assert upload_server.objects().list_keys() == before
        assert f"{policy['upload_dir']}/cat.png" not in list_uploads(upload_server)

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
            content = idle_server.objects().read(stored)
            assert content == bytes([number]) * 200_000


def peak_memory_bytes(server: RunningKaiga) -> int:
    status = Path(f"/proc/{server.process_id}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024
