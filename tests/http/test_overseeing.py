"""`/kaiga/v1/usage`, `/system`, `/doctor` and `/postman`: what the console oversees with."""

import csv
from typing import Any

import httpx
import pytest
from http_calls import create, error_of, make_key, make_order

from running import MODEL, RunningKaiga

OTHER = "1000000000000079"


@pytest.fixture(scope="module")
def used(server: RunningKaiga, painter: httpx.Client, painted: dict[str, Any]) -> dict[str, Any]:
    """A key of another account that has made two pictures, while the admin's made one or more."""
    del painted
    made = make_key(painter, server, account=OTHER)
    with server.client(made["key"]) as client:
        server.wait_for_end(client, server.submit(client, n=2))
    return made


def ask(server: RunningKaiga, key: str, path: str, **query: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.get(f"{server.base_url}/kaiga/v1/{path}", params=query, headers=headers)


def test_a_key_sees_what_its_own_account_used(server: RunningKaiga, used: dict[str, Any]):
    answer = ask(server, used["key"], "usage", by="account,key,model").json()

    assert answer["by"] == ["account", "key", "model"]
    assert answer["usage"] == [
        {"account": OTHER, "key": used["id"], "model": MODEL}
        | {"tasks": 1, "images": 2, "clips": 0, "seconds": 0.0}
    ]


def test_another_account_is_for_admins_alone(server: RunningKaiga, used: dict[str, Any]):
    refused = ask(server, used["key"], "usage", account="1000000000000001")
    everybody = ask(server, server.key, "usage", by="account").json()["usage"]
    other = ask(server, server.key, "usage", by="account", account=OTHER).json()["usage"]

    assert error_of(refused)[0] == 403
    assert {line["account"] for line in everybody} >= {OTHER, "1000000000000001"}
    assert [line["account"] for line in other] == [OTHER]


@pytest.mark.parametrize("path", ["usage", "usage.csv"])
def test_usage_comes_as_csv_by_name_or_by_wish(
    server: RunningKaiga, used: dict[str, Any], path: str
):
    headers = {"Authorization": f"Bearer {used['key']}", "Accept": "text/csv"}
    answer = httpx.get(f"{server.base_url}/kaiga/v1/{path}", headers=headers)

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    [line] = csv.DictReader(answer.text.splitlines())
    assert list(line) == ["day", "model", "tasks", "images", "clips", "seconds"]
    assert (line["model"], line["images"]) == (MODEL, "2")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"by": "day,colour"}, "by must be some of day, account, key, model"),
        ({"from": "yesterday"}, "from must be a day such as"),
        ({"to": "0001-01-01"}, "to must be a day such as"),
        ({"days": "0"}, "days must be a whole number from 1"),
        ({"from": "2026-05-02", "to": "2026-05-01"}, "from must not be after to"),
        (
            {"from": "2025-01-01", "to": "2026-01-02"},
            "from and to may be at most 366 days together",
        ),
    ],
)
def test_a_wish_that_is_not_understood_is_named(
    server: RunningKaiga, query: dict[str, str], told: str
):
    status, code, message = error_of(ask(server, server.key, "usage", **query))

    assert (status, code) == (400, "InvalidParameter")
    assert message.startswith(told)


@pytest.mark.parametrize("path", ["system", "doctor"])
def test_how_the_machine_is_is_for_admins_alone(
    server: RunningKaiga, used: dict[str, Any], path: str
):
    assert error_of(ask(server, used["key"], path))[0] == 403


def test_the_system_tells_room_versions_and_failures_by_code(
    server: RunningKaiga, painter: httpx.Client, used: dict[str, Any]
):
    del used
    failed = create(painter, make_order("a secret garden", size="1*1")).json()
    task_id = failed["output"]["task_id"]
    server.wait_for_end(painter, task_id)

    answer = ask(server, server.key, "system")
    system = answer.json()

    assert system["disk"]["free_bytes"] > 0
    assert system["disk"]["database_bytes"] != 0
    counted = system["disk"]["objects_files"]
    is_counted = not system["disk"]["objects"].startswith("s3:")
    assert counted >= 1 if is_counted else counted is None
    assert {"kaiga", "python", "sqlite"} <= set(system["versions"])
    [newest, *_] = system["failures"]["newest"]
    assert (newest["task_id"], newest["code"]) == (task_id, "InvalidParameter")
    assert "InvalidParameter" in {each["code"] for each in system["failures"]["codes"]}
    assert "secret garden" not in answer.text


def test_the_server_examines_itself(server: RunningKaiga):
    headers = {"Authorization": f"Bearer {server.key}"}
    answer = httpx.get(f"{server.base_url}/kaiga/v1/doctor", headers=headers, timeout=60).json()

    findings = {each["check"]: each["verdict"] for each in answer["findings"]}
    assert findings["Sketch engine"] == "OK"
    assert "fail" not in findings.values()


def test_postman_files_name_this_server_and_hold_no_key(server: RunningKaiga):
    collection = httpx.get(f"{server.base_url}/kaiga/v1/postman/collection")
    environment = httpx.get(f"{server.base_url}/kaiga/v1/postman/environment")

    values = {each["key"]: each["value"] for each in environment.json()["values"]}
    assert values["baseUrl"] == server.api_url
    assert values["apiKey"] == ""
    assert server.api_url in collection.text
    assert "attachment" in collection.headers["content-disposition"]
