"""Makes the speaker of a given clip say another sound."""

from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.pictures import Pixels, open_pixels
from kaiga.engines.sketch.film.clips import deliver
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.reading import ClipMeasures, measure_clip, read_frames, read_sound
from kaiga.engines.sketch.footage.delivering import count_seconds, form_like, get_media
from kaiga.engines.sketch.footage.options import is_on
from kaiga.engines.sketch.footage.regions import Region
from kaiga.engines.sketch.footage.replaying import play_to_and_fro
from kaiga.engines.sketch.making import Making
from kaiga.engines.sketch.performing.expressions import Expression
from kaiga.engines.sketch.performing.faces import (
    align_face,
    find_features,
    guess_face,
    list_faces,
)
from kaiga.engines.sketch.performing.puppet import Puppet
from kaiga.engines.sketch.performing.speech import Speech, listen
from kaiga.engines.sketch.randomness import make_random
from kaiga.ports.engine import GenerationJob, JobMedia

MOST_SECONDS = 120.0
"""The longest sound and clip of the model (contract/video-models.md, 12.1)."""
_LOOKS_PER_SECOND = 4.0
_LOOK_SIDE = 640


@dataclass(frozen=True, slots=True, kw_only=True)
class _Track:
    """Where the speaker's face is: left, top, right and bottom at equal steps of time."""

    places: NDArray[np.float64]

    def at(self, seconds: float) -> Region:
        """Give the face's box at a time, between the two nearest looks."""
        moment = min(max(seconds * _LOOKS_PER_SECOND, 0.0), len(self.places) - 1.0)
        first = int(moment)
        second = min(first + 1, len(self.places) - 1)
        share = moment - first
        left, top, right, bottom = self.places[first] * (1 - share) + self.places[second] * share
        return Region(left=left, top=top, right=right, bottom=bottom)


def make_lip_sync(job: GenerationJob) -> Making:
    """Film the clip with its speaker's mouth moved by the sound.

    With `video_extension` it is as long as the sound, the clip then running on backwards and
    forwards; else as long as the shorter of both. Which of several people speaks is said by the
    picture `image`, where there is one; else it is the one whose face is largest.
    """
    clip = get_media(job, "video")
    measures = measure_clip(clip)
    sound = read_sound(get_media(job, "audio"), most_seconds=MOST_SECONDS)
    form = form_like(job, _lasting(measures, count_seconds(sound), job))
    track = _follow_face(job, clip, measures, form)
    speech = listen(sound, form, make_random("lips", job.prompt, job.seed))
    length = measures.duration_seconds or form.true_seconds
    frames = _film(play_to_and_fro(clip, form, length_seconds=length), form, track, speech, length)
    return (yield from deliver(job, frames, form, sound if job.sound else None))


def _lasting(measures: ClipMeasures, sound_seconds: float, job: GenerationJob) -> ClipMeasures:
    length = measures.duration_seconds or sound_seconds
    longer = is_on(job, "video_extension", default=False)
    return ClipMeasures(
        width_pixels=measures.width_pixels,
        height_pixels=measures.height_pixels,
        frames_per_second=measures.frames_per_second,
        duration_seconds=sound_seconds if longer else min(length, sound_seconds),
        has_sound=measures.has_sound,
    )


def _film(
    shown: Generator[Frame], form: ClipForm, track: _Track, speech: Speech, length: float
) -> Generator[Frame]:
    with closing(shown):
        for number, frame in enumerate(shown):
            if number == form.frame_count:
                return
            opening = float(speech.opening[number])
            if opening <= 0.02:
                yield frame
                continue
            time = number / float(form.rate) % (2 * length)
            face = find_features(frame, track.at(min(time, 2 * length - time)))
            expression = Expression(
                mouth_open=min(opening, 1.1), mouth_wide=float(speech.width[number])
            )
            yield Puppet(frame, face).draw(expression)


def _follow_face(
    job: GenerationJob, clip: JobMedia, measures: ClipMeasures, form: ClipForm
) -> _Track:
    """Look at the clip a few times a second and remember where the speaker's face is."""
    share = min(1.0, _LOOK_SIDE / max(form.width_pixels, form.height_pixels))
    size = round(form.width_pixels * share), round(form.height_pixels * share)
    looks = read_frames(
        clip,
        width_pixels=size[0],
        height_pixels=size[1],
        frames_per_second=_LOOKS_PER_SECOND,
        duration_seconds=min(measures.duration_seconds or MOST_SECONDS, form.true_seconds),
    )
    wanted = [_signature(open_pixels(each)) for each in job.media_of("image")]
    with closing(looks):
        places = _look(looks, wanted[0] if wanted else None)
    x, y = form.width_pixels / size[0], form.height_pixels / size[1]
    return _Track(places=_steadied(places) * np.array([x, y, x, y]))


def _look(looks: Iterable[Pixels], wanted: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Find the face once, and from then on near where it was."""
    places: list[tuple[float, float, float, float]] = []
    before: Region | None = None
    for picture in looks:
        if before is None:
            faces = list_faces(picture) or [guess_face(picture)]
            before = align_face(picture, _choose(picture, faces, wanted))
        else:
            found = align_face(picture, before.grown(0.2))
            before = found if found.width < 1.35 * before.width else before
        places.append((before.left, before.top, before.right, before.bottom))
    return np.array(places)


def _choose(picture: Pixels, faces: list[Region], wanted: NDArray[np.float64] | None) -> Region:
    """Choose among faces: the one that looks like the wanted one, else the largest."""
    if wanted is None:
        return faces[0]
    return min(faces, key=lambda face: float(np.abs(_colours(picture, face) - wanted).sum()))


def _signature(portrait: Pixels) -> NDArray[np.float64]:
    return _colours(portrait, next(iter(list_faces(portrait)), None) or guess_face(portrait))


def _colours(picture: Pixels, face: Region) -> NDArray[np.float64]:
    """Give how often colours of a few kinds occur in and around a face, hair included."""
    left, top, right, bottom = face.grown(0.2).inside(picture.shape[1], picture.shape[0])
    part = picture[top:bottom, left:right].reshape(-1, 3) // 64
    keys = (part[:, 0].astype(np.int64) * 4 + part[:, 1]) * 4 + part[:, 2]
    return np.bincount(keys, minlength=64) / max(1, len(keys))


def _steadied(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take the median of three looks in a row: one wrong look moves nothing."""
    around = np.concatenate([places[:1], places, places[-1:]])
    return np.median(np.stack([around[:-2], around[1:-1], around[2:]]), axis=0)
