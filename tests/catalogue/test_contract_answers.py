"""What answers look like, and which inputs count for which function, model by model."""

from collections.abc import Mapping

import pytest

from catalogue.orders import ABSENT, MODELS, PLACES, change, fill, find_model, place_of
from kaiga.domain.catalogue.model import Model, Output
from kaiga.domain.media_wordings import FaultStyle

EACH = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)

WITH_ORIGINAL_PROMPT = (
    "wan2.5-t2i", "wan2.2-t2i", "wanx2.1-t2i", "wanx2.0-t2i", "wan2.5-i2i",
    "wan2.7-t2v", "wan2.7-i2v", "wan2.7-r2v", "wan2.7-videoedit", "wan2.6-t2v", "wan2.6-i2v",
    "wan2.6-r2v", "wan2.5-t2v", "wan2.5-i2v", "wan2.2-t2v", "wan2.2-i2v", "wan2.2-kf2v",
    "wanx2.1-t2v", "wanx2.1-i2v", "wanx2.1-kf2v", "wanx2.1-vace", "wanx-txt2video",
    "wanx-img2video", "wanx-kf2v", "wan3.0", "happyhorse",
)  # fmt: skip
WITH_ACTUAL_PROMPT = (
    "wan2.5-t2i", "wan2.2-t2i", "wanx2.1-t2i", "wanx2.0-t2i", "wan2.5-i2i",
    "wan2.5-t2v", "wan2.5-i2v", "wan2.2-t2v", "wan2.2-i2v", "wan2.2-kf2v", "wanx2.1-t2v",
    "wanx2.1-i2v", "wanx2.1-kf2v", "wanx2.1-vace", "wanx-txt2video", "wanx-img2video", "wanx-kf2v",
)  # fmt: skip
FINISHED = ("wan2.6-t2i", "wan2.6-image", "wan2.7-image", "vidu/")
WITHOUT_TYPES = ("qwen-image", "z-image-turbo")
IN_ONE_CHOICE = (
    "qwen-image-max", "qwen-image-2.0", "qwen-image-2.1", "qwen-image-edit",
)  # fmt: skip
SHAPES = {
    "image_url": ("qwen-mt-image", "aitryon", "aitryon-plus", "aitryon-refiner"),
    "output_image_url": ("image-out-painting", "image-erase-completion",
                         "image-instance-segmentation", "aitryon-parsing-v1"),
    "results_png_svg": ("wordart-semantic",),
    "render_urls": ("wanx-poster-generation-v1",),
    "results_video_url": ("wan2.2-animate-move", "wan2.2-animate-mix", "wan2.2-s2v", "emo-v1",
                          "liveportrait"),
    "output_video_url": ("video-style-transform",),
    "findings": ("wan2.2-s2v-detect", "emo-detect-v1", "liveportrait-detect", "emoji-detect-v1",
                 "animate-anyone-detect-gen2", "animate-anyone-template-gen2"),
}  # fmt: skip


def asynchronous_output(model: Model) -> Output:
    """The output of a task, or of a call at once where the model has no tasks."""
    modes = {place.endpoint.mode: place.endpoint.operation for place in PLACES
             if place.model is model}  # fmt: skip
    return model.output_at(modes.get("async") or modes["sync"])


@EACH
def test_an_answer_repeats_and_tells_prompts_where_the_contract_does(model: Model):
    output = asynchronous_output(model)
    is_old_qwen = model.name in ("qwen-image", "qwen-image-plus")

    assert output.orig_prompt is (model.name.startswith(WITH_ORIGINAL_PROMPT) or is_old_qwen)
    assert output.actual_prompt is (model.name.startswith(WITH_ACTUAL_PROMPT) or is_old_qwen)


@EACH
def test_an_answer_has_the_shape_of_its_model(model: Model):
    shape = asynchronous_output(model).shape
    special = {name: each for each, names in SHAPES.items() for name in names}
    usual = ("video_url",) if model.product == "video" else ("results", "choices")

    assert shape == special[model.name] if model.name in special else shape in usual


@EACH
def test_choices_have_the_members_that_the_contract_gives_them(model: Model):
    output = asynchronous_output(model)
    if output.shape != "choices":
        return

    assert output.finished is model.name.startswith(FINISHED)
    assert output.content_type is not model.name.startswith(WITHOUT_TYPES)
    assert (output.layout == "one_for_all") is model.name.startswith(IN_ONE_CHOICE)
    assert output.text == {"z-image-turbo": "prompt", "wan2.6-image": "found"}.get(model.name, "")
    assert output.reasoning is (model.name == "z-image-turbo")


@EACH
def test_pictures_are_counted_under_the_name_that_the_contract_gives(model: Model):
    output = asynchronous_output(model)
    expected = "task_metrics" if output.shape == "results" else ""

    assert output.metrics == ("task_metric" if model.name == "qwen-image-max" else expected)


@pytest.mark.parametrize("name", ["qwen-image", "qwen-image-plus"])
def test_an_older_qwen_model_called_at_once_answers_in_the_newer_shape(name: str):
    model = find_model(name)

    assert model.output_at("aigc/multimodal-generation/generation") == Output(
        shape="choices", layout="one_for_all", content_type=False, metrics="task_metric"
    )


def test_the_answer_about_a_repainted_portrait_has_members_of_its_own():
    output = find_model("wanx-style-repaint-v1").output

    assert output.extra == {
        "style_index": "$style_index", "error_code": 0, "error_message": "Success",
    }  # fmt: skip
    assert output.start_time is True


@EACH
def test_a_mark_has_the_text_of_its_family(model: Model):
    texts = {"qwen-image": "Qwen-Image", "happyhorse": "Happy Horse"}

    assert model.watermark_text == texts.get(model.family, "AI Generated")


@EACH
def test_unfit_files_are_told_in_the_words_of_the_family(model: Model):
    styles = {
        "emo": FaultStyle.PEOPLE,
        "emoji": FaultStyle.PEOPLE,
        "liveportrait": FaultStyle.PEOPLE,
        "videoretalk": FaultStyle.PEOPLE,
        "animate-anyone": FaultStyle.PEOPLE,
        "style": FaultStyle.RESTYLE,
        "happyhorse": FaultStyle.VIDEO,
        "tools": FaultStyle.TOOL,
        "qwen-mt": FaultStyle.TOOL,
        "portraits": FaultStyle.TOOL,
        "kling": FaultStyle.MESSAGES,
        "vidu": FaultStyle.MESSAGES,
        "flux": FaultStyle.PICTURE,
        "stable-diffusion": FaultStyle.PICTURE,
    }
    special = {"wanx-style-repaint-v1": FaultStyle.REPAINT}
    expected = special.get(model.name) or styles.get(model.family)

    if expected is not None:
        assert model.media_faults is expected


@pytest.mark.parametrize(
    ("name", "style"),
    [
        ("aitryon-plus", FaultStyle.TRY_ON),
        ("shoemodel-v1", FaultStyle.TOOL),
        ("wan2.5-i2i-preview", FaultStyle.PICTURE),
        ("wan2.7-image", FaultStyle.MESSAGES),
        ("qwen-image-edit", FaultStyle.MESSAGES),
        ("wan2.7-i2v", FaultStyle.VIDEO),
        ("wanx2.1-vace-plus", FaultStyle.VIDEO),
        ("wan2.2-animate-mix", FaultStyle.PEOPLE),
        ("wan2.2-s2v", FaultStyle.PEOPLE),
    ],
)
def test_models_of_one_family_may_differ_in_their_words(name: str, style: FaultStyle):
    assert find_model(name).media_faults is style


@pytest.mark.parametrize(
    "name",
    ["wan2.6-t2v", "wan2.6-t2v-us", "wan2.5-t2v-preview", "wan2.6-i2v", "wan2.6-i2v-flash",
     "wan2.6-i2v-us", "wan2.5-i2v-preview"],
)  # fmt: skip
def test_a_silent_clip_leaves_the_given_sound_aside(name: str):
    place = place_of(find_model(name))
    order = change(place.minimal, "input.audio_url", "https://example.org/a.wav")

    heard, silent = place.accept(order), place.accept(change(order, "parameters.audio", False))

    assert "audio" in [each.role for each in heard.media]
    assert "audio" not in [each.role for each in silent.media]


@pytest.mark.parametrize("name", ["wan2.6-t2v", "wan2.6-t2v-us", "wan2.6-i2v", "wan2.6-i2v-flash"])
def test_shots_are_divided_only_while_the_prompt_is_rewritten(name: str):
    place = place_of(find_model(name))
    order = change(place.minimal, "parameters.shot_type", "multi")

    rewritten = place.accept(order)
    as_given = place.accept(change(order, "parameters.prompt_extend", False))

    assert rewritten.options["shot_type"] == "multi"
    assert "shot_type" not in as_given.options


ROLES_OF_FUNCTIONS: Mapping[str, set[str]] = {
    "image_reference": {"reference_image"},
    "video_repainting": {"video", "reference_image"},
    "video_edit": {"video", "reference_image", "mask"},
    "video_extension": {"video", "first_frame", "last_frame", "first_clip", "last_clip"},
    "video_outpainting": {"video"},
}


@pytest.mark.parametrize("function", ROLES_OF_FUNCTIONS)
def test_vace_takes_the_files_of_the_function_asked_for_and_leaves_the_rest(function: str):
    place = place_of(find_model("wanx2.1-vace-plus"))
    order = {
        "input": fill({
            "function": function, "prompt": "a dog", "ref_images_url": ["media:image"],
            "video_url": "media:video", "mask_image_url": "media:image",
            "first_frame_url": "media:image", "last_frame_url": "media:image",
            "first_clip_url": "media:video", "last_clip_url": "media:video",
        }),
        "parameters": {"control_condition": "depth", "strength": 0.5, "top_scale": 1.5},
    }  # fmt: skip

    generation = place.accept(order)

    assert {each.role for each in generation.media} == ROLES_OF_FUNCTIONS[function]
    assert ("strength" in generation.options) is (function == "video_repainting")
    assert ("top_scale" in generation.options) is (function == "video_outpainting")


def test_vace_keeps_the_first_three_references_and_their_kinds():
    place = place_of(find_model("wanx2.1-vace-plus"))
    order = change(place.minimal, "input.ref_images_url", [fill("media:image")] * 5)

    generation = place.accept(change(order, "parameters.obj_or_bg", ["obj", "bg", "obj", "obj"]))

    assert len(generation.media) == 3
    assert generation.options["obj_or_bg"] == ["obj", "bg", "obj"]


@pytest.mark.parametrize("name", ["wan2.2-kf2v-flash", "wanx2.1-kf2v-plus"])
def test_an_effect_uses_the_first_frame_alone(name: str):
    place = place_of(find_model(name))
    order = place.full[0]

    roles = [each.role for each in place.accept(order).media]
    with_effect = place.accept(change(order, "input.template", "hanfu-1")).media

    assert roles == ["first_frame", "last_frame"]
    assert [each.role for each in with_effect] == ["first_frame"]


def test_a_palette_makes_up_the_whole():
    place = place_of(find_model("wan2.7-image"))
    colours = [{"hex": f"#00000{place}", "ratio": "33.00%"} for place in range(3)]

    (told,) = place.refuse(change(place.minimal, "parameters.color_palette", colours))

    assert told.startswith("The sum of ratio must be 100.00%. Got 99.00%")


def test_a_reference_picture_may_be_left_out_of_a_repainted_portrait():
    place = place_of(find_model("wanx-style-repaint-v1"))
    styled = change(place.minimal, "input.style_ref_url", fill("media:image"))

    assert [each.role for each in place.accept(styled).media] == ["image"]
    assert place.accept(change(styled, "input.style_ref_url", ABSENT)) == place.accept(styled)
