"""What a form needs to know of a model."""

from typing import Any

import httpx
import pytest

from running import RunningKaiga


@pytest.fixture(scope="module")
def forms(idle_server: RunningKaiga) -> str:
    return f"{idle_server.base_url}/kaiga/v1/forms"


def read_form(forms: str, model: str) -> dict[str, Any]:
    return httpx.get(forms, params={"model": model}).json()


def test_each_model_in_the_list_has_a_form(forms: str):
    models = httpx.get(forms).json()["models"]

    assert len(models) > 100
    for model in models:
        assert read_form(forms, model["name"])["operation"].startswith("aigc/"), model


def test_a_form_has_the_bounds_of_the_catalogue(forms: str):
    parameters = read_form(forms, "wan2.5-t2i-preview")["parameters"]

    assert parameters["n"]["minimum"] == 1
    assert parameters["n"]["maximum"] == 4
    assert parameters["size"]["recommended"]["16:9"] == "1696*960"
    assert parameters["seed"]["minimum"] == 0


def test_a_form_brings_the_limits_on_the_files_that_its_fields_name(forms: str):
    form = read_form(forms, "wan2.7-i2v")

    limits = form["limits"][form["input"]["media"]["types"]["first_frame"]["limits"]]
    assert limits["max_bytes"] == 20971520
    assert "png" in limits["formats"]


def test_a_form_is_of_the_way_that_makes_a_task_where_a_model_has_both(forms: str):
    assert read_form(forms, "wan2.6-t2i")["mode"] == "async"
    assert read_form(forms, "qwen-image-max")["mode"] == "sync"


def test_an_alias_has_the_form_of_its_model(forms: str):
    assert read_form(forms, "wan2.1-t2i-turbo")["name"] == "wanx2.1-t2i-turbo"


def test_an_unknown_model_has_no_form(forms: str):
    answer = httpx.get(forms, params={"model": "no-such-model"})

    assert answer.status_code == 400
    assert answer.json()["message"] == "Model not exist."
