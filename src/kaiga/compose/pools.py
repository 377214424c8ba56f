"""Builds the pool of each engine."""

from kaiga.compose.children import build_children
from kaiga.compose.parts import Parts
from kaiga.domain.engines import SKETCH, EngineSpec
from kaiga.engines.sketch import capabilities as sketch
from kaiga.ports.engine_pool import EnginePool
from kaiga.worker.slots import Slots


def build_pool(spec: EngineSpec, parts: Parts) -> EnginePool:
    """Build the pool of an engine; what it is bound to is in `parts.board.plan`.

    Raises:
        SettingInvalid: an option of the engine, or of what is bound to it, can't be used.
    """
    settings = parts.settings
    match spec.kind:
        case _ if spec.kind == SKETCH:
            children = build_children(settings, SKETCH, settings.workers)
            return Slots(children, sketch.CAPABILITIES)
        case _:
            raise ValueError(f"no engine is of the kind {spec.kind}")
