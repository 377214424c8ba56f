"""Builds what measures the files that other servers send."""

from kaiga.compose.parts import INPUTS
from kaiga.engines.remote.converting import ConvertClip
from kaiga.engines.remote.measuring import MeasureFile
from kaiga.media.inspecting import ContentInspector, find_ffmpeg
from kaiga.settings import Settings


def build_measuring(settings: Settings) -> MeasureFile:
    """Build it; files lie beside the inputs of tasks while they are measured."""
    ffmpeg = find_ffmpeg(settings.ffmpeg)
    return MeasureFile(
        inspector=ContentInspector(ffmpeg=ffmpeg),
        folder=settings.data / INPUTS,
        convert=ConvertClip(ffmpeg),
    )
