"""The task `text-to-image`: paints a prompt, in a style, and after a reference if there is one."""

from dataclasses import replace

import numpy as np

from kaiga.engines.sketch.edits.files import make_png
from kaiga.engines.sketch.edits.filters.means import few_colours, kuwahara, unit_of
from kaiga.engines.sketch.edits.hues import matched
from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.edits.pictures import Pixels, mixed, open_pixels
from kaiga.engines.sketch.edits.relighting import changes_light, relit
from kaiga.engines.sketch.edits.standing import with_things
from kaiga.engines.sketch.edits.styles import finished, styled_prompt
from kaiga.engines.sketch.making import Made, Making, Step
from kaiga.engines.sketch.order import PictureOrder
from kaiga.engines.sketch.painter import paint
from kaiga.engines.sketch.reading import read_prompt, without
from kaiga.ports.engine import GenerationJob, MadeFile

_USUAL_STRENGTH = 0.5
_STEPS = 2
_REPAINTED_COLOURS = 24


def paint_picture(job: GenerationJob) -> Making:
    """Paint one picture from its prompt.

    Options: `style`; with a `reference` also `ref_strength` from 0 (nothing of it) to 1, and
    `ref_mode`: `repaint` keeps its layout, `refonly` takes its colours alone.

    Raises:
        Refused: the reference can't be decoded.
    """
    yield from ()
    prompt = styled_prompt(job)
    if job.media_of("reference"):
        yield Step(step=1, steps=_STEPS)
        pixels = _after_reference(job, prompt)
    elif prompt != job.prompt or job.options.get("style"):
        pixels = finished(_painted(job, prompt), job)
    else:
        return Made(files=(_painted_file(job),))
    return Made(files=(make_png(job, pixels),))


def _painted_file(job: GenerationJob) -> MadeFile:
    order = PictureOrder(
        prompt=job.prompt,
        negative_prompt=job.negative_prompt,
        width_pixels=job.width_pixels,
        height_pixels=job.height_pixels,
        seed=job.seed,
        watermark=job.watermark,
    )
    return MadeFile(
        content=paint(order), width_pixels=job.width_pixels, height_pixels=job.height_pixels
    )


def _painted(job: GenerationJob, prompt: str) -> Pixels:
    return paint_scene(
        prompt,
        width=job.width_pixels,
        height=job.height_pixels,
        seed=job.seed,
        negative_prompt=job.negative_prompt,
    )


def _after_reference(job: GenerationJob, prompt: str) -> Pixels:
    media = job.media_of("reference")[0]
    reference = open_pixels(media, width=job.width_pixels, height=job.height_pixels)
    said = job.options.get("ref_strength")
    strength = float(said) if isinstance(said, int | float) else _USUAL_STRENGTH
    strength = min(1.0, max(0.0, strength))
    painted = finished(matched(_painted(job, prompt), reference, strength), job)
    if job.options.get("ref_mode") == "refonly":
        return painted
    layout = finished(_repainted(reference, job, prompt), job)
    share = float(np.clip(strength / 0.8, 0, 1))
    share = share * share * (3 - 2 * share)
    return mixed(painted, layout, np.full(painted.shape[:2], share, dtype=np.float32))


def _repainted(reference: Pixels, job: GenerationJob, prompt: str) -> Pixels:
    """Paint the reference in flat shapes, with what the prompt says in it."""
    parts = (job.prompt, job.seed)
    calm = kuwahara(reference, round(unit_of(reference) * 0.4) + 1)
    flat = few_colours(calm, _REPAINTED_COLOURS, "reference", *parts)
    scene = without(read_prompt(prompt), read_prompt(job.negative_prompt))
    result = relit(flat, replace(scene, mentions=()), *parts) if changes_light(scene) else flat
    return with_things(result, scene.mentions, "", *parts)
