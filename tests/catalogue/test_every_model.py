"""Laws that every entry of the catalogue keeps, whatever the model."""

import re
from collections.abc import Iterator, Mapping

import pytest

from catalogue.orders import ABSENT, CATALOGUE, MODELS, PLACES, Place, change, read
from kaiga.domain.catalogue.fields import (
    AreaSizeField,
    Field,
    MediaField,
    MediaListField,
    MessagesField,
    ObjectField,
    SideSizeField,
    TypedMediaField,
)
from kaiga.domain.catalogue.model import Model
from kaiga.domain.validation import Faults

TASKS = {
    "text-to-image", "image-edit", "image-edit-function", "masked-repaint", "erase",
    "out-painting", "sketch-to-image", "background-generation", "style-repaint", "segmentation",
    "image-translation", "word-art-texture", "word-art-semantic", "try-on", "try-on-refinement",
    "garment-parsing", "shoe-model", "virtual-model", "poster", "portrait-album", "cosplay",
    "captioned-image", "text-to-video", "image-to-video", "reference-to-video", "any-to-video",
    "video-edit", "vace", "character-animate", "character-replace", "talking-portrait", "lip-sync",
    "emoji-video", "dance-video", "video-restyle", "motion-template", "emo-check", "emoji-check",
    "portrait-check", "humanoid-check", "body-check",
}  # fmt: skip
"""What engines are asked to do."""

ROLES = {
    "reference", "image", "mask", "foreground", "sketch", "person", "garment_top",
    "garment_bottom", "coarse", "template", "shoe", "background", "audio", "first_frame",
    "last_frame", "first_clip", "last_clip", "reference_image", "reference_video",
    "reference_audio", "voice", "document", "link", "video", "mask_video", "logo",
    "foreground_edge", "background_edge",
}  # fmt: skip

each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
each_place = pytest.mark.parametrize("place", PLACES, ids=str)


def test_every_documented_model_is_there():
    pictures = [model for model in MODELS if model.product == "image"]
    others = [model for model in MODELS if model.product != "image"]

    assert len(pictures) == 59
    assert len([model for model in others if not model.retired]) == 47
    assert [model.name for model in others if model.retired] == [
        "happyhorse-1.1-video-edit", "wanx-img2video-pro", "wanx-kf2v", "wanx-txt2video-pro",
    ]  # fmt: skip


def test_no_two_models_share_a_name_or_an_alias():
    names = [name for model in MODELS for name in (model.name, *model.aliases)]

    assert len(set(names)) == len(names)


def test_every_engine_task_has_a_model():
    assert {model.task for model in MODELS} == TASKS


@each_model
def test_a_model_is_found_by_its_name_and_each_alias(model: Model):
    for name in (model.name, *model.aliases, f"{model.name}-2026-01-09"):
        assert CATALOGUE.find_model(name) is model


@each_model
def test_a_model_is_described(model: Model):
    assert model.family
    assert model.title
    assert model.title != model.name
    assert re.fullmatch(r"[A-Z].*\.", model.description)
    assert all(re.fullmatch(r".*\.", doubt) for doubt in model.doubts)


@each_model
def test_a_lenient_model_says_what_is_unknown_about_it(model: Model):
    assert model.certainty == "exact" or model.doubts


@each_model
def test_a_model_is_offered_everywhere_and_says_where_the_service_has_it(model: Model):
    assert model.regions == frozenset()
    assert set(model.documented_regions) <= {
        "cn-beijing", "ap-southeast-1", "us-east-1", "eu-central-1",
    }  # fmt: skip


@each_model
def test_a_model_answers_once_at_each_path_and_mode(model: Model):
    ways = [(endpoint.operation, endpoint.mode) for endpoint in model.endpoints]

    assert ways
    assert len(set(ways)) == len(ways)
    assert all(CATALOGUE.has_operation(operation) for operation, _ in ways)


@each_model
def test_a_product_has_what_belongs_to_it(model: Model):
    shape = model.output.shape

    assert (model.clip is not None) is (model.product == "video")
    assert (shape == "findings") is (model.product in ("judgement", "template"))
    assert ("video_url" in shape) is (model.product == "video")
    if model.product == "judgement":
        assert {endpoint.mode for endpoint in model.endpoints} == {"sync"}


@each_place
def test_the_least_request_is_taken(place: Place):
    place.accept(place.minimal)


@each_place
def test_a_request_with_everything_is_taken(place: Place):
    for request in place.full:
        place.accept(request)


@each_place
def test_an_order_counts_one_result_at_least_and_has_a_seed(place: Place):
    for request in (place.minimal, *place.full):
        generation = place.accept(request)

        assert 1 <= generation.count <= 12
        assert 0 <= generation.seed < 2**31


@each_place
def test_the_full_requests_set_every_member(place: Place):
    set_members = {path for request in place.full for path in _paths_in(request, place.fields)}

    assert set(_all_paths(place.fields)) - set_members == set()


@each_place
def test_the_full_requests_set_each_member_to_something_else_than_its_default(place: Place):
    for path, field in place.fields.items():
        if _has_one_value(field) or getattr(field, "default", None) is None:
            continue
        given = [read(request, path) for request in place.full]

        assert any(value not in (None, field.default) for value in given), path  # type: ignore[union-attr]


@each_place
def test_the_least_request_names_only_what_is_asked_for(place: Place):
    required = {path for path, field in place.fields.items() if field.required}
    given = {
        f"{group}.{name}"
        for group in ("input", "parameters")
        for name in place.minimal.get(group) or {}  # type: ignore[attr-defined]
    }

    assert required <= given
    for path in given - required:  # it is there because a rule asks for it
        checked = place.check(change(place.minimal, path, ABSENT))
        assert isinstance(checked, Faults) or place.model.certainty == "lenient", path


@each_place
def test_recommended_sizes_are_taken(place: Place):
    field = place.fields.get("parameters.size")
    if not isinstance(field, AreaSizeField | SideSizeField):
        return
    for size in field.recommended.values():
        width, height = map(int, size.split("*"))
        request = {**place.minimal, "parameters": {"size": size}}

        generation = place.accept(request)

        assert (generation.width_pixels, generation.height_pixels) == (width, height)


@each_place
def test_media_have_a_known_role_and_rules_that_fit_their_kind(place: Place):
    for role, kind, limits in _media_of(place.fields):
        assert role in ROLES
        if kind != "link":
            assert CATALOGUE.media_limits[limits].kind == kind


@each_place
def test_media_of_a_request_reach_the_engine_under_a_path_of_the_request(place: Place):
    for request in place.full:
        for medium in place.accept(request).media:
            assert re.fullmatch(r"input(\.\w+|\[\d+\])+", medium.member)
            assert _follow(request, medium.member) == medium.url


def test_every_named_set_of_limits_is_used():
    used = {limits for place in PLACES for _, _, limits in _media_of(place.fields)}

    assert set(CATALOGUE.media_limits) - used == set()


def test_unknown_members_change_nothing():
    noise = {"extend_prompt": True, "is_async": True, "with_audio": False, "enable_overlays": [1]}
    for place in PLACES:
        request = place.minimal
        noisy = {
            group: {**noise, "function": "video-synthesis", **(request.get(group) or {})}  # type: ignore[dict-item]
            for group in ("input", "parameters")
        }
        if "input.function" in place.fields:
            noisy["parameters"].pop("function")

        assert place.check(noisy) == place.accept(request), str(place)


def _follow(request: object, path: str) -> object:
    for step in re.findall(r"\w+", path):
        request = request[int(step)] if step.isdigit() else request[step]  # type: ignore[index]
    return request


def _has_one_value(field: Field) -> bool:
    values = getattr(field, "values", ())
    bounds = (getattr(field, "minimum", None), getattr(field, "maximum", None))
    return len(values) == 1 or (bounds[0] is not None and bounds[0] == bounds[1])


def _all_paths(fields: Mapping[str, Field]) -> Iterator[str]:
    for path, field in fields.items():
        yield path
        match field:
            case TypedMediaField():
                yield from (f"{path}.{name}" for name in field.types)
            case ObjectField():
                yield from (f"{path}.{name}" for name in field.members)
            case _:
                pass


def _paths_in(request: Mapping[str, object], fields: Mapping[str, Field]) -> Iterator[str]:
    for path, field in fields.items():
        value = read(request, path)
        if value is None:
            continue
        yield path
        match field, value:
            case TypedMediaField(), list():
                yield from (f"{path}.{item['type']}" for item in value)
            case ObjectField(), dict():
                yield from (f"{path}.{name}" for name in value)
            case _:
                pass


def _media_of(fields: Mapping[str, Field]) -> Iterator[tuple[str, str, str]]:
    for field in fields.values():
        match field:
            case MediaField():
                yield field.role, field.kind, field.limits
            case MessagesField() if field.max_images != 0:
                yield field.role, "image", field.limits
            case MediaListField():
                for kind, listed in field.kinds.items():
                    yield listed.role, kind, listed.limits
            case TypedMediaField():
                for typed in field.types.values():
                    yield typed.role, typed.kind, typed.limits
                    if typed.voice_limits:
                        yield "voice", "audio", typed.voice_limits
            case ObjectField():
                yield from _media_of(field.members)
            case _:
                pass
