"""Which texts of an order its owner wrote, and how its prompt is cut."""

import pytest

from domain.samples import make_generation
from kaiga.catalogue import read_catalogue
from kaiga.domain.catalogue.model import Model
from kaiga.domain.generation import Generation
from kaiga.domain.order_texts import cut_prompt, find_longest_prompt, list_written_texts

CATALOGUE = read_catalogue()


def find(name: str) -> Model:
    model = CATALOGUE.find_model(name)
    assert model is not None
    return model


def list_texts(name: str, generation: Generation) -> list[str]:
    model = find(name)
    return list(list_written_texts(model, model.endpoints[0].operation, generation))


def test_a_negative_prompt_is_no_wish():
    generation = make_generation(prompt="a cat", negative_prompt="blood")

    assert list_texts("wan2.5-t2i-preview", generation) == ["a cat"]


@pytest.mark.parametrize(
    ("model", "options", "written"),
    [
        (
            "wanx-poster-generation-v1",
            {"title": "Sale", "sub_title": "All week", "lora_ratio": "2D插画1", "ctrl_ratio": 0.7},
            {"Sale", "All week"},
        ),
        ("wordart-texture", {"text": {"text_content": "福", "font_name": "logoti"}}, {"福"}),
        (
            "qwen-mt-image",
            {
                "source_lang": "zh",
                "target_lang": "en",
                "ext": {"domainHint": "a menu", "sensitives": ["blood"]},
            },
            {"a menu"},
        ),
    ],
)
def test_words_outside_the_prompt_count_and_choices_do_not(
    model: str, options: dict[str, object], written: set[str]
):
    assert set(list_texts(model, make_generation(prompt="", options=options))) == written


def test_every_model_with_a_prompt_has_a_place_for_it():
    for model in CATALOGUE.list_models():
        for endpoint in model.endpoints:
            texts = list_written_texts(model, endpoint.operation, make_generation(prompt="a cat"))
            assert texts == ["a cat"], model.name


def test_a_prompt_is_cut_where_its_model_stops_reading():
    model = find("wan2.5-t2i-preview")
    operation = model.endpoints[0].operation

    assert find_longest_prompt(model, operation) == 2000
    assert cut_prompt(model, operation, "a" * 2500) == "a" * 2000


def test_a_model_that_reads_its_prompt_from_messages_cuts_it_too():
    model = find("qwen-image-plus")
    longest = {
        endpoint.operation: find_longest_prompt(model, endpoint.operation)
        for endpoint in model.endpoints
    }

    assert set(longest.values()) == {3200}
