"""The catalogue says what the contract says: paths, limits, defaults and texts of faults."""

from collections.abc import Iterator, Sequence

import pytest

from catalogue.contract_facts import CLIPS, PATHS, PICTURES, USAGE
from catalogue.orders import MODELS, PLACES, Place, change, fill, find_model, place_of
from kaiga.domain.catalogue.fields import IntegerField, MessagesField, TextField
from kaiga.domain.catalogue.model import Model
from kaiga.domain.generation import Generation
from kaiga.domain.measures import measure

MORE_WAYS = {
    "wan2.5-i2i-preview": {("aigc/text2image/image-synthesis", "async")},
    "aitryon-parsing-v1": {("vision/image-process/process", "sync")},
}
"""Where models answer besides, as their doubts say."""
MORE_USAGE = {"z-image-turbo": {"output_tokens_details.reasoning_tokens"}}
MORE_CHARACTERS = 4
"""How many characters of Latin letters a token is taken for."""


def rows(table: str) -> list[list[str]]:
    lines = filter(None, table.splitlines())
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def by_name(table: str) -> pytest.MarkDecorator:
    lines = rows(table)
    return pytest.mark.parametrize("row", lines, ids=[line[0] for line in lines])


def size_by_default(model: Model) -> str:
    """The size of a result of the least order, before the sizes of its inputs are known."""
    place = place_of(model)
    measures = measure(model, place.accept(place.minimal), ())
    return f"{measures.width_pixels}*{measures.height_pixels}"


def test_the_facts_are_about_every_model_but_those_of_other_clients():
    named = {row[0] for row in (*rows(PICTURES), *rows(CLIPS))}

    assert named == {model.name for model in MODELS if not model.retired}


@by_name(PICTURES + CLIPS)
def test_a_model_answers_where_and_how_the_contract_says(row: Sequence[str]):
    model = find_model(row[0])
    expected = {
        (PATHS[path], mode) for path, _, mode in (way.partition(":") for way in row[1].split())
    }

    found = {(endpoint.operation, endpoint.mode) for endpoint in model.endpoints}

    assert found == expected | MORE_WAYS.get(model.name, set())


@by_name(PICTURES + CLIPS)
def test_usage_has_exactly_the_members_of_the_contract(row: Sequence[str]):
    model, told = find_model(row[0]), row[-1]
    if told == "-":
        return

    members = set(model.usage) - MORE_USAGE.get(model.name, set())

    assert members == set(USAGE[told].split())


@by_name(PICTURES + CLIPS)
def test_a_prompt_is_as_long_as_the_contract_says(row: Sequence[str]):
    model, written = find_model(row[0]), row[2]
    for place in (place for place in PLACES if place.model is model):
        field = place.fields.get("input.prompt") or place.fields.get("input.messages")
        if not isinstance(field, TextField | MessagesField) or written == "-":
            continue
        if written.endswith("t"):
            tokens = int(written.removesuffix("t"))
            assert field.max_length == tokens * MORE_CHARACTERS
            assert field.chinese_counts == MORE_CHARACTERS
        else:
            assert field.max_length == int(written)


@by_name(PICTURES)
def test_a_message_has_as_many_pictures_as_the_contract_says(row: Sequence[str]):
    place = place_of(find_model(row[0]))
    if row[3] == "-":
        return
    least, _, most = row[3].partition("-")
    counts = range(int(most or 20) + 2)

    taken = [count for count in counts if _takes_pictures(place, count)]

    if place.model.name == "wan2.6-image":  # none only where texts and pictures alternate
        least = "1"
    assert taken == list(range(int(least), int(most or 21) + 1))


def _takes_pictures(place: Place, count: int) -> bool:
    content = [{"image": fill("media:image")}] * count
    messages = [{"role": "user", "content": [*content, {"text": "a cat"}]}]
    return isinstance(place.check({"input": {"messages": messages}}), Generation)


@by_name(PICTURES)
def test_there_are_as_many_results_as_the_contract_says(row: Sequence[str]):
    place = place_of(find_model(row[0]))
    field = place.fields.get("parameters.n")
    if row[4] == "-" or field is None:
        return
    most, _, default = row[4].partition("/")

    assert isinstance(field, IntegerField)
    assert (field.minimum, field.maximum) == (1, int(most))
    assert place.accept(place.minimal).count == (1 if default == "-" else int(default))


@by_name(PICTURES)
def test_a_picture_has_the_contracts_size_where_none_is_asked_for(row: Sequence[str]):
    model, written = find_model(row[0]), row[5]
    if written == "-":
        return
    squares = {"1K": 1280 if model.name == "wan2.6-image" else 1024, "2K": 2048}
    side = squares.get(written)

    assert size_by_default(model) == (f"{side}*{side}" if side else written)


@by_name(CLIPS)
def test_a_clip_is_as_long_as_the_contract_says(row: Sequence[str]):
    place = place_of(find_model(row[0]))
    field = place.fields.get("parameters.duration")
    if row[3] == "-":
        assert field is None
        return
    assert isinstance(field, IntegerField)
    if "-" in row[3]:
        assert [field.minimum, field.maximum] == [int(each) for each in row[3].split("-")]
    else:
        assert field.values == tuple(int(each) for each in row[3].split(","))
    assert field.default == int(row[4])


@by_name(CLIPS)
def test_a_clip_has_the_contracts_size_or_tier_where_none_is_asked_for(row: Sequence[str]):
    model, written = find_model(row[0]), row[5]
    if written == "-":
        return
    place = place_of(model)
    measures = measure(model, place.accept(place.minimal), ())

    if written.endswith("P"):
        assert measures.tier == written
    else:
        assert size_by_default(model) == written


@by_name(CLIPS)
def test_rate_limits_are_the_contracts(row: Sequence[str]):
    limits = find_model(row[0]).limits
    shown = (limits.submissions_per_second or "-", limits.concurrent_tasks or "-")

    assert "/".join(map(str, shown)) == row[6]


@pytest.mark.parametrize(
    ("name", "second", "minute", "concurrent"),
    [
        ("wanx-v1", 2, None, 1),
        ("wanx2.0-t2i-turbo", 2, None, 2),
        ("wanx2.1-t2i-plus", 2, None, 2),
        ("wanx2.1-imageedit", 2, None, 2),
        ("image-out-painting", 2, None, 5),
        ("wanx-poster-generation-v1", 2, None, 1),
        ("wanx-background-generation-v2", 2, None, 1),
        ("virtualmodel-v2", 2, None, 1),
        ("shoemodel-v1", 2, None, 1),
        ("aitryon-plus", 10, None, 5),
        ("aitryon-refiner", 10, None, 5),
        ("qwen-mt-image", 1, None, 2),
        ("qwen-image-max", None, 2, None),
    ],
)
def test_rate_limits_of_pictures_are_the_contracts(
    name: str, second: int | None, minute: int | None, concurrent: int | None
):
    limits = find_model(name).limits

    assert limits.submissions_per_second == second
    assert limits.submissions_per_minute == minute
    assert limits.concurrent_tasks == concurrent


OLD_SIZES = ("qwen-image", "qwen-image-plus")
FIXED = (
    "wan2.2-t2v-plus", "wanx2.1-t2v-turbo", "wanx2.1-t2v-plus", "wan2.2-i2v-flash",
    "wan2.2-i2v-plus", "wanx2.1-i2v-plus", "wan2.2-kf2v-flash", "wanx2.1-kf2v-plus",
    "wanx2.1-vace-plus",
)  # fmt: skip
RANGED = ("wan2.7-t2v", "wan2.6-t2v", "wan2.7-i2v", "wan2.6-i2v", "wan2.6-i2v-flash", "wan2.7-r2v")
TIERED = ("wan2.7-t2v", "wan2.7-i2v", "wan2.6-i2v", "wan2.7-videoedit", "happyhorse-1.0-t2v")

TEXTS: list[tuple[tuple[str, ...], str, object, str]] = [
    (("wan2.6-t2i",), "parameters.size", "1536*1536",
     "Total pixels (2359296) must be between 589824 and 2073600."),
    (("wan2.7-image", "wan2.7-image-pro"), "parameters.size", "767*767",
     "Total pixels (588289) must be between 589824 and 16777216"),
    (("wan2.7-image",), "parameters.size", "4K",
     "Size 4K is not supported for t2i scenario. Maximum supported size is 2K"),
    (("wan2.2-t2i-flash", "wan2.2-t2i-plus", "wanx2.1-t2i-turbo", "wanx2.1-t2i-plus"),
     "parameters.size", "511*1440", "Either width or height should be between 512 and 1440."),
    (("wanx2.0-t2i-turbo",), "parameters.size", "512*512",
     ("The size does not match the allowed size ['768*768', '576*1024', '1024*576', '1024*1024', "
     "'720*1280', '1280*720', '864*1152', '1152*864'].")),
    (("wanx-v1",), "parameters.size", "512*512",
     "The size does not match the allowed size ['1024*1024', '720*1280', '1280*720', '768*1152']."),
    (OLD_SIZES, "parameters.size", "512*512",
     "The size does not match the allowed size 1664*928,1472*1104,1328*1328,1104*1472,928*1664."),
    (("qwen-image-max",), "parameters.size", "9999*9999",
     "Size 9999*9999 is out of range [512*512, 2048*2048]"),
    (("qwen-image-2.0", "qwen-image-2.0-pro"), "parameters.size", "9*9",
     "Image area must be between 262144 (512x512) and 4194304 (2048x2048) pixels."),
    (("qwen-image-2.1-pro", "qwen-image-3.0", "qwen-image-3.0-pro"), "parameters.size", "9*9",
     "Image area must be between 262144 (512x512) and 6553600 (2560x2560) pixels for t2i requests"),
    (("z-image-turbo",), "parameters.size", "3*3",
     "Image area must be between 262144 and 4194304 pixels. Got area=9 (width=3, height=3)."),
    ((*OLD_SIZES, "qwen-image-max", "qwen-image-edit", "z-image-turbo"), "parameters.n", 2,
     "num_images_per_prompt must be 1"),
    (("wan2.2-t2v-plus",), "parameters.size", "1280*720",
     "size must be in 1080*1920,1920*1080,1440*1440,1632*1248,1248*1632,480*832,832*480,624*624"),
    (("wan2.2-t2v-plus", "wan2.6-t2v"), "parameters.size", "480P",
     "Invalid input format, expected format like '480*832'"),
    (FIXED, "parameters.duration", 6, "duration customization is not supported"),
    (RANGED, "parameters.duration", 16, "Duration should be between 2 and 15"),
    (RANGED, "parameters.duration", 1, "Duration should be between 2 and 15"),
    (TIERED, "parameters.resolution", "2K",
     "Input should be '1080P' or '720P': parameters.resolution"),
    (("wan2.7-i2v",), "input.media", [{"type": "x", "url": "https://example.org/x"}],
     ("Input should be 'first_frame', 'last_frame', 'driving_audio' or 'first_clip': "
     "input.media[0].type")),
    (("wan2.7-r2v",), "input.media", [{"type": "x", "url": "https://example.org/x"}],
     ("Input should be 'reference_image', 'reference_video' or 'first_frame': "
     "input.media[0].type")),
    (("emo-v1",), "parameters.style_level", "wild", "The style_level is invalid."),
    (("emo-v1", "emoji-v1"), "input.ext_bbox", [1, 2], "Invalid ext_bbox."),
    (("emoji-v1",), "input.driven_id", "nobody", "Driven not exist: driven_id."),
    (("animate-anyone-gen2",), "parameters.video_ratio", "1:1",
     "parameters.video_ratio must be 9:16 or 3:4."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "path", "value", "told"),
    [(name, path, value, told) for names, path, value, told in TEXTS for name in names],
)
def test_a_fault_is_told_in_the_services_own_words(name: str, path: str, value: object, told: str):
    for place in (place for place in PLACES if place.model.name == name):
        assert place.refuse(change(place.minimal, path, value)) == (told,)


@pytest.mark.parametrize("name", [*OLD_SIZES, "wan2.6-t2i", "z-image-turbo", "qwen-image-2.0"])
def test_a_tier_where_there_is_none_is_told_with_the_form_expected(name: str):
    for place in (place for place in PLACES if place.model.name == name):
        (told,) = place.refuse(change(place.minimal, "parameters.size", "1K"))

        assert told.startswith("Invalid size format. Expected format: '<width>*<height>'")


def test_four_pictures_for_qwen_image_2_are_told_by_the_known_fragment():
    place = place_of(find_model("qwen-image-2.0"))
    content = [{"image": fill("media:image")}] * 4
    messages = [{"role": "user", "content": [*content, {"text": "a cat"}]}]

    (told,) = place.refuse({"input": {"messages": messages}})

    assert "supports 0~3 image content items" in told


@pytest.mark.parametrize("name", FIXED)
def test_an_explicit_duration_of_five_passes_where_it_is_fixed(name: str):
    place = place_of(find_model(name))

    assert place.accept(change(place.minimal, "parameters.duration", 5)).duration_seconds == 5.0


def test_vace_takes_the_sdks_own_function_for_none():
    place = place_of(find_model("wanx2.1-vace-plus"))

    assert place.refuse(change(place.minimal, "input.function", "video-synthesis")) == (
        "Field required: input.function",
    )


def test_the_vercel_clients_picture_is_a_first_frame():
    place = place_of(find_model("wan2.7-i2v"))

    generation = place.accept({"input": {"prompt": "up", "img_url": "https://example.org/a.png"}})

    assert [each.role for each in generation.media] == ["first_frame"]


def test_a_happyhorse_prompt_counts_chinese_characters_twice():
    place = place_of(find_model("happyhorse-1.1-t2v"))

    latin = place.accept({"input": {"prompt": "a" * 6000}})
    chinese = place.accept({"input": {"prompt": "猫" * 6000}})

    assert (len(latin.prompt), len(chinese.prompt)) == (5000, 2500)


@pytest.mark.parametrize("name", [model.name for model in MODELS if model.family == "happyhorse"])
def test_happyhorse_clips_are_marked_unless_asked_otherwise(name: str):
    place = place_of(find_model(name))

    assert place.accept(place.minimal).watermark is True
    assert place.model.watermark_text == "Happy Horse"
    assert place.accept(change(place.minimal, "parameters.watermark", False)).watermark is False


def test_an_interleaved_answer_has_as_many_pictures_as_are_allowed():
    place = place_of(find_model("wan2.6-image"), "async")
    messages = [{"role": "user", "content": [{"text": "a tale"}]}]
    order = {"input": {"messages": messages}, "parameters": {"enable_interleave": True}}

    assert place.accept(order).count == 5
    assert place.accept(change(order, "parameters.max_images", 2)).count == 2


def test_a_sequence_of_pictures_counts_up_to_twelve():
    place = place_of(find_model("wan2.7-image"))

    assert place.accept(change(place.minimal, "parameters.enable_sequential", True)).count == 12
    assert place.accept(place.minimal).count == 4


def answers() -> Iterator[tuple[str, str, str]]:
    for row in (*rows(PICTURES), *rows(CLIPS)):
        model = find_model(row[0])
        for endpoint in model.endpoints:
            yield model.name, endpoint.operation, model.output_at(endpoint.operation).shape


def test_messages_are_answered_with_choices_and_prompts_with_results():
    for name, operation, shape in answers():
        place = next(
            each
            for each in PLACES
            if each.model.name == name and each.endpoint.operation == operation
        )
        assert ("input.messages" in place.fields) is (shape == "choices"), name
