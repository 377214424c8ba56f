"""Pictures from words."""

from typing import Any

from kaiga.engines.diffusers.call import Call
from kaiga.engines.diffusers.families.measuring import fitted, sides_for, to_pixels
from kaiga.engines.diffusers.files import Refused, make_png
from kaiga.engines.diffusers.loading import Loaded
from kaiga.engines.diffusers.profiles import Ability
from kaiga.ports.engine import GenerationJob, MadeFile


def draw(job: GenerationJob, loaded: Loaded) -> Call:
    """Draw a prompt; a pipeline of clips makes one frame.

    Raises:
        Refused: the job has pictures, which this pipeline does not see.
    """
    if job.media_of("image"):
        raise Refused("InvalidParameter", "The model of this server takes no images.")
    width, height = sides_for(loaded, job.width_pixels, job.height_pixels)
    arguments: dict[str, Any] = {"prompt": job.prompt, "width": width, "height": height}
    if Ability.FILM in loaded.weights.profile.abilities:
        arguments["num_frames"] = 1
    return Call(arguments=arguments, sides=(width, height), finish=_finish)


def _finish(job: GenerationJob, picture: Any, _sound: Any) -> MadeFile:
    pixels = to_pixels(picture)
    return make_png(job, fitted(pixels, job.width_pixels, job.height_pixels, crops=True))
