"""Who makes which task of the catalogue, by what the pipeline is able to do."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kaiga.domain.errors import EngineUnfit
from kaiga.engines.diffusers.call import Call
from kaiga.engines.diffusers.families.clips import animate, film
from kaiga.engines.diffusers.families.edits import edit, edit_by_function
from kaiga.engines.diffusers.families.pictures import draw
from kaiga.engines.diffusers.families.repainting import (
    erase,
    extend,
    repaint,
    repaint_by_function,
)
from kaiga.engines.diffusers.families.reworking import rework
from kaiga.engines.diffusers.loading import Loaded
from kaiga.engines.diffusers.profiles import Ability
from kaiga.ports.engine import GenerationJob

Prepare = Callable[[GenerationJob, Loaded], Call]

_BY_TASK: Mapping[str, Mapping[Ability, Prepare]] = MappingProxyType({
    "text-to-image": {Ability.DRAW: draw},
    "image-edit": {Ability.EDIT: edit, Ability.DRAW: draw},
    "image-edit-function": {
        Ability.EDIT: edit_by_function,
        Ability.REPAINT: repaint_by_function,
    },
    "masked-repaint": {Ability.REPAINT: repaint},
    "erase": {Ability.REPAINT: erase},
    "out-painting": {Ability.REPAINT: extend},
    "text-to-video": {Ability.FILM: film},
    "image-to-video": {Ability.ANIMATE: animate},
    "vace": {Ability.REWORK: rework},
})  # fmt: skip


def prepare(job: GenerationJob, loaded: Loaded) -> Call:
    """Give the call that makes a job, and others that differ from it in their seeds alone.

    Raises:
        EngineUnfit: the pipeline is none for the task.
        Refused: the job's input can't be used.
    """
    makers = _BY_TASK.get(job.task, {})
    for ability, maker in makers.items():
        if ability in loaded.weights.profile.abilities:
            return maker(job, loaded)
    raise EngineUnfit(f"{loaded.weights.class_name} is no pipeline for {job.task}")
