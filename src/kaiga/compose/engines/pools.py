"""Builds the pool of each engine."""

from kaiga.compose.engines.children import build_children
from kaiga.compose.engines.diffusers_pool import build_diffusers_pool
from kaiga.compose.parts import Parts
from kaiga.domain.engines import COMPUTING, DIFFUSERS, MODEL_STUDIO, SKETCH, EngineSpec
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
        case _ if parts.ray is not None and spec.kind in COMPUTING:
            from kaiga.compose.engines.ray_pool import build_ray_pool  # noqa: PLC0415  seldom wanted

            return build_ray_pool(spec, parts, parts.ray)
        case _ if spec.kind == SKETCH:
            children = build_children(settings, SKETCH, settings.workers)
            return Slots(children, sketch.CAPABILITIES)
        case _ if spec.kind == DIFFUSERS:
            return build_diffusers_pool(spec, parts)
        case _ if spec.kind == MODEL_STUDIO:
            from kaiga.compose.engines.upstream import build_upstream  # noqa: PLC0415  slow to import

            return build_upstream(spec, parts)
        case "openai" | "comfyui" | "sd-cpp" as kind:
            return _build_remote(kind, spec, parts)
        case _:
            raise ValueError(f"no engine is of the kind {spec.kind}")


def _build_remote(kind: str, spec: EngineSpec, parts: Parts) -> EnginePool:
    from kaiga.compose.engines import remote_engines  # noqa: PLC0415  slow to import, and seldom wanted

    build = {
        "openai": remote_engines.build_openai,
        "comfyui": remote_engines.build_comfyui,
        "sd-cpp": remote_engines.build_sd_cpp,
    }[kind]
    return build(spec, parts)
