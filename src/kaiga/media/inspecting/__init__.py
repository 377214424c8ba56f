"""Telling what files are, by their content."""

from kaiga.media.inspecting.ffmpeg import find_ffmpeg
from kaiga.media.inspecting.inspector import ContentInspector

__all__ = ["ContentInspector", "find_ffmpeg"]
