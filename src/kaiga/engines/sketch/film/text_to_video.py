"""The maker of `text-to-video`: the painted scene of the prompt, in motion."""

from kaiga.engines.sketch.film.clips import deliver, find_sound, make_form
from kaiga.engines.sketch.film.painted import SceneOrder, film_scene
from kaiga.engines.sketch.making import Making
from kaiga.ports.engine import GenerationJob

USUAL_SIZE = (1280, 720)


def film_text(job: GenerationJob) -> Making:
    """Film a prompt; `shot_type` `multi` cuts between two or three shots.

    As the contract has it, `shot_type` counts only while `prompt_extend` is on
    (contract/video-models.md, 5).
    """
    form = make_form(job, width_pixels=USUAL_SIZE[0], height_pixels=USUAL_SIZE[1])
    order = SceneOrder(
        prompt=job.prompt,
        negative_prompt=job.negative_prompt,
        seed=job.seed,
        several_shots=job.options.get("shot_type") == "multi"
        and job.options.get("prompt_extend") is not False,
    )
    return (yield from deliver(job, film_scene(order, form), form, find_sound(job, form)))
