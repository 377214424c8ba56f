"""Repaints a clip: its structure stays, and the prompt's scene gives it colours and ground."""

from collections.abc import Generator
from contextlib import ExitStack
from itertools import repeat

import numpy as np
from PIL import Image, ImageChops

from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.edits.pictures import Pixels, open_pixels, resized
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.painted import SceneOrder
from kaiga.engines.sketch.footage.delivering import get_media
from kaiga.engines.sketch.footage.leads import Lead, follow_lead
from kaiga.engines.sketch.footage.options import read_number, read_text
from kaiga.engines.sketch.making import Making
from kaiga.engines.sketch.retouching.frame_edits import lead_mask
from kaiga.engines.sketch.retouching.grading import ColourTable, ramp_of, ramped
from kaiga.engines.sketch.retouching.staging import film_backdrop
from kaiga.engines.sketch.retouching.treatments import Treated, Treatment
from kaiga.engines.sketch.retouching.vace.sources import choose_clip_form, deliver_like, read_clip
from kaiga.ports.engine import GenerationJob

_RAMP_STEPS = 9
_OWN_COLOUR = 0.22
"""How much of its own colour the clip keeps."""
_SCENE_SHARE = 0.3
"""How much of the painted scene shines through where the clip's structure stands."""
_STRUCTURES = {
    "depth": Treatment(even=4, steps=5, soft=0.7, lines=0.35, fine=1.6),
    "scribble": Treatment(even=2, steps=3, soft=0.4, lines=1.0, fine=1.5),
    "posebody": Treatment(even=3, steps=6, soft=0.3, lines=0.7, fine=1.3),
    "posebodyface": Treatment(even=2, steps=7, soft=0.3, lines=0.8, fine=1.1),
}
"""What is kept of a frame, by `control_condition`: levels of lightness, lines, or both."""


def repaint_video(job: GenerationJob) -> Making:
    """Film the clip anew as the prompt, or the reference picture, would paint it.

    `strength` is how much its structure counts: at 1 it leads, at 0 the painted scene is all. With
    the pose conditions a lead that moves before a still ground is repainted, and its ground is
    the scene itself.
    """
    form = choose_clip_form(job)
    condition = read_text(job, "control_condition", "depth")
    strength = min(max(read_number(job, "strength", 1.0), 0.0), 1.0)
    lead = _find_lead(job, form) if condition.startswith("pose") else None
    painter = _Repainter(job, form, condition, strength, lead)
    return (yield from deliver_like(job, _film(job, form, painter), form))


def _find_lead(job: GenerationJob, form: ClipForm) -> Lead | None:
    lead = follow_lead(
        get_media(job, "video"),
        width=form.width_pixels,
        height=form.height_pixels,
        looks_per_second=float(form.rate),
        seconds=form.true_seconds,
    )
    return lead if lead.is_apart else None


class _Repainter:
    """Repaints the frames of one clip."""

    def __init__(
        self,
        job: GenerationJob,
        form: ClipForm,
        condition: str,
        strength: float,
        lead: Lead | None,
    ) -> None:
        self._strength, self._lead, self._rate = strength, lead, float(form.rate)
        size = form.width_pixels, form.height_pixels
        treatment = _STRUCTURES.get(condition, _STRUCTURES["depth"])
        ramp = ramp_of(_open_model(job, *size), _RAMP_STEPS)
        table = ColourTable(lambda pixels: ramped(pixels, ramp, _OWN_COLOUR))
        self._treated = Treated(treatment, *size, job.seed, table)

    @property
    def shows_scene(self) -> bool:
        """Whether the scene itself is seen anywhere."""
        return self._strength < 1.0 or self._lead is not None

    def apply(self, frame: Frame, scene: Frame, number: int) -> Frame:
        """Give a frame of the clip, repainted over a frame of the scene."""
        backdrop = Image.fromarray(scene)
        structure = Image.fromarray(self._treated.apply(frame))
        lit = ImageChops.soft_light(structure, backdrop)
        painted = Image.blend(structure, lit, _SCENE_SHARE)
        if self._lead is not None:
            mask = lead_mask(self._lead, self._lead.index_at(number / self._rate), painted.size, 0)
            painted = Image.composite(painted, backdrop, mask)
        if self._strength < 1.0:
            painted = Image.blend(backdrop, painted, self._strength)
        return np.asarray(painted)


def _open_model(job: GenerationJob, width: int, height: int) -> Pixels:
    """Give the picture whose colours are taken: the reference, else the painted prompt."""
    for media in job.media_of("reference_image"):
        return open_pixels(media)
    share = min(1.0, 480 / max(width, height))
    return paint_scene(
        job.prompt,
        width=max(16, round(width * share)),
        height=max(16, round(height * share)),
        seed=job.seed,
        negative_prompt=job.negative_prompt,
    )


def _film(job: GenerationJob, form: ClipForm, painter: _Repainter) -> Generator[Frame]:
    frames = read_clip(get_media(job, "video"), form)
    scene = _film_scene(job, form, moving=painter.shows_scene)
    with ExitStack() as closings:
        closings.callback(frames.close)
        closings.callback(scene.close)
        for number, (frame, behind) in enumerate(zip(frames, scene, strict=False)):
            yield painter.apply(frame, behind, number)


def _film_scene(job: GenerationJob, form: ClipForm, *, moving: bool) -> Generator[Frame]:
    """Give the painted scene: in motion, or as one still where it only lends its texture."""
    if moving:
        order = SceneOrder(prompt=job.prompt, negative_prompt=job.negative_prompt, seed=job.seed)
        yield from film_backdrop(order, form)
        return
    still = paint_scene(
        job.prompt,
        width=max(16, form.width_pixels),
        height=max(16, form.height_pixels),
        seed=job.seed,
        negative_prompt=job.negative_prompt,
    )
    yield from repeat(resized(still, form.width_pixels, form.height_pixels), form.frame_count)
