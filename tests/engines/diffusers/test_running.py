"""Batches, seeds, cancelling, previews, adapters, and too little memory."""

import io
from collections.abc import Sequence
from contextlib import closing

import numpy as np
import pytest
import torch
from PIL import Image

from engines.diffusers.conftest import Weights
from engines.diffusers.jobs import MODEL, build_engine, clip_order, files_of, make, order
from kaiga.domain.errors import EngineUnfit
from kaiga.engines.diffusers import running
from kaiga.ports.engine import EngineEvent, JobFailed, MadeFile, PhaseBegan, PreviewMade, StepDone

TOLERANCE = 2
"""Levels of 255 by which a pixel may differ between a batch and a job alone."""


def see(file: MadeFile) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(file.content)).convert("RGB")).astype(np.int16)


@pytest.mark.parametrize("name", ["z_image", "sdxl", "qwen_image", "flux"])
def test_a_job_gives_the_same_picture_alone_and_in_a_batch(weights: Weights, name: str):
    engine = build_engine(weights(name))
    batch = [order(seed=seed) for seed in (5, 6, 7)]

    together = [see(file) for file in files_of(make(engine, batch))]
    alone = [see(files_of(make(engine, [job]))[0]) for job in batch]

    for one, other in zip(together, alone, strict=True):
        assert np.abs(one - other).max() <= TOLERANCE
    assert np.abs(together[0] - together[1]).max() > TOLERANCE


@pytest.mark.parametrize("name", ["z_image", "sdxl", "sd3", "qwen_image", "flux", "wan"])
def test_different_words_are_made_together_as_they_are_alone(weights: Weights, name: str):
    engine = build_engine(weights(name))
    words = [
        {"prompt": "a red boat", "negative_prompt": "rain"},
        {"prompt": "a cat on a very old wooden chair", "negative_prompt": "people, text"},
    ]
    batch = [order(seed=seed, **each) for seed, each in enumerate(words, 5)]

    events = make(engine, batch)
    alone = [see(files_of(make(engine, [job]))[0]) for job in batch]

    assert count_calls(events) == 1
    for one, other in zip(map(see, files_of(events)), alone, strict=True):
        assert np.abs(one - other).max() <= TOLERANCE
    assert np.abs(alone[0] - alone[1]).max() > TOLERANCE


def test_jobs_with_and_without_a_negative_prompt_are_made_apart(weights: Weights):
    engine = build_engine(weights("sdxl"))
    batch = [order(prompt="a boat"), order(prompt="a boat", negative_prompt="rain")]

    assert count_calls(make(engine, batch)) == 2


def test_words_that_the_operator_adds_to_every_call_keep_jobs_apart(weights: Weights):
    engine = build_engine(weights("sdxl"), extra={"prompt_2": "in the style of an old print"})

    assert count_calls(make(engine, [order(prompt="a boat"), order(prompt="a cat")])) == 2


def test_each_of_several_words_shows_its_unfinished_picture(
    weights: Weights, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(running, "_SECONDS_BETWEEN_PREVIEWS", 0.0)
    batch = [order(prompt="a boat"), order(prompt="a boat", seed=2), order(prompt="a cat")]

    events = make(build_engine(weights("z_image"), previews=True, steps=1), batch)

    shown = {each.index: each.content for each in events if isinstance(each, PreviewMade)}
    assert sorted(shown) == [0, 2]
    assert shown[0] != shown[2]


def test_a_batch_that_is_closed_ends_at_the_next_step(weights: Weights):
    engine = build_engine(weights("z_image"), steps=500)
    list(engine.load(MODEL))
    steps: list[int] = []

    with closing(engine.generate([order()])) as events:
        for event in events:
            if isinstance(event, StepDone):
                steps.append(event.step)
                break

    assert steps == [1]
    assert len(files_of(make(build_engine(weights("z_image")), [order()]))) == 1


@pytest.mark.parametrize("name", ["z_image", "sdxl", "qwen_image", "flux", "wan"])
def test_unfinished_pictures_are_shown(
    weights: Weights, name: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(running, "_SECONDS_BETWEEN_PREVIEWS", 0.0)
    events = make(build_engine(weights(name), previews=True), [order()])

    shown = [event for event in events if isinstance(event, PreviewMade)]
    assert len(shown) == 2
    assert Image.open(io.BytesIO(shown[0].content)).size == (64, 64)


def test_too_little_memory_for_a_batch_halves_it(weights: Weights):
    engine = build_engine(weights("z_image"), guidance=0.0)
    list(engine.load(MODEL))
    hook = refuse_above(engine._shelf.find(MODEL).pipe.transformer, 1)
    batch = [order(seed=seed) for seed in (1, 2, 3)]

    events = make(engine, batch)

    hook.remove()
    assert len(files_of(events)) == 3


def test_too_little_memory_for_one_picture_is_told_after_all_was_tried(weights: Weights):
    engine = build_engine(weights("z_image"))
    list(engine.load(MODEL))
    refuse_above(engine._shelf.find(MODEL).pipe.transformer, 0)

    with pytest.raises(EngineUnfit, match=r"too little memory for one result.*largest_pixels"):
        make(engine, [order()])
    assert engine._shelf.find(MODEL).offload == "group"


def test_a_job_that_the_model_can_not_do_fails_with_a_reason(weights: Weights):
    events = make(build_engine(weights("wan_i2v")), [clip_order("image-to-video")])

    failed = [event for event in events if isinstance(event, JobFailed)]
    assert [event.message for event in failed] == ["The model of this server needs first_frame."]


def test_a_task_that_the_pipeline_is_not_for_is_unfit(weights: Weights):
    with pytest.raises(EngineUnfit, match="ZImagePipeline is no pipeline for text-to-video"):
        make(build_engine(weights("z_image")), [clip_order("text-to-video")])


def test_phases_are_told_in_their_order(weights: Weights):
    events = make(build_engine(weights("z_image")), [order()])

    assert [event.phase for event in events if isinstance(event, PhaseBegan)] == [
        "generate",
        "encode",
    ]


def count_calls(events: Sequence[EngineEvent]) -> int:
    """Tell how many times a pipeline was begun with."""
    return events.count(PhaseBegan(phase="generate"))


def refuse_above(module: torch.nn.Module, most: int) -> torch.utils.hooks.RemovableHandle:
    """Have a transformer find too little memory for more pictures than `most`."""

    def refuse(_module: torch.nn.Module, args: tuple[object, ...], kwargs: dict[str, object]):
        given = args[0] if args else next(iter(kwargs.values()))
        if len(given) > most:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    return module.register_forward_pre_hook(refuse, with_kwargs=True)
