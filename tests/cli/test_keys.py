"""`kaiga keys`: the same with a server and without one."""

import json
import re
from typing import Any

import httpx
import pytest


def create(terminal: Any, *options: str, settings: dict[str, str] | None = None) -> dict[str, Any]:
    return json.loads(terminal.succeed("keys", "create", *options, "--json", settings=settings))


def list_keys(terminal: Any, settings: dict[str, str] | None = None) -> list[dict[str, Any]]:
    return json.loads(terminal.succeed("keys", "list", "--json", settings=settings))["keys"]


def test_a_key_made_at_a_server_works_until_it_is_revoked(
    terminal: Any, server: Any, at_server: dict[str, str]
):
    key = terminal.succeed("keys", "create", "--name", "short", settings=at_server).strip()
    key_id = next(k["id"] for k in list_keys(terminal, at_server) if k["name"] == "short")

    with server.client(key) as client:
        before = client.get("/tasks").status_code
        terminal.succeed("keys", "revoke", key_id, settings=at_server)
        after = client.get("/tasks").status_code

    assert re.fullmatch(r"sk-[0-9a-f]{32}", key)
    assert (before, after) == (200, 401)


def test_a_key_is_made_as_it_is_ordered(quick_terminal: Any):
    made = create(
        quick_terminal,
        *("--name", "studio", "--role", "admin", "--account", "2000000000000001"),
        *("--workspace", "ws-2", "--region", "cn-beijing", "--expires-in-hours", "2"),
    )

    assert {name: made[name] for name in ("name", "role", "account", "workspace", "region")} == {
        "name": "studio",
        "role": "admin",
        "account": "2000000000000001",
        "workspace": "ws-2",
        "region": "cn-beijing",
    }
    assert made["expires_at"] > made["created_at"]


def test_both_ways_make_keys_of_the_same_form(quick_terminal: Any, at_server: dict[str, str]):
    assert set(create(quick_terminal)) == set(create(quick_terminal, settings=at_server))


def test_a_key_made_without_a_server_opens_the_next_one(quick_terminal: Any, start_server: Any):
    data = quick_terminal.folder / "data"
    made = create(quick_terminal, "--name", "before the start")

    running = start_server({"KAIGA_API_KEY": ""})

    assert running.data == data
    with running.client(made["key"]) as client:
        assert client.get("/tasks").status_code == 200
    assert not (data / "local-key").exists()


def test_the_list_shows_no_key_whole(quick_terminal: Any):
    made = create(quick_terminal, "--name", "mine")

    told = quick_terminal.succeed("keys", "list")

    assert made["id"] in told
    assert "mine" in told
    assert made["key"] not in told


def test_revoking_the_folders_own_key_removes_its_file(quick_terminal: Any, start_server: Any):
    running = start_server({"KAIGA_API_KEY": ""})
    running.stop()
    key_id = list_keys(quick_terminal)[0]["id"]

    quick_terminal.succeed("keys", "revoke", key_id)

    assert list_keys(quick_terminal) == []
    assert not (running.data / "local-key").exists()


def test_a_key_that_is_not_there_cannot_be_revoked(quick_terminal: Any, at_server: dict[str, str]):
    create(quick_terminal)

    here = quick_terminal.fail("keys", "revoke", "12")
    there = quick_terminal.fail("keys", "revoke", "12", settings=at_server)

    assert here == "No API key has that id."
    assert there == "NotFound: No API key has that id."


def test_links_given_out_before_a_rotation_stay_good(
    quick_terminal: Any, server: Any, at_server: dict[str, str]
):
    with server.client() as client:
        task_id = server.submit(client)
        before = server.wait_for_end(client, task_id)["output"]["results"][0]["url"]
        quick_terminal.succeed("keys", "rotate-links", settings=at_server)
        after = server.wait_for_end(client, task_id)["output"]["results"][0]["url"]

    assert signer_of(before) != signer_of(after)
    assert httpx.get(before).is_success
    assert httpx.get(after).is_success


def test_a_key_without_the_role_admin_may_not_administer(
    quick_terminal: Any, at_server: dict[str, str]
):
    user_key = create(quick_terminal, settings=at_server)["key"]

    message = quick_terminal.fail("keys", "list", "--key", user_key, settings=at_server)

    assert message.startswith("AccessDenied: ")
    assert "admin" in message


@pytest.mark.sqlite("any number of processes open a PostgreSQL")
def test_a_store_that_a_server_holds_is_not_opened(terminal: Any, start_server: Any):
    running = start_server({})
    (running.data / "server.json").unlink()

    message = terminal.fail("keys", "list")

    assert f"process {running.process_id}" in message


@pytest.mark.sqlite("a PostgreSQL is there before anything is in it")
def test_a_folder_without_a_store_is_left_alone(quick_terminal: Any):
    message = quick_terminal.fail("keys", "list")

    assert "kaiga keys create" in message
    assert not (quick_terminal.folder / "data").exists()


def test_a_lifetime_that_cannot_be_is_refused(quick_terminal: Any):
    message = quick_terminal.fail("keys", "create", "--expires-in-hours", "-1", status=2)

    assert "--expires-in-hours" in message


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--region", "mars"), "region must be one of cn-beijing, ap-southeast-1"),
        (("--region", ""), "region must be one of"),
        (("--account", "../x"), "account and workspace must be"),
        (("--account", ""), "account and workspace must be"),
        (("--workspace", "a b"), "account and workspace must be"),
    ],
)
def test_what_can_not_be_is_refused_with_a_server_and_without(
    quick_terminal: Any, at_server: dict[str, str], options: tuple[str, ...], named: str
):
    here = quick_terminal.fail("keys", "create", *options)
    there = quick_terminal.fail("keys", "create", *options, settings=at_server)

    assert here.startswith(named)
    assert there == f"InvalidParameter: {here}"


def test_a_key_may_be_bound_to_the_servers_own_region(quick_terminal: Any):
    settings = {"KAIGA_REGION": "my-region"}

    made = create(quick_terminal, "--region", "my-region", settings=settings)

    assert made["region"] == "my-region"
    assert "my-region" in quick_terminal.succeed("keys", "list")


def test_a_temporary_key_is_in_no_list(quick_terminal: Any, server: Any, at_server: dict[str, str]):
    before = list_keys(quick_terminal, at_server)
    with server.client() as client:
        token = client.post("/tokens").json()["token"]

    assert [key["id"] for key in list_keys(quick_terminal, at_server)] == [
        key["id"] for key in before
    ]
    refused = quick_terminal.fail("keys", "list", "--key", token, settings=at_server)
    assert refused.startswith("AccessDenied: ")


def signer_of(link: str) -> str:
    return httpx.URL(link).params["OSSAccessKeyId"]
