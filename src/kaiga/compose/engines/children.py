"""Builds the children that engines run in."""

from kaiga.compose.engines.engine_child import EngineOptions, make_child_command
from kaiga.media.inspecting import find_ffmpeg
from kaiga.settings import Settings
from kaiga.worker.child_engine_process import ChildEngineProcess


def build_children(settings: Settings, engine: str, count: int) -> list[ChildEngineProcess]:
    """Build children of an engine; each starts with its first batch."""
    options = EngineOptions(
        sketch_seconds=settings.sketch_seconds, ffmpeg=find_ffmpeg(settings.ffmpeg)
    )
    command = make_child_command(engine, options)
    return [ChildEngineProcess(command, settings.step_timeout_seconds) for _ in range(count)]
