"""One call of a pipeline, and what is done with what it gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kaiga.ports.engine import GenerationJob, MadeFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a family asks its pipeline for.

    `sides` are those that are computed, in pixels. `finish` makes a file of one result: a picture
    as the pipeline gives it or, of a clip, its frames and its sound or None. A clip is made alone,
    pictures several at a time.
    """

    arguments: Mapping[str, Any]
    sides: tuple[int, int]
    finish: Callable[[GenerationJob, Any, Any], MadeFile]
    is_clip: bool = False
