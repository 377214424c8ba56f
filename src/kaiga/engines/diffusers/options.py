"""What kaiga.toml says to this engine: `[engines.NAME]` and `[models."MODEL".NAME]`."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from kaiga.domain.adapters import ADAPTER_ID
from kaiga.engines.diffusers.profiles import PROFILES

Dtype = Literal["auto", "bf16", "fp16", "fp32"]
Quantize = Literal["none", "fp8", "int8", "nf4"]
Offload = Literal["auto", "none", "group", "sequential"]
Cache = Literal["none", "first-block", "cache-dit"]
_Positive = Annotated[int, msgspec.Meta(gt=0)]
_Factor = Annotated[float, msgspec.Meta(ge=0)]


class ModelOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the engine has to know about one model.

    `weights` is a folder in the layout of diffusers, or an id at the hub, `revision` a branch, tag
    or commit there. `pipeline` takes another class than the one that the weights name. `steps` and
    `guidance` are the pipeline's own where they are left out. `largest_pixels` and
    `most_frames` bound what is computed: larger pictures are scaled up, longer clips slowed down.
    `frames_per_second` is the rate that the weights were trained with; 0 takes that of the class.
    `lora` names adapters by an id, each with its file or folder; `extra` are further arguments of
    the pipeline's call, as they are.
    """

    weights: str
    revision: str = "main"
    pipeline: str = ""
    steps: _Positive | None = None
    guidance: _Factor | None = None
    dtype: Dtype = "auto"
    quantize: Quantize = "none"
    offload: Offload = "auto"
    compile: bool = False
    cache: Cache = "none"
    cache_threshold: _Factor = 0.08
    lora: Mapping[str, str] = {}
    largest_pixels: Annotated[int, msgspec.Meta(ge=0)] = 0
    most_frames: Annotated[int, msgspec.Meta(ge=0)] = 0
    frames_per_second: _Factor = 0.0
    allow_pickle: bool = False
    trust_remote_code: bool = False
    extra: Mapping[str, object] = {}

    def __post_init__(self) -> None:
        """Hold the class and the ids of adapters against what is allowed."""
        if not self.weights:
            raise ValueError("weights names a folder or a hub id")
        if self.pipeline and self.pipeline not in PROFILES:
            raise ValueError(f"pipeline is one of {', '.join(sorted(PROFILES))}")
        if not all(ADAPTER_ID.fullmatch(name) for name in self.lora):
            raise ValueError("ids of lora are letters, digits and ._-, 64 at most")


class DiffusersOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one child of the engine is told; `models` is filled from the bindings.

    `device` is `auto`, `cpu`, `cuda`, `cuda:N` or `mps`. `memory_gib` is what models may take of
    it together, 0 for nine tenths of what the device has. `hub` lets missing weights be fetched;
    without it nothing is asked of any other machine. `load_seconds` is the longest that one load
    may take.
    """

    device: str = "auto"
    memory_gib: _Factor = 0.0
    hub: bool = False
    previews: bool = True
    load_seconds: Annotated[float, msgspec.Meta(gt=0)] = 1800.0
    models: Mapping[str, ModelOptions] = {}


class EngineTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[engines.NAME]` with `kind = "diffusers"`: one child for each of `devices`."""

    devices: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] = ("auto",)
    memory_gib: _Factor = 0.0
    hub: bool = False
    previews: bool = True
    load_seconds: Annotated[float, msgspec.Meta(gt=0)] = 1800.0
