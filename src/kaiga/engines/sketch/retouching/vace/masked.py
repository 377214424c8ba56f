"""Edits a clip where a mask is white; all else stays as it is."""

from collections.abc import Generator
from contextlib import ExitStack

import numpy as np
from PIL import Image

from kaiga.engines.sketch.edits.painting import paint_motif, paint_scene
from kaiga.engines.sketch.edits.pictures import Layer
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.footage.cutouts import open_cutout
from kaiga.engines.sketch.footage.delivering import get_media
from kaiga.engines.sketch.footage.leads import follow_lead
from kaiga.engines.sketch.footage.removal import Remover
from kaiga.engines.sketch.making import Making
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.retouching.vace.masks import film_masks
from kaiga.engines.sketch.retouching.vace.sources import choose_clip_form, deliver_like, read_clip
from kaiga.ports.engine import GenerationJob

_ROUGH = 8
_PAINTED_HEIGHT = 640
_SHADE_SHARE = 0.3
"""How much of the clip's own light and shade lies over a scene that is painted in."""


def edit_masked(job: GenerationJob) -> Making:
    """Film the clip with what the mask marks replaced by what the prompt, or the reference, shows.

    A thing stands in the marked place, its ground filled from around; a scene fills the place.

    Raises:
        Refused: the clip or the mask can't be decoded, or there is no mask.
    """
    form = choose_clip_form(job)
    return (yield from deliver_like(job, _film(job, form), form))


def _film(job: GenerationJob, form: ClipForm) -> Generator[Frame]:
    clip = get_media(job, "video")
    lead = follow_lead(
        clip,
        width=form.width_pixels,
        height=form.height_pixels,
        looks_per_second=float(form.rate),
        seconds=form.true_seconds,
    )
    filler = _Filler(job, form, Remover(clip, form, lead, f"masked {job.seed}"))
    frames, masks = read_clip(clip, form), film_masks(job, form, lead)
    with ExitStack() as closings:
        closings.callback(frames.close)
        closings.callback(masks.close)
        for frame, mask in zip(frames, masks, strict=False):
            yield filler.apply(frame, mask)


class _Filler:
    """Fills the marked place of frame after frame."""

    def __init__(self, job: GenerationJob, form: ClipForm, remover: Remover) -> None:
        self._job, self._form, self._remover = job, form, remover
        thing = _open_thing(job)
        self._thing = None if thing is None else Image.fromarray(thing)
        self._scene: Image.Image | None = None
        self._sized: Image.Image | None = None

    def apply(self, frame: Frame, mask: Image.Image) -> Frame:
        """Give the frame with its marked place filled."""
        box = mask.getbbox()
        if box is None:
            return frame
        picture = Image.fromarray(frame)
        if self._thing is not None:
            filled = self._with_thing(frame, mask, box, self._thing)
        else:
            filled = self._with_scene(picture, box)
        picture.paste(filled, (0, 0), mask)
        return np.asarray(picture)

    def _with_thing(
        self,
        frame: Frame,
        mask: Image.Image,
        box: tuple[int, int, int, int],
        thing: Image.Image,
    ) -> Image.Image:
        """Empty the place, and stand the thing on its lower edge."""
        picture = self._emptied(frame, mask)
        wide, tall = box[2] - box[0], box[3] - box[1]
        share = min(wide / thing.width, tall / thing.height)
        size = max(1, round(thing.width * share)), max(1, round(thing.height * share))
        # Tracked masks hardly change their size: the thing is scaled anew only when they do.
        if self._sized is None or abs(self._sized.width - size[0]) > 2:
            self._sized = thing.resize(size, Image.Resampling.LANCZOS)
        place = (box[0] + box[2] - self._sized.width) // 2, box[3] - self._sized.height
        picture.paste(self._sized, place, self._sized)
        return picture

    def _emptied(self, frame: Frame, mask: Image.Image) -> Image.Image:
        """Give the frame without what is in the place."""
        size = max(2, self._form.width_pixels // _ROUGH), max(2, self._form.height_pixels // _ROUGH)
        hole = np.asarray(mask.resize(size, Image.Resampling.BOX)) > 4
        return self._remover.behind(frame, hole).copy()

    def _with_scene(self, picture: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
        """Lay the painted scene over the place, under the clip's own light and shade."""
        wide, tall = box[2] - box[0], box[3] - box[1]
        scene = self._painted_scene(wide, tall)
        result = picture.copy()
        part = picture.crop(box).convert("L").convert("RGB")
        result.paste(Image.blend(scene.resize((wide, tall)), part, _SHADE_SHARE), box[:2])
        return result

    def _painted_scene(self, width: int, height: int) -> Image.Image:
        if self._scene is None:
            share = max(1.0, 64 / min(width, height))
            self._scene = Image.fromarray(
                paint_scene(
                    self._job.prompt,
                    width=round(width * share),
                    height=round(height * share),
                    seed=self._job.seed,
                    negative_prompt=self._job.negative_prompt,
                )
            )
        return self._scene


def _open_thing(job: GenerationJob) -> Layer | None:
    """Give the reference's figure, else the first thing that the prompt names, if any."""
    for media in job.media_of("reference_image"):
        return np.asarray(open_cutout(media).image)
    mentions = read_prompt(job.prompt).mentions
    if not mentions:
        return None
    return paint_motif(mentions[0], height=_PAINTED_HEIGHT, seed=job.seed)
