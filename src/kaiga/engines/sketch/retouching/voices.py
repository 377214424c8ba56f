"""What is heard in a clip with references: their voices, one after the other, over a quiet bed."""

from dataclasses import dataclass

import numpy as np

from kaiga.engines.sketch.film.frames import SAMPLES_PER_SECOND, ClipForm, Sound
from kaiga.engines.sketch.film.reading import measure_clip, read_sound
from kaiga.engines.sketch.film.sound import make_bed
from kaiga.ports.engine import GenerationJob, JobMedia

_PAUSE_SECONDS = 0.25
_BED_SHARE = 0.3
"""How loud the bed stays under voices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One voice: who speaks (the number of a reference, from 0), and what, from the clip's start.

    `sound` is as long as the clip, and silent while others speak.
    """

    speaker: int
    sound: Sound


def list_voices(job: GenerationJob, form: ClipForm) -> list[Voice]:
    """Give the voices of a job, in turn: given ones, else those of its reference clips.

    Raises:
        Refused: a given voice can't be decoded.
    """
    given = [*job.media_of("voice"), *job.media_of("reference_audio"), *job.media_of("audio")]
    speakers = list(enumerate(given)) or _speaking_clips(job)
    voices: list[Voice] = []
    start = 0
    for speaker, media in speakers:
        if start >= form.sample_count:
            break
        said = read_sound(media, most_seconds=(form.sample_count - start) / SAMPLES_PER_SECOND)
        said = said[: form.sample_count - start]
        sound = np.zeros((form.sample_count, 2), np.int16)
        sound[start : start + len(said)] = said
        voices.append(Voice(speaker=speaker, sound=sound))
        start += len(said) + round(_PAUSE_SECONDS * SAMPLES_PER_SECOND)
    return voices


def mix_voices(job: GenerationJob, form: ClipForm, voices: list[Voice]) -> Sound | None:
    """Give the sound of the clip; none if it is to be silent."""
    if not job.sound:
        return None
    bed = make_bed(job.prompt, job.seed, form.sample_count)
    if not voices:
        return bed
    total = bed.astype(np.int32) * _BED_SHARE
    for voice in voices:
        total = total + voice.sound
    return np.clip(np.rint(total), -32768, 32767).astype(np.int16)


def _speaking_clips(job: GenerationJob) -> list[tuple[int, JobMedia]]:
    """Give the reference clips that have sound, numbered after the reference pictures."""
    before = len(job.media_of("reference_image"))
    clips = job.media_of("reference_video")
    return [
        (before + number, clip) for number, clip in enumerate(clips) if measure_clip(clip).has_sound
    ]
