"""From OpenAI's words to the catalogue's: what is made of a wish is an order that is taken."""

import re

import pytest

from kaiga.catalogue import read_catalogue
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.domain.errors import ParameterRefused
from kaiga.domain.validation import Faults, OrderRules
from kaiga.http.openai.media import GivenMedium
from kaiga.http.openai.ordering import _prefer_tasks
from kaiga.http.openai.orders import Wish, make_order
from kaiga.http.openai.sizes import fit_size

CATALOGUE = read_catalogue()
MODELS = [each for each in CATALOGUE.list_models() if each.product in {"image", "video"}]
KIND_WORDS = {"picture": "image", "clip": "video", "sound": "audio", "mask": "image"}
ADDRESSES = {
    "image": "https://pictures.example/a.png",
    "video": "https://pictures.example/a.mp4",
    "audio": "https://pictures.example/a.mp3",
}


def get_model(name: str) -> Model:
    model = CATALOGUE.find_model(name)
    assert model is not None
    return model


def order(model: Model, **wished: object) -> dict[str, object]:
    return make_order(model, _prefer_tasks(model), Wish(model=model.name, **wished))


def refusal_of(model: str, **wished: object) -> ParameterRefused:
    with pytest.raises(ParameterRefused) as refused:
        order(get_model(model), **wished)
    return refused.value


def medium(kind: str, parameter: str = "image") -> GivenMedium:
    return GivenMedium(parameter=parameter, kind=kind, uri=ADDRESSES[kind])


def wish_for_what_is_needed(model: Model) -> Wish:
    """Ask with words alone, and add what the refusals say is needed, as a person would."""
    media: list[GivenMedium] = []
    prompt = "a fox"
    for _ in range(4):
        wish = Wish(model=model.name, prompt=prompt, media=tuple(media))
        try:
            make_order(model, _prefer_tasks(model), wish)
        except ParameterRefused as error:
            if error.parameter == "prompt":
                prompt = ""
            media += [
                medium(KIND_WORDS[word], "mask" if word == "mask" else "image")
                for word in re.findall(r"\b(picture|clip|sound|mask)s?\b", str(error))
            ]
        else:
            return wish
    raise AssertionError(f"{model.name} is never satisfied")


@pytest.mark.parametrize("model", MODELS, ids=lambda each: each.name)
def test_every_model_can_be_ordered_with_words_and_what_its_refusals_ask_for(model: Model):
    endpoint = _prefer_tasks(model)

    made = make_order(model, endpoint, wish_for_what_is_needed(model))

    checked = OrderRules(model, endpoint).check(made["input"], made["parameters"], 1)
    faults = checked.texts if isinstance(checked, Faults) else ()
    assert [text for text in faults if not is_about_its_own(text)] == []


def is_about_its_own(fault: str) -> bool:
    """Some models need a member that OpenAI's requests have no word for; clients add it."""
    return fault.startswith("Field required: ") or "enable_interleave" in fault


@pytest.mark.parametrize("model", MODELS, ids=lambda each: each.name)
def test_every_size_that_a_refusal_names_is_taken(model: Model):
    endpoint = _prefer_tasks(model)
    parameters = model.parameters_at(endpoint)
    with pytest.raises(ParameterRefused) as refused:
        fit_size(model, parameters, "7x9")

    assert refused.value.parameter == "size"
    assert fit_size(model, parameters, "auto") == {}
    for size in re.findall(r"\b(?:\d+x\d+|\d+[KkP])\b", str(refused.value).partition("Got")[0]):
        ordered = fit_size(model, parameters, size)
        assert ordered, size
        check_taken(model, endpoint, ordered)


def check_taken(model: Model, endpoint: Endpoint, ordered: object) -> None:
    checked = OrderRules(model, endpoint).check({}, ordered, 1)
    texts = checked.texts if isinstance(checked, Faults) else ()
    assert [text for text in texts if "size" in text or "resolution" in text] == []


@pytest.mark.parametrize(
    ("model", "size", "ordered"),
    [
        ("wan2.5-t2i-preview", "1024x1024", {"size": "1024*1024"}),
        ("wan2.5-t2i-preview", "1024*1024", {"size": "1024*1024"}),
        ("wan2.7-image", "2K", {"size": "2K"}),
        ("wan2.7-t2v", "720x1280", {"resolution": "720P", "ratio": "9:16"}),
        ("wan2.6-i2v", "1280x720", {"resolution": "720P"}),
        ("wan2.6-i2v", "720p", {"resolution": "720P"}),
        (
            "kling/kling-v3-image-generation",
            "1024x1024",
            {"resolution": "1k", "aspect_ratio": "1:1"},
        ),
        ("wan2.5-t2i-preview", "", {}),
    ],
)
def test_a_size_becomes_what_its_model_calls_it(model: str, size: str, ordered: object):
    found = get_model(model)

    assert fit_size(found, found.parameters_at(_prefer_tasks(found)), size) == ordered


def test_one_picture_is_made_unless_more_are_wanted():
    model = get_model("wan2.5-t2i-preview")

    assert order(model, prompt="a fox")["parameters"] == {"n": 1}
    assert order(model, prompt="a fox", count=3)["parameters"] == {"n": 3}


def test_pictures_go_where_the_model_has_them():
    pictures = (medium("image"), medium("image"))

    listed = order(get_model("wan2.5-i2i-preview"), prompt="join", media=pictures)
    written = order(get_model("qwen-image-edit-plus"), prompt="join", media=pictures)
    worn = order(get_model("aitryon"), prompt="", media=pictures)

    address = ADDRESSES["image"]
    assert listed["input"] == {"images": [address, address], "prompt": "join"}
    content = [{"image": address}, {"image": address}, {"text": "join"}]
    assert written["input"] == {"messages": [{"role": "user", "content": content}]}
    assert worn["input"] == {"person_image_url": address, "top_garment_url": address}


def test_a_mask_goes_to_the_member_for_masks_alone():
    media = (medium("image"), medium("image", "mask"))

    made = order(get_model("wanx-x-painting"), prompt="a hat", media=media)

    address = ADDRESSES["image"]
    assert made["input"] == {
        "base_image_url": address,
        "mask_image_url": address,
        "prompt": "a hat",
    }
    assert refusal_of("wan2.5-i2i-preview", prompt="x", media=media).parameter == "mask"
    assert refusal_of("qwen-image-edit-plus", prompt="x", media=media).parameter == "mask"


def test_a_clip_and_a_sound_are_told_from_a_picture():
    media = (medium("image"), medium("audio", "audio_reference"))

    made = order(get_model("wan2.2-s2v"), prompt="", media=media)

    assert made["input"] == {"image_url": ADDRESSES["image"], "audio_url": ADDRESSES["audio"]}


def test_a_model_with_a_list_of_typed_media_has_all_of_them_there():
    media = (medium("image"), medium("audio", "audio_reference"))

    made = order(get_model("wan2.7-i2v"), prompt="", media=media)

    assert made["input"] == {
        "media": [
            {"type": "first_frame", "url": ADDRESSES["image"]},
            {"type": "driving_audio", "url": ADDRESSES["audio"]},
        ]
    }


@pytest.mark.parametrize(
    ("model", "wished", "parameter", "told"),
    [
        ("wan2.5-t2i-preview", {"count": 5}, "n", "n must be 1 to 4"),
        ("qwen-image-edit", {"count": 2, "media": (medium("image"),)}, "n", "n must be 1"),
        ("wan2.2-t2v-plus", {"seconds": 8}, "seconds", "seconds must be 5"),
        ("wan2.6-t2v", {"seconds": 90}, "seconds", "seconds must be 2 to 15"),
        (
            "video-style-transform",
            {"seconds": 9, "prompt": "", "media": (medium("video"),)},
            "seconds",
            "leave seconds out",
        ),
        ("image-out-painting", {"media": (medium("image"),)}, "prompt", "takes no prompt"),
        ("wan2.5-t2i-preview", {"media": (medium("image"),)}, "image", "it takes none"),
        ("wan2.6-i2v", {"called": "input_reference"}, "input_reference", "needs a picture"),
        ("wan2.5-t2i-preview", {"further": {"steps": 9}}, "steps", "takes n, negative_prompt"),
        ("wan2.5-i2i-preview", {"further": {"images": []}}, "images", "Unknown parameter"),
        ("wanx-ast", {"further": {"title": "[oops"}}, "title", "title must be JSON"),
    ],
)
def test_what_a_model_cannot_do_is_refused_with_what_it_can(
    model: str, wished: dict[str, object], parameter: str, told: str
):
    made = {"prompt": "a fox", **wished}
    if model == "wan2.5-i2i-preview":
        made["media"] = (medium("image"),)

    error = refusal_of(model, **made)

    assert error.parameter == parameter
    assert told in str(error)


def test_members_of_the_models_own_are_passed_on_as_they_are():
    made = order(
        get_model("wan2.5-t2i-preview"),
        prompt="a fox",
        further={"seed": "7", "negative_prompt": "people", "prompt_extend": False},
    )

    assert made["input"] == {"prompt": "a fox", "negative_prompt": "people"}
    assert made["parameters"] == {"n": 1, "seed": "7", "prompt_extend": False}
