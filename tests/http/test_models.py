"""`GET /models`, `/models/limits` and `/quotas`: the catalogue, in the contract's shape."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from http_calls import error_of

from running import RunningKaiga

OWN_MODELS = """
[[models]]
name = "own-picture"
extends = "wan2.5-t2i-preview"
family = "studio"
title = "A picture of our own"
without = ["limits"]
limits = { submissions_per_minute = 30 }

[[models]]
name = "own-edit"
aliases = ["own-edit-latest"]
extends = "wan2.5-t2i-preview"
title = "An edit of our own"
without = ["limits"]

[models.input.img_url]
type = "media"
kind = "image"
role = "image"

[models.input.sound]
type = "media"
kind = "audio"
role = "sound"

[[models]]
name = "own-film"
extends = "wan2.5-t2i-preview"
title = "A film of our own"
product = "video"
without = ["limits"]
limits = { concurrent_tasks = 1 }

[[models]]
name = "own-rate"
extends = "wan2.5-t2i-preview"
title = "A rate of our own"
without = ["limits"]
limits = { submissions_per_second = 5, concurrent_tasks = 5 }

[[models]]
name = "far-away"
extends = "wan2.5-t2i-preview"
title = "Elsewhere"
regions = ["eu-central-1"]
"""
ROW = {
    "model": str,
    "name": str,
    "description": str,
    "provider": str,
    "inference_provider": str,
    "capabilities": list,
    "features": list,
    "published_time": type(None),
    "model_info": dict,
    "inference_metadata": dict,
    "prices": list,
}


@pytest.fixture(scope="module")
def own_models(module_server, tmp_path_factory) -> RunningKaiga:
    folder = tmp_path_factory.mktemp("catalogue")
    (folder / "own.toml").write_text(OWN_MODELS)
    return module_server({"KAIGA_WORKERS": "0", "KAIGA_CATALOGUE": str(folder)})


@pytest.fixture(scope="module")
def reader(own_models) -> Iterator[httpx.Client]:
    with own_models.client() as client:
        yield client


def list_models(client: httpx.Client, query: str = "") -> list[dict[str, Any]]:
    """Read every page."""
    found: list[dict[str, Any]] = []
    page = 0
    while True:
        page += 1
        output = client.get(f"/models?page_no={page}&page_size=200&{query}").json()["output"]
        found += output["models"]
        if len(found) == output["total"] or not output["models"]:
            return found


def names_of(rows: list[dict[str, Any]]) -> set[str]:
    return {row["model"] for row in rows}


class TestList:
    def test_the_answer_has_the_contracts_envelope(self, reader):
        answer = reader.get("/models")

        body = answer.json()
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert body.keys() == {"code", "message", "success", "request_id", "output"}
        assert (body["code"], body["message"], body["success"]) == (None, None, True)
        assert body["request_id"] == answer.headers["x-request-id"]
        assert body["output"].keys() == {"total", "page_no", "page_size", "models"}
        assert (body["output"]["page_no"], body["output"]["page_size"]) == (1, 20)

    def test_every_model_of_the_catalogue_is_listed_whole(self, own_models, reader):
        offered = httpx.get(f"{own_models.base_url}/kaiga/v1/models").json()["models"]

        rows = list_models(reader)

        assert names_of(rows) == {each["name"] for each in offered} - {"far-away"}
        for row in rows:
            assert {name: type(value) for name, value in row.items()} == ROW
            assert row["inference_metadata"]["request_modality"]
            assert row["inference_metadata"]["response_modality"]

    def test_a_row_tells_what_goes_in_and_what_comes_out(self, reader):
        rows = {row["model"]: row for row in list_models(reader)}

        assert rows["own-picture"]["provider"] == "studio"
        assert rows["own-picture"]["capabilities"] == ["IG"]
        assert rows["own-picture"]["inference_metadata"] == {
            "request_modality": ["Text"],
            "response_modality": ["Image"],
        }
        assert rows["own-edit"]["inference_metadata"]["request_modality"] == [
            "Text",
            "Image",
            "Audio",
        ]
        assert rows["own-film"]["capabilities"] == ["VG"]
        assert rows["own-film"]["inference_metadata"]["response_modality"] == ["Video"]

    def test_pages_cover_everything_once(self, reader):
        total = reader.get("/models").json()["output"]["total"]

        pages = [
            reader.get(f"/models?page_no={page}&page_size=2").json()["output"]["models"]
            for page in range(1, total // 2 + 2)
        ]

        listed = [row["model"] for page in pages for row in page]
        assert len(listed) == len(set(listed)) == total

    def test_a_page_past_the_end_is_empty_and_one_too_large_is_clipped(self, reader):
        past = reader.get("/models?page_no=9999").json()["output"]
        large = reader.get("/models?page_size=5000").json()["output"]

        assert past["models"] == []
        assert past["total"] == large["total"]
        assert large["page_size"] == 200

    @pytest.mark.parametrize("query", ["page_no=0", "page_no=x", "page_size=-1", "page_size=1.5"])
    def test_a_page_that_can_not_be_is_refused(self, reader, query):
        assert error_of(reader.get(f"/models?{query}"))[:2] == (400, "InvalidParameter")
        assert error_of(reader.get(f"/quotas?{query}"))[:2] == (400, "InvalidParameter")

    @pytest.mark.parametrize(
        ("query", "inside", "outside"),
        [
            ("name=of%20OUR", {"own-picture", "own-edit", "own-film"}, {"wan2.5-t2i-preview"}),
            ("providers=studio", {"own-picture"}, {"own-film"}),
            ("providers=none,STUDIO", {"own-picture"}, {"own-film"}),
            ("inference_providers=sketch", {"own-picture", "own-film"}, set()),
            ("inference_providers=cloud", set(), {"own-picture"}),
            ("capabilities=VG", {"own-film"}, {"own-picture"}),
            ("capabilities=IG", {"own-picture", "own-edit"}, {"own-film"}),
            ("capabilities=ig,vg", {"own-picture", "own-film"}, set()),
            ("features=thinking", set(), {"own-picture", "own-film"}),
            ("context_window=1000", set(), {"own-picture"}),
            ("service_site=x&language=zh&supports=y", {"own-picture"}, set()),
            ("capabilities=VG&name=picture", set(), {"own-picture", "own-film"}),
        ],
    )
    def test_filters_leave_what_was_asked_for(self, reader, query, inside, outside):
        names = names_of(list_models(reader, query))

        assert inside <= names
        assert not outside & names

    @pytest.mark.parametrize("path", ["/models", "/models/"])
    def test_one_model_is_read_by_its_name(self, reader, path):
        output = reader.get(f"{path}?model=own-film&page_no=1&page_size=1").json()["output"]

        assert output["total"] == 1
        assert names_of(output["models"]) == {"own-film"}

    @pytest.mark.parametrize("name", ["own-edit-latest", "own-edit-2026-01-31"])
    def test_a_model_answers_to_every_name_that_it_can_be_called_by(self, reader, name):
        (row,) = list_models(reader, f"model={name}")

        assert (row["model"], row["name"]) == (name, "An edit of our own")

    @pytest.mark.parametrize("name", ["no-such-model", "OWN-FILM", "own-fil"])
    def test_a_name_that_is_no_models_finds_nothing(self, reader, name):
        assert list_models(reader, f"model={name}") == []

    def test_a_model_of_another_region_is_listed_there_alone(self, reader):
        there = {"Host": "eu-central-1.dashscope.localhost"}

        elsewhere = reader.get("/models?model=far-away", headers=there).json()["output"]

        assert list_models(reader, "model=far-away") == []
        assert elsewhere["total"] == 1

    def test_a_key_is_needed(self, own_models):
        for path in ("models", "models/limits", "quotas"):
            answer = httpx.get(f"{own_models.api_url}/{path}")
            assert error_of(answer) == (401, "InvalidApiKey", "No API-key provided.")

    def test_another_method_is_refused(self, reader):
        assert error_of(reader.post("/models"))[:2] == (400, "InvalidParameter")


class TestLimits:
    @pytest.mark.parametrize("path", ["/models/limits", "/models/limits/", "/quotas", "/quotas/"])
    def test_both_paths_answer_in_the_contracts_shape(self, reader, path):
        answer = reader.get(path).json()

        assert answer.keys() == {"request_id", "output"}
        assert answer["output"].keys() == {"total", "page_no", "page_size", "quotas"}
        for quota in answer["output"]["quotas"]:
            assert quota.keys() == {"model", "workspace_id", "model_limit", "workspace_limit"}

    def get_limit(self, client: httpx.Client, model: str) -> dict[str, Any] | None:
        (quota,) = client.get(f"/models/limits?model={model}").json()["output"]["quotas"]
        assert (quota["model"], quota["workspace_limit"]) == (model, None)
        return quota["model_limit"]

    def test_limits_are_those_of_the_catalogue(self, reader):
        assert self.get_limit(reader, "own-rate") == {
            "request_limit": 5,
            "request_limit_period": 1,
            "usage_limit": None,
            "usage_limit_field": None,
            "usage_limit_period": None,
            "async_user_queue_limit": None,
            "async_user_concurrency_limit": 5,
        }

    def test_a_limit_per_minute_and_one_without_a_rate_are_told_as_such(self, reader):
        per_minute = self.get_limit(reader, "own-picture")
        without_rate = self.get_limit(reader, "own-film")

        assert per_minute is not None
        assert without_rate is not None
        assert (per_minute["request_limit"], per_minute["request_limit_period"]) == (30, 60)
        assert without_rate["request_limit"] is None
        assert without_rate["request_limit_period"] is None
        assert without_rate["async_user_concurrency_limit"] == 1

    def test_a_model_without_limits_has_none(self, reader):
        assert self.get_limit(reader, "own-edit") is None

    def test_limits_name_the_workspace_of_the_call(self, reader):
        (quota,) = reader.get("/quotas?page_size=1").json()["output"]["quotas"]

        assert quota["workspace_id"] == "ws-default"

    @pytest.mark.parametrize("path", ["/models/limits", "/quotas"])
    def test_limits_can_not_be_set(self, reader, path):
        wanted = {"models": [{"model": "wan2.5-t2i-preview", "operation_type": "OVERLAY"}]}

        assert error_of(reader.post(path, json=wanted)) == (
            403,
            "AccessDenied",
            "Access denied. Rate limits can't be changed here.",
        )
