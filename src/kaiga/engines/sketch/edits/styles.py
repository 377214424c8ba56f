"""The named styles of the older tools (`<oil painting>`, ...) and what they mean here."""

from collections.abc import Mapping
from types import MappingProxyType

from kaiga.engines.sketch.edits.filters.table import apply_look
from kaiga.engines.sketch.edits.pictures import Pixels
from kaiga.ports.engine import GenerationJob

_PAINTED: Mapping[str, str] = MappingProxyType({
    "<oil painting>": "oil painting",
    "<watercolor>": "watercolor",
    "<sketch>": "line art",
    "<chinese painting>": "ink painting",
    "<flat illustration>": "flat design",
})  # fmt: skip
"""Styles in which the painter itself paints, as words of a prompt."""
_LOOKS: Mapping[str, str] = MappingProxyType({
    "<photography>": "photograph",
    "<portrait>": "photograph",
    "<3d cartoon>": "toy",
    "<anime>": "cartoon",
})  # fmt: skip
_LOOKS_OF_GIVEN: Mapping[str, str] = MappingProxyType({
    **_LOOKS,
    "<oil painting>": "oil",
    "<watercolor>": "watercolour",
    "<sketch>": "line",
    "<chinese painting>": "ink",
    "<flat illustration>": "minimal",
})  # fmt: skip


def style_of(job: GenerationJob) -> str:
    """Give the option `style`, empty where none was chosen (contract/image-models.md, 6 and 12)."""
    style = str(job.options.get("style") or "")
    return "" if style == "<auto>" else style


def styled_prompt(job: GenerationJob) -> str:
    """Give the prompt with the words of the option `style`, if the painter knows that style."""
    words = _PAINTED.get(style_of(job), "")
    return f"{job.prompt}, {words}" if words else job.prompt


def finished(pixels: Pixels, job: GenerationJob) -> Pixels:
    """Give a painted picture those styles that the painter doesn't know."""
    look = _LOOKS.get(style_of(job))
    return apply_look(look, pixels, job.prompt, job.seed) if look else pixels


def in_style(pixels: Pixels, job: GenerationJob) -> Pixels:
    """Give a picture that wasn't painted the option's style."""
    look = _LOOKS_OF_GIVEN.get(style_of(job))
    return apply_look(look, pixels, job.prompt, job.seed) if look else pixels
