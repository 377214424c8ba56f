"""Widens the picture of a clip: what was filmed stays in its place, and its surroundings go on."""

from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from kaiga.engines.sketch.film.clips import make_form
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.painted import SceneOrder
from kaiga.engines.sketch.film.reading import measure_clip, read_frames
from kaiga.engines.sketch.footage.delivering import PIXELS_720P, get_media, shrunk
from kaiga.engines.sketch.footage.options import read_number
from kaiga.engines.sketch.making import Making
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.retouching.staging import film_backdrop
from kaiga.engines.sketch.retouching.vace.sources import MOST_SECONDS, deliver_like
from kaiga.ports.engine import GenerationJob

_SCALES = (1.0, 2.0)
_ROUGH = 4
_PAINTED_SHARE = 0.85
"""How much of the painted scene is seen at the far edge."""
_CLEAR_SHARE = 0.12
"""How far from the clip's edge, per the frame's shorter side, its mirror image is still sharp."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where the clip lies in the widened frame, in pixels of that frame."""

    left: int
    top: int
    width: int
    height: int


def outpaint_video(job: GenerationJob) -> Making:
    """Film the clip in the middle of more: each side grows by its scale less 1, of the clip's size.

    Without a size from the job, the widened clip is shrunk to 720P.
    """
    measures = measure_clip(get_media(job, "video"))
    left, right, top, bottom = (
        _read_scale(job, side) for side in ("left", "right", "top", "bottom")
    )
    across, down = left + right - 1, top + bottom - 1
    width, height = shrunk(
        round(measures.width_pixels * across), round(measures.height_pixels * down), PIXELS_720P
    )
    form = make_form(
        job,
        width_pixels=width,
        height_pixels=height,
        frames_per_second=measures.frames_per_second,
        duration_seconds=min(measures.duration_seconds or MOST_SECONDS, MOST_SECONDS),
    )
    layout = _Layout(
        left=round(form.width_pixels * (left - 1) / across),
        top=round(form.height_pixels * (top - 1) / down),
        width=round(form.width_pixels / across),
        height=round(form.height_pixels / down),
    )
    return (yield from deliver_like(job, _film(job, form, layout), form))


def _read_scale(job: GenerationJob, side: str) -> float:
    least, most = _SCALES
    return min(max(read_number(job, f"{side}_scale", 1.0), least), most)


def _film(job: GenerationJob, form: ClipForm, layout: _Layout) -> Generator[Frame]:
    frames = read_frames(
        get_media(job, "video"),
        width_pixels=layout.width,
        height_pixels=layout.height,
        frames_per_second=form.frames_per_second,
        duration_seconds=form.true_seconds,
    )
    widener = _Widener(form, layout)
    with ExitStack() as closings:
        closings.callback(frames.close)
        if not _shows_something(job.prompt):
            for frame in frames:
                yield widener.widen(frame, None)
            return
        order = SceneOrder(prompt=job.prompt, negative_prompt=job.negative_prompt, seed=job.seed)
        scene = film_backdrop(order, form)
        closings.callback(scene.close)
        for frame, around in zip(frames, scene, strict=False):
            yield widener.widen(frame, around)


def _shows_something(prompt: str) -> bool:
    scene = read_prompt(prompt)
    return bool(scene.mentions or scene.places or scene.weather or scene.time or scene.season)


class _Widener:
    """Lays frames into their surroundings."""

    def __init__(self, form: ClipForm, layout: _Layout) -> None:
        self._size = form.width_pixels, form.height_pixels
        self._layout = layout
        away = self._distances()
        short = min(self._size)
        clear = np.clip(away / (_CLEAR_SHARE * short), 0, 1)
        self._blurred = Image.fromarray(np.rint(255 * clear).astype(np.uint8))
        reach = max(float(away.max()), 1.0)
        painted = np.clip((away / reach - 0.12) / 0.6, 0, 1) * _PAINTED_SHARE
        self._painted = Image.fromarray(np.rint(255 * painted).astype(np.uint8))

    def widen(self, frame: Frame, scene: Frame | None) -> Frame:
        """Give the whole frame: the clip's own, mirrored and blurred around it, then the scene."""
        small = self._mirrored(frame)
        blurred = small.filter(ImageFilter.GaussianBlur(max(small.size) / 40))
        canvas = small.resize(self._size, Image.Resampling.BICUBIC)
        canvas.paste(blurred.resize(self._size, Image.Resampling.BICUBIC), (0, 0), self._blurred)
        if scene is not None:
            canvas.paste(Image.fromarray(scene), (0, 0), self._painted)
        canvas.paste(Image.fromarray(frame), (self._layout.left, self._layout.top))
        return np.asarray(canvas)

    def _mirrored(self, frame: Frame) -> Image.Image:
        """Give the whole frame at a quarter of its size, the clip mirrored at its edges."""
        layout = self._layout
        size = max(2, layout.width // _ROUGH), max(2, layout.height // _ROUGH)
        small = np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.BOX))
        wide = max(size[0], round(self._size[0] * size[0] / layout.width))
        tall = max(size[1], round(self._size[1] * size[1] / layout.height))
        left = min(round(layout.left * size[0] / layout.width), wide - size[0])
        top = min(round(layout.top * size[1] / layout.height), tall - size[1])
        around = (top, tall - size[1] - top), (left, wide - size[0] - left), (0, 0)
        return Image.fromarray(np.pad(small, around, mode="symmetric"))

    def _distances(self) -> Frame:
        """Tell how far each place is from the clip, in pixels."""
        width, height = self._size
        layout = self._layout
        x, y = np.arange(width), np.arange(height)
        across = np.maximum(layout.left - x, x - (layout.left + layout.width - 1)).clip(0)
        down = np.maximum(layout.top - y, y - (layout.top + layout.height - 1)).clip(0)
        return np.hypot(across[None, :], down[:, None])
