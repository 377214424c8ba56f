"""Chooses the function of general video editing that a job names."""

from collections.abc import Mapping
from types import MappingProxyType

from kaiga.engines.sketch.footage.options import read_text
from kaiga.engines.sketch.making import Maker, Making, Refused
from kaiga.engines.sketch.retouching.references import film_image_references
from kaiga.engines.sketch.retouching.vace.extension import extend_video
from kaiga.engines.sketch.retouching.vace.masked import edit_masked
from kaiga.engines.sketch.retouching.vace.outpainting import outpaint_video
from kaiga.engines.sketch.retouching.vace.repainting import repaint_video
from kaiga.ports.engine import GenerationJob

FUNCTIONS: Mapping[str, Maker] = MappingProxyType({
    "image_reference": film_image_references,
    "video_repainting": repaint_video,
    "video_edit": edit_masked,
    "video_extension": extend_video,
    "video_outpainting": outpaint_video,
})  # fmt: skip


def make_with_vace(job: GenerationJob) -> Making:
    """Do what `function` says.

    Raises:
        Refused: there is no such function, or an input is missing or can't be decoded.
    """
    function = FUNCTIONS.get(read_text(job, "function"))
    if function is None:
        raise Refused("InvalidParameter", f"function must be one of {', '.join(FUNCTIONS)}.")
    return (yield from function(job))
