"""Which jobs of a batch are made by one call of a pipeline, and the words that this is given."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from kaiga.ports.engine import GenerationJob

Group = list[tuple[int, GenerationJob]]
"""Jobs that are made together, with their places in the batch."""


def group_jobs(batch: Sequence[GenerationJob], *, joins_words: bool) -> list[Group]:
    """Put neighbours together that differ in their seeds alone; with `joins_words` in words too.

    Words are joined only where no job has files: what is made of files is described for one job.
    With and without a negative prompt are two ways to compute, so they are never joined.
    """
    groups: list[Group] = []
    for index, job in enumerate(batch):
        if groups and _is_alike(groups[-1][0][1], job, joins_words=joins_words):
            groups[-1].append((index, job))
        else:
            groups.append([(index, job)])
    return groups


def write_words(group: Group, blank_negative: str) -> Mapping[str, Any]:
    """Give the arguments of a call that tell what to make, for each job where they differ.

    Where all have the same words these are given once, so that they are read once; the prompt is
    then the call's own.
    """
    first = group[0][1]
    negative = first.negative_prompt or blank_negative
    if all(_words_of(job) == _words_of(first) for _, job in group):
        told = {"num_images_per_prompt": len(group), "num_videos_per_prompt": len(group)}
        return {**told, "negative_prompt": negative} if negative else told
    prompts = {"prompt": [job.prompt for _, job in group]}
    negatives = [job.negative_prompt or blank_negative for _, job in group]
    return {**prompts, "negative_prompt": negatives} if negative else prompts


def list_shown(group: Group) -> Sequence[int]:
    """Give the places in a group whose unfinished pictures are worth showing: one of each words."""
    words = [_words_of(job) for _, job in group]
    return [place for place, each in enumerate(words) if words.index(each) == place]


def _is_alike(one: GenerationJob, other: GenerationJob, *, joins_words: bool) -> bool:
    alike = msgspec.structs.replace(other, seed=one.seed, watermark=one.watermark)
    if joins_words and not one.media and bool(one.negative_prompt) == bool(other.negative_prompt):
        prompt, negative = _words_of(one)
        alike = msgspec.structs.replace(alike, prompt=prompt, negative_prompt=negative)
    return alike == one


def _words_of(job: GenerationJob) -> tuple[str, str]:
    return job.prompt, job.negative_prompt
