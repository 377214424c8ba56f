"""`/openapi.json`: the whole API and nothing else, as tools read it, and as it answers."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import jsonschema_rs
import openapi_spec_validator
import pytest
from http_calls import CREATE_PATH, ENABLE, error_of, make_order

import kaiga.http
from kaiga.catalogue import read_catalogue
from kaiga.http.operations.description.document import make_openapi
from kaiga.http.operations.routing import Route
from running import KEY, MODEL, RunningKaiga

DRAFT = "https://json-schema.org/draft/2020-12/schema"
"""What OpenAPI 3.1 writes schemas in."""
PAGES = re.compile("/docs|/console(?!/session)")
"""What is for browsers, and no part of the API."""
ELSEWHERE = {("POST", "/kaiga/v1/uploads"), ("GET", "/1d/{shard}/{date}/{folder}/{file}")}
"""Routes that no table has; the application knows them."""
REFUSED_WITH_A_REASON = {("/api/v1/models/limits", "post"), ("/api/v1/quotas", "post")}
"""Known to clients of the real service, and let in here for nobody."""
METHODS = ("get", "post", "put", "patch", "delete")
MODELS = read_catalogue().list_models()
OPERATIONS = {each.operation for model in MODELS for each in model.endpoints}
CONTRACT = {
    *((f"/api/v1/services/{operation}", "post") for operation in OPERATIONS),
    ("/api/v1/tasks", "get"),
    ("/api/v1/tasks/{task_id}", "get"),
    ("/api/v1/tasks/{task_id}/cancel", "post"),
    ("/api/v1/models", "get"),
    ("/api/v1/models/limits", "get"),
    ("/api/v1/quotas", "get"),
    ("/api/v1/uploads", "get"),
    ("/api/v1/tokens", "post"),
}


@pytest.fixture(scope="module")
def strict_server(module_server) -> RunningKaiga:
    """A server without workers that refuses bad orders at once."""
    return module_server({"KAIGA_WORKERS": "0", "KAIGA_VALIDATE": "submit"})


@pytest.fixture(scope="module")
def described(strict_server: RunningKaiga) -> dict[str, Any]:
    return httpx.get(f"{strict_server.base_url}/openapi.json").json()


@pytest.fixture(scope="module")
def admin(strict_server: RunningKaiga) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {strict_server.key}"}
    with httpx.Client(base_url=strict_server.base_url, headers=headers, timeout=30) as client:
        yield client


def operations_of(described: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def list_own_routes() -> set[tuple[str, str]]:
    """The routes of every group that the HTTP edge has; what they answer with is not asked."""
    routes: set[tuple[str, str]] = set()
    for module in pkgutil.walk_packages(kaiga.http.__path__, "kaiga.http."):
        for _, group in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if group.__module__ == module.name and "routes" in vars(group):
                listed: tuple[Route, ...] = group.routes(object.__new__(group))
                routes |= {(each.method, each.path) for each in listed}
    return routes


def test_a_validator_finds_no_fault(described):
    openapi_spec_validator.validate(described)


def test_every_route_of_kaigas_own_is_described_and_no_other():
    described = make_openapi(read_catalogue(), "0", is_emulator=True)
    routes = {(method, path) for method, path in list_own_routes() if not PAGES.match(path)}

    assert ("GET", "/kaiga/v1/status") in routes
    assert routes | ELSEWHERE == {
        (method.upper(), path)
        for path, method, _ in operations_of(described)
        if not path.startswith("/api/v1/")
    }


def test_every_route_of_the_contract_is_described_and_no_other(described):
    assert {
        (path, method)
        for path, method, _ in operations_of(described)
        if path.startswith("/api/v1/")
    } == CONTRACT


def test_what_is_described_is_there_and_no_other_method_is(described, admin):
    wrong: list[str] = []
    for path, item in described["paths"].items():
        if not path.startswith("/api/v1/"):
            continue
        for method in METHODS:
            answer = admin.request(method, path.replace("{task_id}", "nobody"))
            is_there = "Request method" not in answer.text and answer.status_code != 404
            if is_there != (method in item) and (path, method) not in REFUSED_WITH_A_REASON:
                wrong.append(f"{method} {path}: {answer.status_code} {answer.text}")

    assert wrong == []


def test_every_operation_has_a_name_of_its_own_a_summary_and_a_tag(described):
    operations = [operation for _, _, operation in operations_of(described)]
    names = [operation["operationId"] for operation in operations]
    tags = {tag["name"] for tag in described["tags"]}

    assert len(set(names)) == len(names)
    assert all(operation["summary"] for operation in operations)
    assert {tag for operation in operations for tag in operation["tags"]} == tags


def test_what_needs_no_key_says_so_and_all_else_is_refused_without_one(strict_server, described):
    wrong: list[str] = []
    with httpx.Client(base_url=strict_server.base_url) as nobody:
        for path, method, operation in operations_of(described):
            status = nobody.request(method, path).status_code
            needs_a_key = {"key": []} in operation.get("security", described["security"])
            is_open = {} in operation.get("security", [])
            if (status == 401) != (needs_a_key and not is_open):
                wrong.append(f"{method} {path}: {status}")

    assert wrong == []


def test_every_example_fits_its_schema_and_is_taken(described, admin):
    wrong: list[str] = []
    taken = 0
    for path, _, operation in operations_of(described):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        orders = {order["title"]: order for order in body.get("schema", {}).get("anyOf", ())}
        for name, order in orders.items():
            example = body["examples"][name]["value"]
            jsonschema_rs.validate({"$schema": DRAFT, **order}, example)
            if name.endswith(", async"):
                answer = admin.post(path, json=example, headers=ENABLE)
                taken += answer.status_code == 200
                wrong += [] if answer.status_code == 200 else [f"{name}: {answer.text}"]

    assert wrong == []
    assert taken > 80


def test_the_orders_of_every_model_are_described_by_good_schemas(described):
    orders = [
        order
        for _, _, operation in operations_of(described)
        if operation["tags"] == ["Create"]
        for order in operation["requestBody"]["content"]["application/json"]["schema"]["anyOf"]
    ]
    titles = [order["title"] for order in orders]

    assert sorted(titles) == sorted(
        f"{model.name}, {each.mode}" for model in MODELS for each in model.endpoints
    )
    for order in orders:
        jsonschema_rs.meta.validate({"$schema": DRAFT, **order})


def test_every_answer_in_json_has_an_example_that_fits(described):
    wrong: list[str] = []
    for path, method, operation in operations_of(described):
        content = operation["responses"]["200"].get("content", {}).get("application/json")
        if content is None:
            continue
        validator = jsonschema_rs.validator_for(complete(described, content["schema"]))
        found = validator.iter_errors(content.get("example"))
        wrong.extend(f"{method} {path}: {error.message}" for error in found)

    assert wrong == []


OWN_PAGE = {"X-Kaiga-Console": "1"}
NO_PLAIN_JSON = {
    *("follow_task", "follow_account", "take_snapshot"),
    *("upload_file", "download_result", "metrics", "cancel_task"),
    *("generate_images", "edit_images", "download_video"),
    *("show_thumbnail", "pack_results", "report_usage_as_csv", "keep_task"),
}
"""What is answered with lines, events, files or nothing.

A cancel would find its task canceled, and only what has ended can be kept. Pictures are waited
for, and this server makes none: tests/http/test_openai_images.py has their answers.
"""


def complete(described: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give a schema with all that it may refer to."""
    return {"$schema": DRAFT, **schema, "components": described["components"]}


def test_kaigas_own_routes_answer_as_described(described, admin):
    wrong: list[str] = []
    seen: set[str] = set()

    def ask(name: str, body: object = None, query: str = "", **parts: str) -> Any:
        path, method, operation = by_name[name]
        answer = admin.request(method, path.format(**parts) + query, json=body, headers=OWN_PAGE)
        seen.add(name)
        schema = operation["responses"][str(answer.status_code)]["content"]["application/json"]
        errors = jsonschema_rs.validator_for(complete(described, schema["schema"])).iter_errors(
            answer.json()
        )
        wrong.extend(f"{name} {answer.status_code}: {error.message}" for error in errors)
        assert answer.status_code == 200, answer.text
        return answer.json()

    by_name = {
        operation["operationId"]: (path, method, operation)
        for path, method, operation in operations_of(described)
    }
    task_id = ask_for_a_task(admin)
    ask("show_task", task_id=task_id)
    ask("show_answer", task_id=task_id)
    ask("query_task", task_id=task_id)
    ask("list_tasks")
    assert ask("search_tasks")["tasks"]
    ask("show_request", task_id=task_id)
    ask("rerun_task", {"seed": "new"}, task_id=task_id)
    ask("stop_task", task_id=task_id)
    ask("show_manifest", task_id=task_id)
    ask("list_results")
    ask_for_a_task(admin)
    assert ask("cancel_waiting_tasks")["canceled"] >= 1
    key = ask("create_key", {"name": "described", "role": "user"})
    ask("list_keys")
    ask("revoke_key", key_id=key["id"])
    ask("change_limit", {"account": "2000000000000001", "running_tasks": 2, "queued_tasks": None})
    ask("list_limits")
    ask("remove_limit", query="?account=2000000000000001")
    webhook = ask("add_webhook", {"url": "https://example.invalid/told"})
    ask("list_webhooks")
    delivery = ask("test_webhook", webhook_id=webhook["id"])
    assert ask("list_deliveries")["deliveries"]
    ask("redeliver", delivery_id=delivery["delivery_id"])
    ask("show_webhook_secret")
    ask("remove_webhook", webhook_id=webhook["id"])
    ask("show_forms")
    ask("show_forms", query=f"?model={MODEL}")
    ask("sign_in", {"key": KEY})
    for name in (
        *("show_session", "sign_out", "report_usage", "show_system", "examine_machine"),
        *("get_postman_collection", "get_postman_environment", "list_openai_models"),
        *("status", "health", "ready", "describe", "describe_models", "rotate_links"),
        *("list_models", "list_model_limits", "list_quotas", "create_temporary_key"),
    ):
        ask(name)
    ask_in_openais_shape(ask)
    ask("get_upload_policy", query="?action=getPolicy&model=wan2.5-i2i-preview")

    assert wrong == []
    creates = {name for name, (_, _, each) in by_name.items() if each["tags"] == ["Create"]}
    assert by_name.keys() - seen - creates == NO_PLAIN_JSON


def ask_in_openais_shape(ask: Callable[..., Any]) -> None:
    ask("show_openai_model", model="wan2.5-t2i-preview")
    ask("show_openai_model_of_maker", maker="kling", model="kling-v3-image-generation")
    video = ask("create_video", {"model": "wanx2.1-t2v-turbo", "prompt": "a fox"})
    ask("show_video", video_id=video["id"])
    assert ask("list_videos")["data"]
    ask("delete_video", video_id=video["id"])


def ask_for_a_task(admin: httpx.Client) -> str:
    answer = admin.post(CREATE_PATH, json=make_order(), headers=ENABLE)
    return answer.json()["output"]["task_id"]


def test_an_error_is_as_described(described, admin):
    answer = admin.get("/kaiga/v1/tasks/nobody")

    assert error_of(answer)[0] == 404
    error = complete(described, {"$ref": "#/components/schemas/Error"})
    jsonschema_rs.validate(error, answer.json())


def test_an_error_in_openais_shape_is_as_described(described, admin):
    answer = admin.get("/v1/videos/nobody")

    assert answer.status_code == 404
    error = complete(described, {"$ref": "#/components/schemas/OpenaiError"})
    jsonschema_rs.validate(error, answer.json())


def test_what_was_made_and_used_is_told_as_described(described, server):
    with server.client() as client:
        task_id = server.submit(client)
        server.wait_for_end(client, task_id)
        failed = server.submit(client, size="1*1")
        server.wait_for_end(client, failed)
        answers = {
            path: client.get(server.base_url + path)
            for path in (
                "/kaiga/v1/tasks",
                "/kaiga/v1/results",
                "/kaiga/v1/usage?by=day,account,key,model",
                "/kaiga/v1/usage?by=model",
                "/kaiga/v1/system",
                f"/kaiga/v1/tasks/{task_id}/thumbnails/1",
                f"/kaiga/v1/results.zip?files={task_id}-1",
                "/kaiga/v1/usage.csv",
            )
        }

    wrong: list[str] = []
    for asked, answer in answers.items():
        path = asked.partition("?")[0].replace(task_id, "{task_id}").replace("/1", "/{number}")
        (kind, told), *_ = described["paths"][path]["get"]["responses"]["200"]["content"].items()
        assert answer.headers["content-type"].partition(";")[0] == kind
        if kind == "application/json":
            found = jsonschema_rs.validator_for(complete(described, told["schema"]))
            wrong += [f"{asked}: {each.message}" for each in found.iter_errors(answer.json())]
    assert wrong == []
    assert answers["/kaiga/v1/results"].json()["results"]
    assert answers["/kaiga/v1/usage?by=model"].json()["usage"]
    assert answers["/kaiga/v1/system"].json()["failures"]["newest"]


def test_every_model_has_a_form_as_described(described, admin):
    wrong: list[str] = []
    form = jsonschema_rs.validator_for(
        complete(described, {"$ref": "#/components/schemas/ModelForm"})
    )
    for model in MODELS:
        answer = admin.get("/kaiga/v1/forms", params={"model": model.name}).json()
        wrong += [f"{model.name}: {each.message}" for each in form.iter_errors(answer)]

    assert wrong == []


def test_a_session_reads_alone_and_changes_only_from_our_own_pages(described, strict_server):
    """The schemes are tried as they are described, each with what it needs and no more."""
    schemes = described["components"]["securitySchemes"]
    session, own_page = schemes["session"], schemes["ownPage"]
    url = f"{strict_server.base_url}/kaiga/v1/links/rotate"
    with httpx.Client(base_url=strict_server.base_url) as browser:
        browser.post("/console/session", json={"key": KEY}, headers={own_page["name"]: "1"})
        cookie = {"Cookie": f"{session['name']}={browser.cookies[session['name']]}"}

    read = httpx.get(f"{strict_server.base_url}/kaiga/v1/keys", headers=cookie)
    alone = httpx.post(url, headers=cookie)
    from_our_page = httpx.post(url, headers={**cookie, own_page["name"]: "1"})

    assert (read.status_code, alone.status_code, from_our_page.status_code) == (200, 401, 200)
    assert described["security"] == [{"key": []}, {"session": []}]
    rotate = described["paths"]["/kaiga/v1/links/rotate"]["post"]
    assert rotate["security"] == [{"key": []}, {"session": [], "ownPage": []}]
