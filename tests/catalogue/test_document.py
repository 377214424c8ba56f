"""docs/catalogue.md speaks of everything that an entry can say."""

import re
from pathlib import Path
from typing import get_args

import pytest

from catalogue.orders import MODELS, Request
from kaiga.catalogue import read_catalogue
from kaiga.domain.catalogue.fields import Field
from kaiga.domain.usage import is_usage_source

DOCUMENT = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text("utf-8")
TABLED = set(re.findall(r"`([^`\n]+)`", "\n".join(re.findall(r"^\|.*$", DOCUMENT, re.MULTILINE))))


@pytest.mark.parametrize("field", get_args(Field))
def test_every_type_of_member_is_told(field: type[Field]):
    assert field.__struct_config__.tag in TABLED


def test_every_source_of_usage_that_a_model_has_is_told():
    used = {
        source
        for model in MODELS
        for endpoint in model.endpoints
        for source in model.usage_at(endpoint.operation).values()
        if not source.startswith(("=", "option:"))
    }

    assert used - TABLED == set()


def test_every_source_of_usage_that_is_told_is_one():
    lines = DOCUMENT.partition("| source | tells |")[2].partition("\n\n")[0].splitlines()
    told = re.findall(r"`([^`]+)`", "".join(line.split("|")[1] for line in lines if "|" in line))

    assert told
    assert all(is_usage_source(source) for source in told)


def test_every_notation_of_a_file_is_told():
    def find(value: object) -> set[str]:
        return set(re.findall(r"media:[a-z:]+", str(value)))

    requests: list[Request] = [
        request
        for model in MODELS
        for endpoint in model.endpoints
        for request in (
            model.minimal_request_at(endpoint),
            *model.full_requests_at(endpoint),
        )
    ]
    used = {notation for request in requests for notation in find(request)}

    assert used - TABLED == set()


def test_the_example_is_a_model(tmp_path: Path):
    (example,) = re.findall(r"^```toml\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    (tmp_path / "own.toml").write_text(example, "utf-8")

    model = read_catalogue(tmp_path).find_model("our-flowers")

    assert model is not None
    assert "petals" in model.parameters
