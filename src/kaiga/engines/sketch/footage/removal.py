"""Takes the lead out of a clip, frame by frame, the ground behind it coming to be seen."""

from contextlib import closing

import numpy as np
from PIL import Image

from kaiga.engines.sketch.edits.fields import grown
from kaiga.engines.sketch.edits.filling import filled, smoothly_filled
from kaiga.engines.sketch.edits.pictures import Mask, Pixels
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.reading import read_frames
from kaiga.engines.sketch.footage.cutouts import soft_edges
from kaiga.engines.sketch.footage.leads import Lead, middle_of
from kaiga.ports.engine import JobMedia

_SAMPLE_BYTES = 96 * 1024 * 1024
_MOST_SAMPLES = 21
_MARGIN = 0.022
"""How much more than the lead is taken out, per the frame's width: its rim and its blur."""
_ROUGH = 8
"""A moving ground is filled in on frames of an eighth of the size."""


class Remover:
    """Knows what is behind the lead of one clip: the ground that stays, where it does."""

    def __init__(self, clip: JobMedia, form: ClipForm, lead: Lead, seed: str) -> None:
        self._form, self._lead = form, lead
        self._margin = max(1, round(_MARGIN * lead.masks.shape[2]))
        self._ground = self._clear(clip, seed) if lead.is_apart else None

    def remove(self, frame: Frame, look: int) -> Frame:
        """Give a copy of the frame without the lead of this look; all else stays as it is."""
        mask: Mask = grown(self._lead.masks[look], self._margin)
        if not mask.any():
            return frame
        behind = self.behind(frame, mask)
        size = self._form.width_pixels, self._form.height_pixels
        soft = soft_edges(mask, *size, size[0] / self._lead.masks.shape[2] * 0.6)
        picture = Image.fromarray(frame)
        picture.paste(behind, (0, 0), soft)
        return np.asarray(picture)

    def behind(self, frame: Frame, mask: Mask) -> Image.Image:
        """Give what the frame would show if there were nothing where the small `mask` is."""
        return self._ground if self._ground is not None else self._guess(frame, mask)

    def _clear(self, clip: JobMedia, seed: str) -> Image.Image:
        """Give the middle of frames from the whole clip, and go on with it where the lead stays."""
        form = self._form
        held = int(_SAMPLE_BYTES // (form.width_pixels * form.height_pixels * 3))
        count = max(3, min(_MOST_SAMPLES, held, form.frame_count))
        frames = read_frames(
            clip,
            width_pixels=form.width_pixels,
            height_pixels=form.height_pixels,
            frames_per_second=count / form.true_seconds,
            duration_seconds=form.true_seconds,
        )
        with closing(frames):
            ground = middle_of(frame for frame, _ in zip(frames, range(count), strict=False))
        core = self._lead.steady_core
        if core.any():
            hole = _enlarged(grown(core, self._margin), form)
            ground = filled(ground, hole, seed, search_side=144)
        return Image.fromarray(ground)

    def _guess(self, frame: Frame, mask: Mask) -> Image.Image:
        """Lead the colours around the lead over its place."""
        form = self._form
        size = max(2, form.width_pixels // _ROUGH), max(2, form.height_pixels // _ROUGH)
        small = Image.fromarray(frame).resize(size, Image.Resampling.BOX)
        hole = np.asarray(soft_edges(mask, *size, 0)) > 40
        smooth: Pixels = smoothly_filled(np.asarray(small), hole)
        return Image.fromarray(smooth).resize(
            (form.width_pixels, form.height_pixels), Image.Resampling.BILINEAR
        )


def _enlarged(mask: Mask, form: ClipForm) -> Mask:
    return np.asarray(soft_edges(mask, form.width_pixels, form.height_pixels, 0)) > 127
