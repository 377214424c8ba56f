"""Models are found under every name that clients have for them, and paths are known."""

import pytest

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Endpoint, Model, Output, name_of_operation

TEXT2IMAGE = "aigc/text2image/image-synthesis"
MULTIMODAL = "aigc/multimodal-generation/generation"


def make_model(name: str, *aliases: str, endpoints: tuple[Endpoint, ...] | None = None) -> Model:
    return Model(
        name=name,
        aliases=aliases,
        family="wan",
        title=name,
        product="image",
        task="text-to-image",
        endpoints=endpoints or (Endpoint(operation=TEXT2IMAGE, mode="async"),),
        output=Output(shape="results"),
        usage={"image_count": "count"},
    )


PLAIN, RENAMED = make_model("wan2.2-t2i-flash"), make_model("wanx2.1-t2i-plus", "wan2.1-t2i-plus")
CATALOGUE = Catalogue([PLAIN, RENAMED], ["aigc/video-generation/video-synthesis"])


def test_a_model_is_found_under_its_name():
    assert CATALOGUE.find_model("wan2.2-t2i-flash") is PLAIN


def test_a_model_is_found_under_each_alias():
    assert CATALOGUE.find_model("wan2.1-t2i-plus") is RENAMED


@pytest.mark.parametrize(
    ("name", "found"),
    [("wan2.2-t2i-flash-2026-01-09", PLAIN), ("wan2.1-t2i-plus-2025-10-30", RENAMED)],
)
def test_a_dated_name_finds_the_plain_model(name: str, found: Model):
    assert CATALOGUE.find_model(name) is found


def test_a_dated_model_of_its_own_is_found_before_the_plain_one():
    dated = make_model("wan2.2-t2i-flash-2026-01-09")

    assert Catalogue([PLAIN, dated]).find_model("wan2.2-t2i-flash-2026-01-09") is dated


@pytest.mark.parametrize(
    "name",
    ["", "Wan2.2-T2I-flash", "wan2.2-t2i-flash ", "gpt-image", "wan2.2-t2i-flash-2026",
     "wan2.2-t2i-flash-2026-1-9", "-2026-01-09", "2026-01-09"],
)  # fmt: skip
def test_another_name_finds_nothing(name: str):
    assert CATALOGUE.find_model(name) is None


def test_a_path_is_known_when_a_model_answers_there_or_it_is_documented():
    assert CATALOGUE.has_operation(TEXT2IMAGE)
    assert CATALOGUE.has_operation("aigc/video-generation/video-synthesis")
    assert not CATALOGUE.has_operation("aigc/text2image")


def test_models_are_listed_in_their_order():
    assert CATALOGUE.list_models() == (PLAIN, RENAMED)


def test_an_operation_is_named_with_colons():
    assert name_of_operation(TEXT2IMAGE) == "aigc:text2image:image-synthesis"


def test_what_an_endpoint_has_of_its_own_stands_for_the_models():
    own = Endpoint(
        operation=MULTIMODAL,
        mode="sync",
        output=Output(shape="choices"),
        usage={"width": "width"},
        input={},
        minimal_request={"input": {}},
        full_requests=({"input": {}},),
    )
    plain = Endpoint(operation=TEXT2IMAGE, mode="async")
    model = make_model("m", endpoints=(plain, own))

    assert model.output_at(MULTIMODAL).shape == "choices"
    assert model.output_at(TEXT2IMAGE).shape == "results"
    assert model.usage_at(MULTIMODAL) == {"width": "width"}
    assert model.usage_at(TEXT2IMAGE) == {"image_count": "count"}
    assert model.input_at(own) == {}
    assert model.minimal_request_at(own) == {"input": {}}
    assert model.full_requests_at(own) == ({"input": {}},)
    assert model.list_endpoints(MULTIMODAL) == (own,)
