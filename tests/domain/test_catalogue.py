"""The catalogue: what is offered, and that its data are of one piece."""

import pytest

from kaiga.catalogue import read_catalogue
from kaiga.domain.catalogue import AreaSizeField, Model
from kaiga.domain.generation import Generation
from kaiga.domain.validation import OrderRules

CATALOGUE = read_catalogue()
MODELS = CATALOGUE.list_models()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_model_takes_an_order_with_a_prompt_alone(model: Model):
    assert isinstance(OrderRules(model).check({"prompt": "a cat"}, None, 0), Generation)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_model_takes_the_sizes_that_it_recommends(model: Model):
    size = model.parameters["size"]
    assert isinstance(size, AreaSizeField)

    for recommended in size.recommended.values():
        checked = OrderRules(model).check({"prompt": "a cat"}, {"size": recommended}, 0)
        assert isinstance(checked, Generation), recommended


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_model_is_found_by_its_name_and_answers_at_its_path(model: Model):
    assert CATALOGUE.find_model(model.name) is model
    assert CATALOGUE.has_operation(model.operation)
    assert model.operation_name == model.operation.replace("/", ":")


def test_no_two_models_share_a_name():
    assert len({model.name for model in MODELS}) == len(MODELS)


@pytest.mark.parametrize("name", ["", "Wan2.5-T2I-preview", "wan2.5-t2i-preview ", "gpt-image"])
def test_a_name_that_is_not_in_the_catalogue_finds_nothing(name: str):
    assert CATALOGUE.find_model(name) is None


def test_the_reference_model_is_offered_as_tasks_at_the_old_path():
    model = CATALOGUE.find_model("wan2.5-t2i-preview")

    assert model is not None
    assert model.operation == "aigc/text2image/image-synthesis"
    assert model.modes == frozenset({"async"})
    assert list(model.parameters) == ["size", "n", "prompt_extend", "watermark", "seed"]
