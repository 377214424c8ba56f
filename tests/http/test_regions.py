"""Regions and workspaces: named by hosts and headers, opened by the keys that belong there."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from http_calls import ENABLE, RawConnection, create, error_of, make_key, make_order

from running import CREATE, RunningKaiga

BEIJING, SINGAPORE, FRANKFURT = "cn-beijing", "ap-southeast-1", "eu-central-1"
SHARED = {
    BEIJING: "dashscope.aliyuncs.com",
    SINGAPORE: "dashscope-intl.aliyuncs.com",
    FRANKFURT: "trial.eu-central-1.maas.aliyuncs.com",
}
WRONG_KEY = (401, "InvalidApiKey", "Invalid API-key provided.")
NOT_AUTHORIZED = (
    401,
    "NOT AUTHORIZED",
    (
        "Access denied: Either you are not authorized to access this workspace, "
        "or the workspace does not exist."
    ),
)
WORKSPACE_REFUSED = (403, "Workspace.AccessDenied", "Workspace access denied.")
ENDPOINT_REFUSED = (403, "Endpoint.AccessDenied", "Workspace endpoint access denied.")
ACCOUNT = "3000000000000003"
OWN_MODEL = """
[[models]]
name = "frankfurt-only"
extends = "wan2.5-t2i-preview"
title = "Offered in one region"
regions = ["eu-central-1"]

[[models]]
name = "frankfurt-at-once"
extends = "wan2.2-t2i-flash"
title = "Offered in one region, and synchronously"
regions = ["eu-central-1"]
"""


@pytest.fixture(scope="module")
def regional(module_server, tmp_path_factory) -> RunningKaiga:
    """A server with a model of one region, behind proxies on this machine that it trusts."""
    folder = tmp_path_factory.mktemp("catalogue")
    (folder / "own.toml").write_text(OWN_MODEL)
    return module_server(
        {
            "KAIGA_WORKERS": "0",
            "KAIGA_CATALOGUE": str(folder),
            "KAIGA_TRUSTED_PROXIES": "127.0.0.0/8",
        }
    )


@pytest.fixture(scope="module")
def admin(regional) -> Iterator[httpx.Client]:
    with regional.client() as client:
        yield client
    assert "Traceback" not in regional.log()


@pytest.fixture(scope="module")
def keys(regional, admin) -> Mapping[str, str]:
    """Keys of one account: of its default workspace, of two others, and of one region."""
    wanted: dict[str, dict[str, str]] = {
        "default": {},
        "studio": {"workspace": "ws-studio"},
        "Lab": {"workspace": "WS-Lab"},
        BEIJING: {"region": BEIJING},
        SINGAPORE: {"region": SINGAPORE},
    }
    return {
        name: make_key(admin, regional, account=ACCOUNT, **each)["key"]
        for name, each in wanted.items()
    }


def at(host: str, **headers: str) -> dict[str, str]:
    return {"Host": host, **headers}


def make_task(client: httpx.Client, host: str, **headers: str) -> str:
    answer = client.post(CREATE, json=make_order(), headers={**ENABLE, **at(host, **headers)})
    assert answer.status_code == 200, answer.text
    return answer.json()["output"]["task_id"]


def status_of(client: httpx.Client, task_id: str, host: str) -> str:
    answer = client.get(f"/tasks/{task_id}", headers=at(host))
    assert answer.status_code == 200, answer.text
    return answer.json()["output"]["task_status"]


def read_row(server: RunningKaiga, task_id: str) -> tuple[object, ...]:
    (row,) = server.select("SELECT workspace, region FROM tasks WHERE id = ?", task_id)
    return row


class TestRegions:
    def test_a_task_is_of_the_region_of_the_host_that_was_called(self, regional, keys):
        with regional.client(keys["default"]) as client:
            task_id = make_task(client, SHARED[SINGAPORE])

            listed = client.get("/tasks", headers=at(SHARED[SINGAPORE])).json()["data"]

        assert read_row(regional, task_id) == ("ws-default", SINGAPORE)
        assert [row["region"] for row in listed if row["task_id"] == task_id] == [SINGAPORE]

    @pytest.mark.parametrize("elsewhere", [BEIJING, FRANKFURT])
    def test_in_another_region_it_is_unknown_unlisted_and_can_not_be_cancelled(
        self, regional, keys, elsewhere
    ):
        with regional.client(keys["default"]) as client:
            task_id = make_task(client, SHARED[SINGAPORE])

            assert status_of(client, task_id, SHARED[elsewhere]) == "UNKNOWN"
            listed = client.get("/tasks?page_size=100", headers=at(SHARED[elsewhere])).json()
            refused = client.post(f"/tasks/{task_id}/cancel", headers=at(SHARED[elsewhere]))

            assert task_id not in [row["task_id"] for row in listed["data"]]
            assert error_of(refused)[:2] == (400, "UnsupportedOperation")
            assert status_of(client, task_id, SHARED[SINGAPORE]) == "PENDING"

    def test_a_task_is_known_at_every_host_of_its_region(self, regional, keys):
        with regional.client(keys["default"]) as client:
            task_id = make_task(client, SHARED[SINGAPORE])

            for host in (
                "ap-southeast-1.dashscope.localhost",
                "trial.AP-SOUTHEAST-1.maas.aliyuncs.com:443",
                "ws-default.ap-southeast-1.maas.aliyuncs.com",
            ):
                assert status_of(client, task_id, host) == "PENDING"

    def test_a_host_that_names_no_region_is_in_the_servers_own(self, regional, keys):
        with regional.client(keys["default"]) as client:
            task_id = make_task(client, "kaiga.example.com")

            assert status_of(client, task_id, SHARED[BEIJING]) == "PENDING"
            assert status_of(client, task_id, "[::1]:8600") == "PENDING"
            assert status_of(client, task_id, SHARED[SINGAPORE]) == "UNKNOWN"

    def test_a_region_of_ones_own_is_where_hosts_name_none(self, start_server):
        server = start_server({"KAIGA_WORKERS": "0", "KAIGA_REGION": "my-region"})

        with server.client() as client:
            task_id = server.submit(client)
            bound = make_key(client, server, region="my-region")["key"]
            assert read_row(server, task_id) == ("ws-default", "my-region")
        with server.client(bound) as client:
            assert client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "PENDING"
            refused = client.get("/tasks", headers=at(SHARED[BEIJING]))
            assert error_of(refused) == WRONG_KEY

    def test_a_proxy_that_is_trusted_names_the_host(self, regional, keys):
        with regional.client(keys["default"]) as client:
            forwarded = {"X-Forwarded-Host": SHARED[SINGAPORE]}
            task_id = make_task(client, "inside.example.com", **forwarded)

        assert read_row(regional, task_id) == ("ws-default", SINGAPORE)

    def test_a_stranger_can_not_name_another_host_than_the_one_called(self, idle_server, client):
        forwarded = {"X-Forwarded-Host": SHARED[SINGAPORE]}

        task_id = make_task(client, "kaiga.example.com", **forwarded)

        assert read_row(idle_server, task_id) == ("ws-default", BEIJING)

    @pytest.mark.parametrize("host", ["", "a b", "::::", "\u00e4.cn-beijing.x", "{}", "." * 300])
    def test_a_host_that_is_none_is_in_the_servers_own_region(self, regional, keys, host):
        with RawConnection(regional) as connection:
            connection.begin(
                {"Host": host, "Authorization": f"Bearer {keys[BEIJING]}"},
                "GET /api/v1/tasks HTTP/1.1",
            )
            status, _, body = connection.read_answer()

        assert (status, json.loads(body)["page_no"]) == (200, 1)


class TestBoundKeys:
    def test_a_key_works_in_its_region(self, regional, keys):
        with regional.client(keys[SINGAPORE]) as client:
            task_id = make_task(client, SHARED[SINGAPORE])

            assert status_of(client, task_id, SHARED[SINGAPORE]) == "PENDING"

    @pytest.mark.parametrize("host", [SHARED[BEIJING], SHARED[FRANKFURT], "kaiga.example.com"])
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", CREATE),
            ("GET", "/tasks"),
            ("GET", "/tasks/x"),
            ("POST", "/tasks/x/cancel"),
            ("GET", "/uploads?action=getPolicy&model=m"),
            ("POST", "/tokens"),
            ("GET", "/models"),
            ("GET", "/models/limits"),
        ],
    )
    def test_elsewhere_it_is_a_wrong_key_at_every_route(self, regional, keys, host, method, path):
        with regional.client(keys[SINGAPORE]) as client:
            client.get("/tasks", headers=at(SHARED[SINGAPORE]))  # known from memory now

            answer = client.request(method, path, headers={**ENABLE, **at(host)})

        assert error_of(answer) == WRONG_KEY

    def test_its_temporary_keys_are_bound_like_it(self, regional, keys):
        with regional.client(keys[SINGAPORE]) as client:
            token = client.post("/tokens", headers=at(SHARED[SINGAPORE])).json()["token"]

        with regional.client(token) as holder:
            assert holder.get("/tasks", headers=at(SHARED[SINGAPORE])).status_code == 200
            assert error_of(holder.get("/tasks", headers=at(SHARED[BEIJING]))) == WRONG_KEY

    def test_a_colleagues_key_of_its_region_sees_its_tasks(self, regional, keys):
        with regional.client(keys[BEIJING]) as client:
            task_id = make_task(client, SHARED[BEIJING])

        with regional.client(keys["default"]) as colleague:
            assert status_of(colleague, task_id, SHARED[BEIJING]) == "PENDING"


class TestModels:
    def order(self, model: str = "frankfurt-only") -> dict[str, Any]:
        return {**make_order(), "model": model}

    def test_a_model_is_taken_in_its_region(self, regional, keys):
        with regional.client(keys["default"]) as client:
            answer = create(client, self.order(), **at(SHARED[FRANKFURT]))

        assert answer.status_code == 200

    @pytest.mark.parametrize("host", [SHARED[BEIJING], SHARED[SINGAPORE], "localhost"])
    @pytest.mark.parametrize("mode", [ENABLE, {}])
    def test_elsewhere_it_can_not_be_found(self, regional, keys, host, mode):
        model = "frankfurt-only" if mode else "frankfurt-at-once"
        with regional.client(keys["default"]) as client:
            answer = client.post(CREATE, json=self.order(model), headers={**mode, **at(host)})

        assert error_of(answer) == (404, "ModelNotFound", "Model can not be found.")


class TestWorkspaces:
    def test_without_a_header_a_call_runs_in_the_keys_own(self, regional, keys):
        with regional.client(keys["studio"]) as client:
            task_id = make_task(client, "localhost")

        assert read_row(regional, task_id) == ("ws-studio", BEIJING)

    @pytest.mark.parametrize("name", ["X-DashScope-WorkSpace", "x-dashscope-workspace"])
    def test_a_key_of_the_default_workspace_calls_in_every_one_of_its_account(
        self, regional, keys, name
    ):
        with regional.client(keys["default"]) as client:
            task_id = make_task(client, "localhost", **{name: "ws-studio"})

        assert read_row(regional, task_id) == ("ws-studio", BEIJING)

    def test_a_key_may_name_its_own_workspace(self, regional, keys):
        with regional.client(keys["studio"]) as client:
            task_id = make_task(client, "localhost", **{"X-DashScope-WorkSpace": "ws-studio"})

        assert read_row(regional, task_id) == ("ws-studio", BEIJING)

    @pytest.mark.parametrize("named", ["ws-nowhere", "WS-STUDIO", "../x", "w" * 300, "\u00e4"])
    @pytest.mark.parametrize("who", ["default", "studio"])
    def test_a_workspace_that_is_not_there_is_not_told_from_a_foreign_one(
        self, regional, keys, who, named
    ):
        with regional.client(keys[who]) as client:
            header = {"X-DashScope-WorkSpace": named.encode("latin-1")}
            answer = client.post(CREATE, json=make_order(), headers={**ENABLE, **header})

        assert error_of(answer) == NOT_AUTHORIZED

    @pytest.mark.usefixtures("keys")
    def test_another_accounts_workspace_is_not_there(self, admin):
        answer = create(admin, make_order(), **{"X-DashScope-WorkSpace": "ws-studio"})

        assert error_of(answer) == NOT_AUTHORIZED

    def test_a_key_of_one_workspace_does_not_call_in_another(self, regional, keys):
        with regional.client(keys["studio"]) as client:
            for named in ("WS-Lab", "ws-default"):
                answer = create(client, make_order(), **{"X-DashScope-WorkSpace": named})
                assert error_of(answer) == WORKSPACE_REFUSED

    def test_tasks_of_an_account_are_seen_from_all_of_its_workspaces(self, regional, keys):
        with regional.client(keys["studio"]) as client:
            task_id = make_task(client, "localhost")

        with regional.client(keys["Lab"]) as colleague:
            assert status_of(colleague, task_id, "localhost") == "PENDING"

    def test_a_wrong_workspace_is_told_on_a_poll_from_memory_as_well(self, regional, keys):
        with regional.client(keys["studio"]) as client:
            task_id = make_task(client, "localhost")
            path = f"/tasks/{task_id}"
            assert client.get(path).status_code == 200

            unknown = client.get(path, headers={"X-DashScope-WorkSpace": "ws-nowhere"})
            refused = client.get(path, headers={"X-DashScope-WorkSpace": "WS-Lab"})
            good = client.get(path, headers={"X-DashScope-WorkSpace": "ws-studio"})

        assert error_of(unknown) == NOT_AUTHORIZED
        assert error_of(refused) == WORKSPACE_REFUSED
        assert good.json()["output"]["task_status"] == "PENDING"

    def test_a_wrong_workspace_is_told_before_the_body_is_looked_at(self, regional, keys):
        with regional.client(keys["studio"]) as client:
            answer = create(client, b"{", **{"X-DashScope-WorkSpace": "WS-Lab"})

        assert error_of(answer) == WORKSPACE_REFUSED


class TestOwnHosts:
    def test_a_workspaces_own_host_takes_its_keys(self, regional, keys):
        with regional.client(keys["studio"]) as client:
            task_id = make_task(client, "ws-studio.eu-central-1.maas.aliyuncs.com")

        assert read_row(regional, task_id) == ("ws-studio", FRANKFURT)

    def test_letter_case_makes_no_difference_in_the_name_of_a_host(self, regional, keys):
        with regional.client(keys["Lab"]) as client:
            task_id = make_task(client, "WS-LAB.cn-beijing.maas.aliyuncs.com:443")

        assert read_row(regional, task_id) == ("WS-Lab", BEIJING)

    @pytest.mark.parametrize("who", ["default", "studio", BEIJING])
    @pytest.mark.parametrize("workspace", ["ws-lab", "ws-nowhere"])
    def test_it_refuses_the_keys_of_all_others(self, regional, keys, who, workspace):
        host = f"{workspace}.cn-beijing.maas.aliyuncs.com"
        with regional.client(keys[who]) as client:
            client.get("/tasks")  # known from memory now

            for answer in (
                create(client, make_order(), **at(host)),
                client.get("/tasks", headers=at(host)),
                client.get("/tasks/x", headers=at(host)),
                client.get("/models", headers=at(host)),
            ):
                assert error_of(answer) == ENDPOINT_REFUSED

    def test_a_key_of_another_region_is_a_wrong_key_there(self, regional, keys):
        host = "ws-default.cn-beijing.maas.aliyuncs.com"
        with regional.client(keys[SINGAPORE]) as client:
            assert error_of(client.get("/tasks", headers=at(host))) == WRONG_KEY

    def test_a_header_names_no_other_workspace_there_than_a_key_may_use(self, regional, keys):
        host = "ws-studio.cn-beijing.maas.aliyuncs.com"
        with regional.client(keys["studio"]) as client:
            answer = create(client, make_order(), **at(host, **{"X-DashScope-WorkSpace": "WS-Lab"}))

        assert error_of(answer) == WORKSPACE_REFUSED

    def test_the_plan_host_takes_no_asynchronous_calls(self, regional, keys):
        host = "token-plan.cn-beijing.maas.aliyuncs.com"
        with regional.client(keys["default"]) as client:
            asynchronous = create(client, make_order(), **at(host))
            synchronous = client.post(CREATE, json=make_order(), headers=at(host))

        assert error_of(asynchronous) == (
            403,
            "AccessDenied",
            "current user api does not support asynchronous calls.",
        )
        assert error_of(synchronous)[2] == "current user api does not support synchronous calls."


class TestMakingKeys:
    @pytest.mark.parametrize("region", ["mars", "", "CN-BEIJING", "cn-beijing ", 7])
    def test_a_region_that_is_not_known_is_refused_with_those_that_are(
        self, regional, admin, region
    ):
        answer = admin.post(f"{regional.base_url}/kaiga/v1/keys", json={"region": region})

        status, code, message = error_of(answer)
        assert (status, code) == (400, "InvalidParameter")
        assert isinstance(region, int) or "cn-beijing, ap-southeast-1" in message

    def test_a_made_key_shows_where_it_belongs(self, regional, admin):
        made = make_key(
            admin, regional, account="7", workspace="ws-7", region=FRANKFURT, name="seven"
        )

        listed = admin.get(f"{regional.base_url}/kaiga/v1/keys").json()["keys"]

        (shown,) = [key for key in listed if key["id"] == made["id"]]
        assert (shown["account"], shown["workspace"], shown["region"]) == ("7", "ws-7", FRANKFURT)
