"""Goes on from a given clip: first the clip itself, then its last frame in motion."""

from collections.abc import Iterator
from itertools import islice

from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.morphing import film_morph
from kaiga.engines.sketch.film.reading import ClipMeasures, read_frames
from kaiga.engines.sketch.film.stills import film_still
from kaiga.ports.engine import JobMedia

_MORPH_SECONDS = 0.8
"""The least time that is kept for reaching a given last picture."""


def film_continuation(
    clip: JobMedia,
    measures: ClipMeasures,
    form: ClipForm,
    *,
    prompt: str,
    seed: int,
    last: Frame | None = None,
) -> Iterator[Frame]:
    """Give a clip's frames and what comes after them, `form.frame_count` in all.

    With `last`, the end is the way from the clip's last frame to that picture; a clip that would
    leave no time for it is cut.

    Raises:
        Refused: the clip can't be decoded.
    """
    taken = count_taken(measures, form, ends=last is not None)
    frames = read_frames(
        clip,
        width_pixels=form.width_pixels,
        height_pixels=form.height_pixels,
        frames_per_second=form.frames_per_second,
    )
    given = 0
    current: Frame | None = None
    for current in islice(frames, taken):
        given += 1
        yield current
    frames.close()
    left = form.frame_count - given
    if current is None or not left:
        return
    # The frame that both parts share is the clip's: what follows begins one frame later.
    after = (
        film_still(current, form, prompt=prompt, seed=seed, frame_count=left + 1)
        if last is None
        else film_morph(current, last, frame_count=left + 1)
    )
    yield from islice(after, 1, None)


def count_taken(measures: ClipMeasures, form: ClipForm, *, ends: bool) -> int:
    """Tell how many frames of the clip are used, at the form's rate."""
    own = max(1, round(measures.duration_seconds * float(form.rate)))
    kept = min(round(_MORPH_SECONDS * float(form.rate)), form.frame_count // 2) if ends else 0
    return min(own, form.frame_count - kept)
