"""The collection and environment as files: their format, their variables, their stability."""

import json
import re
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from clients.postman.newman import items_of
from kaiga.catalogue import read_catalogue
from kaiga.cli.postman import (
    make_cloud_environments,
    make_postman_collection,
    make_postman_environment,
)
from kaiga.http.operations.description.document import make_openapi

DESCRIBED = msgspec.to_builtins(make_openapi(read_catalogue(), "0.1.0"))
DRAFT = "https://json-schema.org/draft/2020-12/schema"
RESULT = "/1d/{shard}/{date}/{folder}/{file}"
ADDRESSES = {
    "{{resultUrl}}": RESULT,
    "{{clipUrl}}": RESULT,
    "{{uploadHost}}": "/kaiga/v1/uploads",
}
"""Addresses that answers give."""
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


def test_every_variable_used_in_a_request_is_defined():
    collection = make_postman_collection()
    defined = {variable["key"] for variable in collection["variable"]}

    text = json.dumps([item["request"] for item in items_of(collection)])
    used = {part.split("}}")[0] for part in text.split("{{")[1:]}
    assert used - {"quotedPrompt", "kaigaUrl"} <= defined


def test_downloads_uploads_and_sessions_carry_no_key():
    items = {item["name"]: item["request"] for item in items_of(make_postman_collection())}

    without = {name for name, request in items.items() if request.get("auth")}
    assert without == {
        "3. Download the result",
        "12. Download the clip",
        "Upload a file: choose one first",
        "Sign in",
        "Tell who has signed in",
        "Sign out",
    }
    assert all(items[name]["auth"] == {"type": "noauth"} for name in without)


def test_orders_are_asynchronous_but_for_models_that_are_not():
    waiting = {
        operation_of(item["request"])
        for item in items_of(make_postman_collection())
        if "/services/" in item["request"]["url"]["raw"]
        and "X-DashScope-Async" not in {each["key"] for each in item["request"]["header"]}
    }

    assert waiting == {
        ("POST", f"/api/v1/services/{path}")
        for path in (
            "aigc/multimodal-generation/generation",
            "aigc/image2video/aa-detect",
            "aigc/image2video/face-detect",
            "vision/image-process/process",
        )
    }


def test_every_operation_that_is_described_has_a_request():
    described = {
        (method.upper(), path)
        for path, item in DESCRIBED["paths"].items()
        for method in item
        if method != "parameters"
    }
    asked = {operation_of(item["request"]) for item in items_of(make_postman_collection())}

    assert described - asked == {("GET", "/kaiga/v1/events")}, "an account's events never end"
    assert asked <= described


def test_every_request_has_an_answer_beside_it_of_the_form_described():
    wrong: list[str] = []
    for item in items_of(make_postman_collection()):
        (answer,) = item["response"]
        method, path = operation_of(item["request"])
        responses = DESCRIBED["paths"][path][method.lower()]["responses"]
        content = responses[str(answer["code"])].get("content", {})
        if answer["_postman_previewlanguage"] != "json":
            continue
        schema = {**content["application/json"]["schema"], "components": DESCRIBED["components"]}
        validator = jsonschema_rs.validator_for({"$schema": DRAFT, **schema})
        body = json.loads(answer["body"])
        wrong += [f"{item['name']}: {each.message}" for each in validator.iter_errors(body)]

    assert wrong == []


def operation_of(request: dict[str, Any]) -> tuple[str, str]:
    """Give method and path as the description has them."""
    raw = request["url"]["raw"].partition("?")[0].rstrip("/")
    path = ADDRESSES.get(raw) or raw.replace("{{baseUrl}}", "/api/v1").replace("{{kaigaUrl}}", "")
    templates = {re.sub(r"\{\w+\}", "{}", each): each for each in DESCRIBED["paths"]}
    asked = re.sub(r"\{\{\w+\}\}|[0-9a-f-]{36}|(?<=thumbnails/)\d+", "{}", path)
    return request["method"], templates.get(asked, asked)


def test_there_is_an_environment_for_each_region_without_a_key():
    clouds = make_cloud_environments()

    assert clouds.keys() == {"beijing", "singapore", "virginia"}
    ids = {environment["id"] for environment in clouds.values()}
    assert len(ids | {make_postman_environment()["id"]}) == 4
    for environment in clouds.values():
        values = {value["key"]: value["value"] for value in environment["values"]}
        assert values.keys() == VARIABLES
        assert re.fullmatch(r"https://dashscope[a-z-]*\.aliyuncs\.com/api/v1", values["baseUrl"])
        assert values["apiKey"] == ""


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
