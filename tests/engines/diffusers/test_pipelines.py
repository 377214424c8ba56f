"""Each pipeline class, loaded from a folder, makes what its tasks of the contract ask for."""

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from clip_samples import give as give_file
from clip_samples import save_clip, see_clip
from engines.diffusers.conftest import Weights
from engines.diffusers.jobs import (
    HEIGHT,
    WIDTH,
    build_engine,
    clip_order,
    files_of,
    give,
    make,
    order,
)
from kaiga.ports.engine import MadeFile, StepDone


def see(file: MadeFile) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(file.content)).convert("RGB"))


@pytest.mark.parametrize("name", ["z_image", "qwen_image", "flux", "sdxl", "sd3", "wan"])
def test_words_become_pictures_of_the_asked_size_and_steps_are_told(weights: Weights, name: str):
    batch = [order(width_pixels=72, height_pixels=40, seed=seed) for seed in (1, 2)]

    events = make(build_engine(weights(name)), batch)

    first, second = map(see, files_of(events))
    assert first.shape == second.shape == (40, 72, 3)
    assert (first != second).any()
    steps = [(event.index, event.step) for event in events if isinstance(event, StepDone)]
    assert sorted(steps) == [(0, 1), (0, 2), (1, 1), (1, 2)]


@pytest.mark.parametrize(
    ("name", "pipeline"),
    [
        ("flux_fill", ""),
        ("flux", "FluxInpaintPipeline"),
        ("sdxl", "StableDiffusionXLInpaintPipeline"),
        ("sd3", "StableDiffusion3InpaintPipeline"),
        ("z_image", "ZImageInpaintPipeline"),
        ("qwen_image", "QwenImageInpaintPipeline"),
    ],
)
def test_what_the_mask_does_not_show_stays_bit_for_bit(
    weights: Weights, tmp_path: Path, name: str, pipeline: str
):
    media = (give("image", tmp_path), give("mask", tmp_path))

    events = make(
        build_engine(weights(name), pipeline=pipeline), [order("masked-repaint", media=media)]
    )

    made, given = see(files_of(events)[0]), see_input(tmp_path)
    assert (made[HEIGHT // 2 :] == given[HEIGHT // 2 :]).all()
    assert (made[: HEIGHT // 2] != given[: HEIGHT // 2]).any()


def test_a_picture_grows_to_the_sides_and_keeps_its_middle(weights: Weights, tmp_path: Path):
    job = order("out-painting", media=(give("image", tmp_path),), options={"left_offset": 20})

    events = make(build_engine(weights("flux_fill")), [job])

    made = see(files_of(events)[0])
    assert made.shape == (HEIGHT, WIDTH + 20, 3)
    assert (made[:, 20:] == see_input(tmp_path)).all()


def test_an_instruction_changes_a_picture_and_keeps_its_size(weights: Weights, tmp_path: Path):
    job = order("image-edit", media=(give("image", tmp_path),))

    events = make(build_engine(weights("flux_kontext")), [job])

    assert see(files_of(events)[0]).shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize("name", ["wan", "wan_ti2v"])
def test_words_become_a_clip_of_the_asked_form(weights: Weights, tmp_path: Path, name: str):
    job = clip_order("text-to-video", width_pixels=70, height_pixels=50)

    events = make(build_engine(weights(name)), [job])

    seen = see_clip(files_of(events)[0].content, tmp_path / "seen.mp4")
    assert (seen.size, len(seen.frames), seen.rate) == ((70, 50), 12, 24)


def test_a_clip_leads_from_one_picture_to_another_with_a_sound_track(
    weights: Weights, tmp_path: Path
):
    media = (give("first_frame", tmp_path), give("last_frame", tmp_path))

    events = make(
        build_engine(weights("wan_i2v")), [clip_order("image-to-video", media=media, sound=True)]
    )

    seen = see_clip(files_of(events)[0].content, tmp_path / "seen.mp4")
    assert (seen.size, len(seen.frames)) == ((WIDTH, HEIGHT), 12)
    assert seen.sound_seconds == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(
    ("name", "task", "roles"),
    [("ltx2", "text-to-video", []), ("ltx2_i2v", "image-to-video", ["first_frame"])],
)
def test_a_clip_has_the_sound_that_its_model_made_with_it(
    weights: Weights, tmp_path: Path, name: str, task: str, roles: list[str]
):
    media = tuple(give(role, tmp_path) for role in roles)
    job = clip_order(task, media=media, sound=True, width_pixels=WIDTH, height_pixels=HEIGHT)
    engine = build_engine(weights(name), extra={"max_sequence_length": 16})

    file = files_of(make(engine, [job]))[0]

    seen = see_clip(file.content, tmp_path / "seen.mp4")
    assert (seen.size, len(seen.frames), seen.rate) == ((WIDTH, HEIGHT), 12, 24)
    assert (seen.sound_codec, seen.sound_channels) == ("aac", 2)
    assert seen.sound_seconds == pytest.approx(0.5, abs=0.1)
    assert loudest(file.content) > 0.001


@pytest.mark.parametrize(
    ("function", "roles"),
    [("image_reference", ["reference_image"]), ("video_extension", ["first_frame"])],
)
def test_vace_films_what_is_given(
    weights: Weights, tmp_path: Path, function: str, roles: list[str]
):
    media = tuple(give(role, tmp_path) for role in roles)
    job = clip_order(
        "vace", media=media, options={"function": function}, width_pixels=64, height_pixels=48
    )

    events = make(build_engine(weights("wan_vace")), [job])

    seen = see_clip(files_of(events)[0].content, tmp_path / "seen.mp4")
    assert (seen.size, len(seen.frames)) == ((64, 48), 12)


@pytest.mark.parametrize(
    ("options", "roles", "size"),
    [
        ({"function": "video_repainting", "strength": 0.5}, [], (64, 48)),
        ({"function": "video_edit"}, ["mask"], (64, 48)),
        ({"function": "video_outpainting", "left_scale": 1.5}, [], (96, 48)),
    ],
    ids=lambda value: value.get("function") if isinstance(value, dict) else None,
)
def test_vace_films_a_given_clip_anew(
    weights: Weights,
    tmp_path: Path,
    options: dict[str, object],
    roles: list[str],
    size: tuple[int, int],
):
    clip = save_clip(tmp_path / "given.mp4", width=64, height=48, rate=24, seconds=0.5)
    media = (give_file("video", clip), *(give(role, tmp_path) for role in roles))
    job = clip_order("vace", media=media, options=options)

    events = make(build_engine(weights("wan_vace")), [job])

    seen = see_clip(files_of(events)[0].content, tmp_path / "seen.mp4")
    assert (seen.size, len(seen.frames)) == (size, 12)


def test_a_clip_of_the_small_wan_begins_with_a_picture(weights: Weights, tmp_path: Path):
    job = clip_order("image-to-video", media=(give("first_frame", tmp_path),))
    engine = build_engine(weights("wan_ti2v"), pipeline="WanImageToVideoPipeline")

    seen = see_clip(files_of(make(engine, [job]))[0].content, tmp_path / "seen.mp4")

    assert (seen.size, len(seen.frames)) == ((WIDTH, HEIGHT), 12)


@pytest.mark.parametrize(
    ("name", "options", "roles", "size"),
    [
        ("flux_kontext", {"function": "description_edit"}, [], (WIDTH, HEIGHT)),
        ("flux_kontext", {"function": "description_edit_with_mask"}, ["mask"], (WIDTH, HEIGHT)),
        (
            "flux_kontext",
            {"function": "super_resolution", "upscale_factor": 2},
            [],
            (2 * WIDTH, 2 * HEIGHT),
        ),
        ("flux_fill", {"function": "description_edit_with_mask"}, ["mask"], (WIDTH, HEIGHT)),
        ("flux_fill", {"function": "expand", "right_scale": 1.5}, [], (WIDTH * 3 // 2, HEIGHT)),
    ],
)
def test_functions_of_the_edit_model_are_done_by_edit_and_repaint_pipelines(
    weights: Weights,
    tmp_path: Path,
    name: str,
    options: dict[str, object],
    roles: list[str],
    size: tuple[int, int],
):
    media = tuple(give(role, tmp_path) for role in ("image", *roles))

    events = make(
        build_engine(weights(name)), [order("image-edit-function", media=media, options=options)]
    )

    made = see(files_of(events)[0])
    assert made.shape == (size[1], size[0], 3)
    if roles:
        assert (made[HEIGHT // 2 :] == see_input(tmp_path)[HEIGHT // 2 :]).all()


def loudest(content: bytes) -> float:
    """Give how far the sound of a clip goes from silence, at most 1."""
    with av.open(io.BytesIO(content)) as clip:
        return max(float(np.abs(frame.to_ndarray()).max()) for frame in clip.decode(audio=0))


def see_input(folder: Path) -> np.ndarray:
    return np.array(Image.open(folder / "image.png"))
