"""From an order to the jobs of an engine: one for each result, and they differ in seeds alone."""

from collections.abc import Sequence

from kaiga.domain.catalogue.model import Model
from kaiga.domain.generation import Generation, seed_of_result
from kaiga.domain.measures import Measures
from kaiga.ports.engine import GenerationJob, JobMedia


def make_jobs(
    model: Model,
    generation: Generation,
    measures: Measures,
    prompt: str,
    media: Sequence[JobMedia],
) -> Sequence[GenerationJob]:
    """Make the jobs of a task whose inputs lie at `media`; `prompt` is the text to follow."""
    return [
        GenerationJob(
            model=model.name,
            task=model.task,
            prompt=prompt,
            negative_prompt=generation.negative_prompt,
            width_pixels=measures.width_pixels,
            height_pixels=measures.height_pixels,
            seed=seed_of_result(generation, index),
            watermark=model.watermark_text if generation.watermark else "",
            duration_seconds=measures.duration_seconds,
            frames_per_second=measures.frames_per_second,
            sound=measures.sound,
            media=tuple(media),
            options=generation.options,
            adapters=generation.adapters,
        )
        for index in range(generation.count)
    ]
