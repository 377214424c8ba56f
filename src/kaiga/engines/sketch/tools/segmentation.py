"""Tells people apart: a mask with a grey for each of them, and a picture that shows it."""

from collections.abc import Sequence

import numpy as np

from kaiga.engines.sketch.colours import to_rgb
from kaiga.engines.sketch.edits.fields import grown
from kaiga.engines.sketch.edits.files import make_png
from kaiga.engines.sketch.edits.pictures import Pixels, mixed, open_pixels
from kaiga.engines.sketch.making import Made, Making
from kaiga.engines.sketch.tools.people import Person, find_people
from kaiga.ports.engine import GenerationJob

TINTS = ("#e5484d", "#3e8ef7", "#30a46c", "#f5b83d", "#8e5ce6", "#12a5b8")
MOST_PEOPLE = 255


def segment(job: GenerationJob) -> Making:
    """Give the mask under the empty part and the tinted picture under `visible_mask`.

    The mask is grey, 8 bits: k for person k from left to right, 0 for what is nobody. A picture
    in which nothing stands out has a mask of zeros.
    Source: contract/image-models.yaml, image-instance-segmentation.
    """
    yield from ()
    pixels = open_pixels(job.media_of("image")[0])
    people = find_people(pixels)[:MOST_PEOPLE]
    mask = np.zeros(pixels.shape[:2], dtype=np.uint8)
    for index, person in enumerate(people):
        mask[person.share > 0.5] = index + 1
    shown = _tinted(pixels, people)
    return Made(files=(make_png(job, mask), make_png(job, shown, part="visible_mask")))


def _tinted(pixels: Pixels, people: Sequence[Person]) -> Pixels:
    thick = max(1, round(max(pixels.shape[:2]) / 400))
    for index, person in enumerate(people):
        colour = np.array(to_rgb(TINTS[index % len(TINTS)]), dtype=np.uint8)
        chosen = person.share > 0.5
        rim = chosen & ~grown(chosen, -thick)
        share = np.where(rim, 0.95, chosen * 0.45).astype(np.float32)
        pixels = mixed(pixels, np.broadcast_to(colour, pixels.shape), share)
    return pixels
