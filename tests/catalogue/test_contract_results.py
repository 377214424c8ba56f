"""Sizes, lengths, sound and usage of results, as the contract gives them for each model."""

from collections.abc import Mapping, Sequence

import pytest

from catalogue.orders import change, find_model, place_of
from kaiga.domain.measures import InputAtHand, Measures, measure
from kaiga.domain.media_limits import InspectedMedia
from kaiga.domain.usage import Made, make_usage


def picture(role: str, width: int, height: int) -> InputAtHand:
    return InputAtHand(
        role=role,
        media=InspectedMedia(format="png", size_bytes=1, width_pixels=width, height_pixels=height),
    )


def clip(role: str, width: int, height: int, seconds: float, rate: float = 30.0) -> InputAtHand:
    return InputAtHand(
        role=role,
        media=InspectedMedia(
            format="mp4",
            size_bytes=1,
            width_pixels=width,
            height_pixels=height,
            duration_seconds=seconds,
            frames_per_second=rate,
        ),
    )


def sound(role: str, seconds: float) -> InputAtHand:
    media = InspectedMedia(format="wav", size_bytes=1, duration_seconds=seconds, has_sound=True)
    return InputAtHand(role=role, media=media)


def measure_order(
    name: str, parameters: Mapping[str, object], inputs: Sequence[InputAtHand], request: int = -1
) -> Measures:
    place = place_of(find_model(name))
    order = place.minimal if request < 0 else place.full[request]
    for member, value in parameters.items():
        order = change(order, f"parameters.{member}", value)
    return measure(place.model, place.accept(order), inputs)


SIZES: list[tuple[str, dict[str, object], list[InputAtHand], tuple[int, int]]] = [
    ("wan2.6-i2v", {"resolution": "720P"}, [picture("first_frame", 750, 1000)], (816, 1104)),
    ("wan2.7-i2v", {"resolution": "720P"}, [clip("first_clip", 750, 1000, 3)], (816, 1104)),
    ("wan2.2-kf2v-flash", {"resolution": "480P"}, [picture("last_frame", 9, 9),
     picture("first_frame", 832, 480)], (832, 480)),
    ("wan2.7-t2v", {"resolution": "720P", "ratio": "4:3"}, [], (1104, 832)),
    ("wan2.7-t2v", {}, [], (1920, 1080)),
    ("wan2.7-r2v", {"ratio": "3:4"}, [picture("reference_image", 10, 10)], (1248, 1648)),
    ("wan2.7-videoedit", {"resolution": "720P"}, [clip("video", 500, 500, 3)], (960, 960)),
    ("wan2.7-videoedit", {"ratio": "1:1"}, [clip("video", 640, 360, 3)], (1440, 1440)),
    ("happyhorse-1.1-t2v", {"resolution": "480P"}, [], (832, 480)),
    ("happyhorse-1.1-t2v", {"resolution": "720P", "ratio": "4:3"}, [], (1104, 832)),
    ("happyhorse-1.1-t2v", {"resolution": "720P", "ratio": "21:9"}, [], (1456, 624)),
    ("happyhorse-1.0-i2v", {}, [picture("first_frame", 600, 600)], (1440, 1440)),
    ("wan3.0-video", {"resolution": "720P"}, [], (1280, 720)),
    ("wan3.0-video", {"resolution": "720P"}, [picture("first_frame", 500, 500)], (960, 960)),
    ("wan3.0-video", {"resolution": "720P", "ratio": "9:16"}, [], (720, 1280)),
    ("wan2.2-animate-move", {}, [clip("video", 640, 360, 3), picture("image", 720, 1280)],
     (720, 1280)),
    ("wan2.2-animate-mix", {}, [clip("video", 640, 360, 3), picture("image", 720, 1280)],
     (1280, 720)),
    ("wan2.2-s2v", {}, [picture("image", 480, 832), sound("audio", 4)], (480, 832)),
    ("animate-anyone-gen2", {}, [picture("image", 480, 832)], (720, 1280)),
    ("emo-v1", {}, [picture("image", 480, 832)], (0, 0)),
    ("liveportrait", {}, [picture("image", 480, 832)], (0, 0)),
    ("video-style-transform", {}, [clip("video", 640, 360, 3)], (0, 0)),
    ("wan2.5-i2i-preview", {}, [picture("image", 100, 100), picture("image", 1600, 1000)],
     (1616, 1008)),
    ("wan2.7-image", {"size": "1K"}, [picture("image", 400, 400)], (1024, 1024)),
    ("wan2.7-image-pro", {"size": "4K"}, [], (4096, 4096)),
    ("wan2.7-image", {}, [picture("image", 300, 300), picture("image", 900, 1600)], (1536, 2720)),
    ("wan2.6-image", {}, [picture("image", 300, 300), picture("image", 900, 1600)], (960, 1712)),
    ("qwen-image-edit", {}, [picture("image", 300, 300), picture("image", 900, 1600)],
     (768, 1360)),
    ("wan2.6-image", {"size": "1000*1007"}, [], (1008, 1008)),
    ("qwen-image-2.0", {}, [picture("image", 10, 10), picture("image", 1000, 750)], (1008, 752)),
    ("qwen-image-2.0", {}, [picture("image", 4000, 4000)], (2048, 2048)),
    ("qwen-image-edit", {}, [picture("image", 3072, 3072)], (1024, 1024)),
    ("qwen-image-edit-max", {"size": "1000*600"}, [picture("image", 400, 400)], (1008, 608)),
    ("kling/kling-v3-image-generation", {"resolution": "2k", "aspect_ratio": "1:1"}, [],
     (2048, 2048)),
    ("wanx2.1-imageedit", {}, [picture("image", 700, 600)], (0, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "parameters", "inputs", "size"), SIZES)
def test_a_result_has_the_size_that_the_contract_gives_it(
    name: str,
    parameters: Mapping[str, object],
    inputs: Sequence[InputAtHand],
    size: tuple[int, int],
):
    measures = measure_order(name, parameters, inputs)

    assert (measures.width_pixels, measures.height_pixels) == size


@pytest.mark.parametrize(
    ("request_number", "inputs", "size", "seconds"),
    [
        (0, [picture("reference_image", 900, 900)], (720, 1280), 5.0),
        (1, [clip("video", 1920, 1080, 4.5)], (1280, 720), 4.5),
        (1, [clip("video", 640, 360, 9.0)], (640, 360), 5.0),
        (2, [clip("video", 640, 360, 4.0)], (960, 960), 4.0),
        (3, [clip("video", 640, 360, 4.0)], (640, 360), 4.0),
        (4, [picture("first_frame", 800, 600)], (800, 600), 5.0),
        (5, [clip("video", 640, 360, 2.0), clip("first_clip", 320, 320, 2.0)], (640, 360), 5.0),
        (6, [clip("video", 640, 360, 3.0)], (0, 0), 3.0),
    ],
)
def test_each_function_of_vace_gives_its_size_and_length(
    request_number: int,
    inputs: Sequence[InputAtHand],
    size: tuple[int, int],
    seconds: float,
):
    measures = measure_order("wanx2.1-vace-plus", {}, inputs, request_number)

    assert (measures.width_pixels, measures.height_pixels) == size
    assert measures.duration_seconds == seconds
    assert measures.sound is False


@pytest.mark.parametrize(
    ("name", "parameters", "inputs", "seconds", "rate", "has_sound"),
    [
        ("wan2.6-t2v", {}, [], 5.0, 30, True),
        ("wan2.6-t2v", {"audio": False}, [], 5.0, 30, False),
        ("wan2.2-t2v-plus", {}, [], 5.0, 30, False),
        ("wan2.2-animate-move", {"mode": "wan-std"}, [clip("video", 9, 9, 6.4)], 6.4, 15, False),
        ("wan2.2-animate-move", {"mode": "wan-pro"}, [clip("video", 9, 9, 6.4)], 6.4, 25, False),
        ("wan2.2-s2v", {}, [sound("audio", 7.5)], 7.5, 30, True),
        ("liveportrait", {"video_fps": 18}, [sound("audio", 7.5)], 7.5, 18, True),
        ("videoretalk", {}, [clip("video", 9, 9, 4, 25), sound("audio", 7.5)], 4.0, 25, True),
        ("videoretalk", {"video_extension": True},
         [clip("video", 9, 9, 4, 25), sound("audio", 7.5)], 7.5, 25, True),
        ("emoji-v1", {}, [], 3.0, 24, False),
        ("animate-anyone-gen2", {}, [], 0.0, 30, False),
        ("video-style-transform", {"video_fps": 20}, [clip("video", 9, 9, 8)], 8.0, 20, False),
        ("happyhorse-1.0-video-edit", {}, [clip("video", 9, 9, 40)], 15.0, 24, True),
        ("happyhorse-1.1-i2v", {}, [], 5.0, 24, True),
        ("wan3.0-video", {"duration": -1}, [], 5.0, 30, True),
        ("wan2.7-videoedit", {"duration": 2}, [clip("video", 9, 9, 4.04)], 2.0, 30, True),
        ("wan2.7-videoedit", {"audio_setting": "origin"}, [clip("video", 9, 9, 4.04)], 4.04, 30,
         False),
    ],
)  # fmt: skip
def test_a_clip_has_the_length_the_rate_and_the_sound_that_the_contract_gives_it(
    name: str,
    parameters: Mapping[str, object],
    inputs: Sequence[InputAtHand],
    seconds: float,
    rate: float,
    has_sound: bool,
):
    measures = measure_order(name, parameters, inputs)

    assert measures.duration_seconds == seconds
    assert measures.frames_per_second == rate
    assert measures.sound is has_sound


def tell_usage(
    name: str, parameters: Mapping[str, object], inputs: Sequence[InputAtHand], made: Made
) -> Mapping[str, object]:
    place = place_of(find_model(name))
    order = place.minimal
    for member, value in parameters.items():
        order = change(order, f"parameters.{member}", value)
    generation = place.accept(order)
    measures = measure(place.model, generation, inputs)
    return make_usage(place.model, generation, measures, made, operation=place.endpoint.operation)


def made(width: int, height: int, seconds: float = 0.0, count: int = 1) -> Made:
    return Made(count=count, width_pixels=width, height_pixels=height, duration_seconds=seconds)


USED: list[tuple[str, dict[str, object], list[InputAtHand], Made, dict[str, object]]] = [
    ("wan2.7-t2v", {"resolution": "720P"}, [], made(1280, 720, 5.007),
     {"duration": 5, "input_video_duration": 0, "output_video_duration": 5, "video_count": 1,
      "SR": 720, "ratio": "16:9"}),
    ("wan2.2-t2v-plus", {"size": "832*480"}, [], made(832, 480, 5.0),
     {"video_duration": 5, "video_ratio": "832*480", "video_count": 1}),
    ("wan2.7-videoedit", {"resolution": "720P"}, [clip("video", 960, 960, 4.04)],
     made(960, 960, 4.04),
     {"duration": 8.08, "input_video_duration": 4.04, "output_video_duration": 4.04,
      "video_count": 1, "SR": 720}),
    ("wan2.2-animate-move", {"mode": "wan-pro"}, [clip("video", 9, 9, 6.4)], made(720, 1280, 6.4),
     {"video_duration": 6.4, "video_ratio": "pro"}),
    ("wan2.6-i2v-flash", {"audio": False}, [picture("first_frame", 9, 9)], made(9, 9, 5.0),
     {"duration": 5, "input_video_duration": 0, "output_video_duration": 5, "video_count": 1,
      "SR": 1080, "audio": False}),
    ("wan2.2-kf2v-flash", {}, [picture("first_frame", 9, 9)], made(9, 9, 5.0),
     {"video_duration": 5, "video_count": 1, "SR": 720}),
    ("wanx2.1-i2v-plus", {}, [picture("first_frame", 9, 9)], made(9, 9, 5.0),
     {"video_duration": 5, "video_ratio": "standard", "video_count": 1}),
    ("wan2.6-r2v", {"size": "1280*720"}, [clip("reference_video", 9, 9, 3.5)],
     made(1280, 720, 5.0),
     {"duration": 8.5, "input_video_duration": 3.5, "output_video_duration": 5, "video_count": 1,
      "SR": 720, "size": "1280*720"}),
    ("wan3.0-video", {"resolution": "480P"}, [], made(832, 480, 5.0),
     {"duration": 5, "input_video_duration": 0, "output_video_duration": 5, "video_count": 1,
      "SR": 480, "ratio": "16:9", "fps": 30}),
    ("wan2.2-s2v", {}, [picture("image", 480, 832), sound("audio", 4.2)], made(480, 832, 4.2),
     {"duration": 4.2, "video_count": 1, "SR": 480, "size": "480*832", "fps": 30}),
    ("emo-v1", {}, [sound("audio", 4.0)], made(512, 512, 4.0),
     {"video_duration": 4, "video_ratio": "1:1"}),
    ("videoretalk", {}, [clip("video", 640, 640, 4, 29.97), sound("audio", 5)],
     made(640, 640, 4.0),
     {"video_duration": 4, "size": "640*640", "video_ratio": "standard", "fps": 30}),
    ("video-style-transform", {"min_len": 540}, [clip("video", 9, 9, 8)], made(960, 540, 8.0),
     {"duration": 8, "SR": 540}),
    ("animate-anyone-template-gen2", {}, [clip("video", 9, 9, 8)], made(0, 0),
     {"video_duration": 8, "video_ratio": "standard"}),
    ("wan2.2-s2v-detect", {}, [picture("image", 9, 9)], made(0, 0), {"image_count": 1}),
    ("wan2.6-t2i", {}, [], made(1280, 1280, count=4),
     {"image_count": 4, "size": "1280*1280", "input_tokens": 0, "output_tokens": 0,
      "total_tokens": 0}),
    ("qwen-image", {}, [], made(1664, 928), {"image_count": 1}),
    ("qwen-image-edit", {}, [picture("image", 9, 9)], made(1536, 1024, count=2),
     {"image_count": 2, "width": 1536, "height": 1024}),
    ("qwen-image-3.0", {}, [picture("image", 9, 9)], made(1536, 1024),
     {"output_width": 1536, "output_height": 1024, "input_image_count": 1,
      "input_image_type": "qima_input_1k", "output_image_count": 1,
      "output_image_type": "qima_output_1k"}),
    ("vidu/vidu-image_reference2image", {}, [], made(1024, 1024),
     {"image_count": 1, "size": "1024*1024", "SR": "1K"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "parameters", "inputs", "files", "told"), USED)
def test_usage_tells_what_the_contract_tells(
    name: str,
    parameters: Mapping[str, object],
    inputs: Sequence[InputAtHand],
    files: Made,
    told: Mapping[str, object],
):
    usage = tell_usage(name, parameters, inputs, files)

    assert usage == told
    assert {type(value) for value in usage.values()} == {type(value) for value in told.values()}


def test_an_upright_speaking_portrait_tells_its_shape():
    place = place_of(find_model("emo-v1"))
    generation = place.accept(change(place.minimal, "input.ext_bbox", [128, 64, 608, 704]))
    measures = measure(place.model, generation, [sound("audio", 4.0)])

    usage = make_usage(place.model, generation, measures, made(480, 640, 4.0))

    assert usage == {"video_duration": 4, "video_ratio": "3:4"}


def test_qwen_image_called_at_once_tells_the_size_as_well():
    place = place_of(find_model("qwen-image"), "sync")
    generation = place.accept(place.minimal)
    measures = measure(place.model, generation, ())

    usage = make_usage(
        place.model, generation, measures, made(1664, 928), operation=place.endpoint.operation
    )

    assert usage == {"image_count": 1, "width": 1664, "height": 928}
