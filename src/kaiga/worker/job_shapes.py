"""Which jobs may be made in one batch, and under which shape their time was measured."""

from collections.abc import Hashable, Mapping

import msgspec

from kaiga.domain.batch_profiles import NO_STEPS, WorkShape
from kaiga.ports.engine import GenerationJob

_STEPS = "steps"


def shape_of(job: GenerationJob, steps: Mapping[str, int]) -> WorkShape:
    """Give the shape of a job; `steps` are those that the operator has set, by model."""
    asked = job.options.get(_STEPS)
    return WorkShape(
        model=job.model,
        width_pixels=job.width_pixels,
        height_pixels=job.height_pixels,
        frames=max(1, round(job.duration_seconds * job.frames_per_second)),
        steps=asked if isinstance(asked, int) else steps.get(job.model, NO_STEPS),
    )


def kind_of(job: GenerationJob) -> Hashable:
    """Give what jobs of one batch have in common: all but words, seeds, marks and files.

    Of input files it is what they are for, their type and their measures.
    """
    media = [msgspec.structs.replace(each, path="") for each in job.media]
    alike = msgspec.structs.replace(
        job, prompt="", negative_prompt="", seed=0, watermark="", media=tuple(media)
    )
    return msgspec.json.encode(alike, order="deterministic")
