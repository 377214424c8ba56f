"""Has finished files marked before they are stored: the one place where they get their labels."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from kaiga.domain.errors import MarkingFailed
from kaiga.domain.media import MediaType
from kaiga.domain.provenance import MARKABLE, Marked, Origin, choose_source
from kaiga.domain.tasks import Task
from kaiga.ports.result_marker import ResultMarker

Mark = Callable[[Task, bytes, MediaType], Awaitable[Marked]]
"""What `MarkResults` does, whoever does it."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkResults:
    """A part of making results; a mark that fails costs no result, and the log tells of it."""

    markers: Sequence[ResultMarker]
    """In the order in which they mark; a signature comes last, for it covers the others."""
    engines_of_rules: frozenset[str]
    """Engines that draw by rules, and in which no trained model has a part."""

    async def __call__(self, task: Task, content: bytes, kind: MediaType) -> Marked:
        """Give a file of `task` as it is to be stored; all work on it is done in a thread."""
        if kind.name not in MARKABLE:
            return Marked(content=content, made_digest="")
        return await asyncio.to_thread(self._mark, task, content, kind.name)

    def _mark(self, task: Task, content: bytes, media_type: str) -> Marked:
        made_digest = hashlib.sha256(content).hexdigest()
        inputs = task.generation.media if task.generation else ()
        by_rules = task.engine in self.engines_of_rules
        origin = Origin(
            engine=task.engine,
            model=task.catalogue_model,
            source=choose_source(inputs, by_rules=by_rules),
            made_digest=made_digest,
        )
        for marker in self.markers:
            try:
                content = marker.mark(content, media_type, origin)
            except MarkingFailed as failed:
                _log.warning("a result has one mark less", reason=str(failed))
        return Marked(content=content, made_digest=made_digest)
