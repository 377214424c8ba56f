"""The collection and environment as files: their format, their variables, their stability."""

import json

import pytest

from kaiga.cli.postman import make_postman_collection, make_postman_environment

VARIABLES = {"baseUrl", "apiKey", "model", "prompt", "size", "n", "taskId", "resultUrl"}


def test_the_collection_is_of_format_2_1():
    schema = make_postman_collection()["info"]["schema"]

    assert schema.endswith("/v2.1.0/collection.json")


def test_the_same_arguments_make_the_same_files():
    assert make_postman_collection() == make_postman_collection()
    assert make_postman_environment() == make_postman_environment()


def test_another_server_keeps_the_ids():
    here = make_postman_collection()
    there = make_postman_collection(base_url="https://pictures.example/api/v1")

    assert ids_in(here) == ids_in(there)
    assert here != there


def test_no_two_parts_share_an_id():
    ids = ids_in(make_postman_collection())

    assert len(set(ids)) == len(ids)
    assert len(ids) > len(make_postman_collection()["item"])


def ids_in(value: object) -> list[str]:
    if isinstance(value, list):
        return [found for part in value for found in ids_in(part)]
    if isinstance(value, dict):
        own = [value[key] for key in ("id", "_postman_id") if key in value]
        return own + [found for part in value.values() for found in ids_in(part)]
    return []


def test_environments_of_different_names_are_different_environments():
    assert make_postman_environment()["id"] != make_postman_environment(name="Staging")["id"]


def test_the_environment_holds_every_variable():
    values = make_postman_environment()["values"]

    assert {value["key"] for value in values} == VARIABLES


def test_the_key_is_a_secret_and_stands_nowhere_in_the_collection():
    environment = make_postman_environment(api_key="sk-abc")

    secrets = [value for value in environment["values"] if value["type"] == "secret"]
    assert [(secret["key"], secret["value"]) for secret in secrets] == [("apiKey", "sk-abc")]
    assert "sk-abc" not in json.dumps(make_postman_collection())


def test_every_variable_used_is_defined():
    collection = make_postman_collection()
    defined = {variable["key"] for variable in collection["variable"]}

    text = json.dumps(collection)
    used = {part.split("}}")[0] for part in text.split("{{")[1:]}
    assert used - {"quotedPrompt"} <= defined


def test_the_download_carries_no_key():
    items = {item["name"]: item["request"] for item in make_postman_collection()["item"]}

    downloads = {name for name in items if "Download" in name}
    assert all(items[name]["auth"] == {"type": "noauth"} for name in downloads)
    assert len(downloads) == 2
    assert all("auth" not in items[name] for name in set(items) - downloads)


def test_only_the_message_is_waited_for_in_its_call():
    orders = {
        item["name"]: {each["key"] for each in item["request"]["header"]}
        for item in make_postman_collection()["item"]
        if "body" in item["request"]
    }

    assert {name for name in orders if "X-DashScope-Async" not in orders[name]} == {
        "13. Ask in a message and wait"
    }


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("http://127.0.0.1:8600/api/v1/", "http://127.0.0.1:8600/api/v1"),
        ("https://pictures.example/api/v1", "https://pictures.example/api/v1"),
    ],
)
def test_the_base_url_is_kept_without_a_slash_at_its_end(given: str, kept: str):
    for variables in (
        make_postman_collection(base_url=given)["variable"],
        make_postman_environment(base_url=given)["values"],
    ):
        assert {"baseUrl": kept}.items() <= {v["key"]: v["value"] for v in variables}.items()
