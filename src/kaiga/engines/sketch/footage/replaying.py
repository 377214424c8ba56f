"""Plays a given clip longer than it is: over and over, or forwards and backwards in turn."""

from collections.abc import Generator
from contextlib import closing

from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.reading import Fit, read_frames
from kaiga.ports.engine import JobMedia

HELD_BYTES = 96 * 1024 * 1024
"""The memory that frames to be shown backwards may take."""


def play_over(
    media: JobMedia, form: ClipForm, *, length_seconds: float, fit: Fit = Fit.COVER
) -> Generator[Frame]:
    """Give a clip's frames at this form's size and rate, from its start again after each end.

    `length_seconds` is how much of the clip is played each time. It never ends by itself.
    """
    while True:
        yield from _play(media, form, fit, 0.0, length_seconds)


def play_to_and_fro(
    media: JobMedia,
    form: ClipForm,
    *,
    length_seconds: float,
    fit: Fit = Fit.COVER,
    held_bytes: int = HELD_BYTES,
) -> Generator[Frame]:
    """Give a clip's frames forwards, backwards, and so on, so that no turn is seen as a cut.

    Backwards it is decoded in pieces, each as long as `held_bytes` of memory allow. It never ends
    by itself.
    """
    held = max(1, held_bytes // (form.width_pixels * form.height_pixels * 3))
    while True:
        yield from _play(media, form, fit, 0.0, length_seconds)
        yield from _play_backwards(media, form, fit, length_seconds, held)


def _play(
    media: JobMedia, form: ClipForm, fit: Fit, start: float, length: float
) -> Generator[Frame]:
    frames = read_frames(
        media,
        width_pixels=form.width_pixels,
        height_pixels=form.height_pixels,
        frames_per_second=form.frames_per_second,
        fit=fit,
        start_seconds=start,
        duration_seconds=length,
    )
    with closing(frames):
        yield from frames


def _play_backwards(
    media: JobMedia, form: ClipForm, fit: Fit, length: float, held: int
) -> Generator[Frame]:
    """Decode pieces of `held` frames, the last one first."""
    rate = float(form.rate)
    end = max(1, round(length * rate))
    while end > 0:
        count = min(held, end)
        piece = list(_play(media, form, fit, (end - count) / rate, count / rate))
        yield from reversed(piece[:count])
        end -= count
