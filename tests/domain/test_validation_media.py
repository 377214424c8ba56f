"""Messages, lists of media and typed media: what is taken, and what is told of other forms."""

import pytest

from domain.checking import accept_order, make_model, refuse_order
from kaiga.domain.catalogue.fields import (
    ListedMedia,
    MediaListField,
    MediaOfType,
    MessagesField,
    TypedMediaField,
)

URL = "https://example.org/a.png"

MESSAGES = {"messages": MessagesField(max_length=4, max_images=2, min_images=1)}


def say(*content: object) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": list(content)}]}


TEXT, IMAGE = {"text": "a cat"}, {"image": URL}


def test_a_message_gives_its_text_cut_and_its_pictures_in_order():
    taken = accept_order(make_model(MESSAGES), say(IMAGE, TEXT, {"image": "https://b.org/b.png"}))

    assert taken.prompt == "a ca"
    assert [(each.member, each.url) for each in taken.media] == [
        ("input.messages[0].content[0].image", URL),
        ("input.messages[0].content[2].image", "https://b.org/b.png"),
    ]


@pytest.mark.parametrize(
    ("messages", "told"),
    [
        ({}, "Field required: input.messages"),
        ({"messages": []}, "No messages found in input"),
        ({"messages": "hi"}, "Input should be a valid list: input.messages"),
        ({"messages": [1]}, "Input should be a valid dictionary: input.messages[0]"),
        ({"messages": [{}, {}]}, "messages length only support 1"),
        ({"messages": [{"content": [TEXT]}]}, "Input should be 'user': input.messages[0].role"),
        (say(TEXT), "lack of image or text"),
        (say(IMAGE), "lack of image or text"),
        (say(IMAGE, {"text": " "}), "lack of image or text"),
        (say(IMAGE, IMAGE, IMAGE, TEXT), "content length only support 3"),
        (say(IMAGE, TEXT, TEXT), ("content must contain exactly one text. Got 2: "
         "input.messages[0].content")),
        (say(IMAGE, {"text": 3}), ("Input should be a valid string: "
         "input.messages[0].content[1].text")),
        (say({"image": 3}, TEXT), ("Input should be a valid string: "
         "input.messages[0].content[0].image")),
        (say("a", TEXT), "Input should be a valid dictionary: input.messages[0].content[0]"),
    ],
)  # fmt: skip
def test_a_message_of_another_form_is_told(messages: object, told: str):
    assert refuse_order(make_model(MESSAGES), messages) == told


def test_too_many_pictures_may_be_told_in_the_models_own_words():
    field = MessagesField(max_images=2, images_fault="{minimum}~{maximum}, got {count}")

    told = refuse_order(make_model({"messages": field}), say(IMAGE, IMAGE, IMAGE, TEXT))

    assert told == "0~2, got 3"


def test_a_message_may_be_a_text_alone():
    field = MessagesField(max_images=0)
    order = {"messages": [{"role": "user", "content": "a cat"}]}

    assert accept_order(make_model({"messages": field}), order).prompt == "a cat"


LISTED = MediaListField(
    required=True,
    min_items=1,
    max_items=3,
    kinds={
        "image": ListedMedia(role="reference_image", limits="pictures"),
        "video": ListedMedia(role="reference_video", limits="clips", max_items=1),
    },
)


def test_listed_media_have_the_role_of_their_kind():
    urls = [
        "https://a.org/a.JPG?x=1",
        "oss://bucket/b.mp4",
        "data:image/png;base64,aaaa",
    ]

    taken = accept_order(make_model({"urls": LISTED}), {"urls": urls})

    assert [(each.role, each.limits, each.member) for each in taken.media] == [
        ("reference_image", "pictures", "input.urls[0]"),
        ("reference_video", "clips", "input.urls[1]"),
        ("reference_image", "pictures", "input.urls[2]"),
    ]


@pytest.mark.parametrize("url", ["https://a.org/a", "https://a.org/a.wav", "http://[bad", "aGk="])
def test_a_listed_medium_of_no_known_kind_is_of_the_first(url: str):
    taken = accept_order(make_model({"urls": LISTED}), {"urls": [url]})

    assert [each.kind for each in taken.media] == ["image"]


@pytest.mark.parametrize(
    ("urls", "told"),
    [
        (None, "Field required: input.urls"),
        ([], "Field required: input.urls"),
        ("x", "Input should be a valid list: input.urls"),
        ([3], "Input should be a valid string: input.urls[0]"),
        ([""], "Field required: input.urls[0]"),
        ([URL] * 4, "input.urls must contain 1 to 3 items. Got 4."),
        (["a.mp4", "b.mp4"], "input.urls supports at most 1 items of kind video. Got 2."),
        ([URL] * 300, "input.urls has too many items. Got 300."),
    ],
)
def test_listed_media_of_another_form_are_told(urls: object, told: str):
    assert refuse_order(make_model({"urls": LISTED}), {"urls": urls}) == told


def test_listed_media_may_be_cut_without_an_error():
    field = MediaListField(cut_at=2, kinds={"image": ListedMedia(role="image")})

    taken = accept_order(make_model({"urls": field}), {"urls": [URL, URL, 3]})

    assert len(taken.media) == 2


TYPED = TypedMediaField(
    required=True,
    types={
        "frame": MediaOfType(kind="image", role="first_frame", max_items=1, voice_limits="voices"),
        "clip": MediaOfType(kind="video", role="clip", min_items=1, limits="clips"),
    },
)
CLIP = {"type": "clip", "url": "https://a.org/a.mp4"}


@pytest.mark.parametrize("spelling", ["reference_voice", "referenceVoice"])
def test_typed_media_have_the_role_of_their_type_and_may_name_a_voice(spelling: str):
    frame = {"type": "frame", "url": URL, spelling: "https://a.org/a.mp3"}

    taken = accept_order(make_model({"media": TYPED}), {"media": [CLIP, frame]})

    assert [(each.role, each.kind, each.limits, each.member) for each in taken.media] == [
        ("clip", "video", "clips", "input.media[0].url"),
        ("first_frame", "image", "", "input.media[1].url"),
        ("voice", "audio", "voices", f"input.media[1].{spelling}"),
    ]


@pytest.mark.parametrize(
    ("media", "told"),
    [
        (None, "Field required: input.media"),
        ([], "Field required: input.media"),
        ({}, "Input should be a valid list: input.media"),
        (["x"], "Input should be a valid dictionary: input.media[0]"),
        ([{"url": URL}], "Input should be 'frame' or 'clip': input.media[0].type"),
        ([{"type": ["clip"], "url": 1}], "Input should be 'frame' or 'clip': input.media[0].type"),
        ([{"type": "clip"}], "Field required: input.media[0].url"),
        ([{"type": "clip", "url": 3}], "Input should be a valid string: input.media[0].url"),
        ([{"type": "frame", "url": URL}], ("input.media must contain at least 1 items of type "
         "'clip'. Got 0.")),
        ([CLIP, *[{"type": "frame", "url": URL}] * 2], ("input.media must contain 0 to 1 items of "
         "type 'frame'. Got 2.")),
        ([CLIP, {"type": "frame", "url": URL, "reference_voice": 1}], ("Input should be a valid "
         "string: input.media[1].reference_voice")),
    ],
)  # fmt: skip
def test_typed_media_of_another_form_are_told(media: object, told: str):
    assert refuse_order(make_model({"media": TYPED}), {"media": media}) == told
