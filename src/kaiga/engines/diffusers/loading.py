"""Loads a pipeline part by part, puts it where it computes, and makes its adapters ready."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kaiga.domain.errors import EngineUnfit
from kaiga.engines.diffusers.devices import Device, is_out_of_memory
from kaiga.engines.diffusers.libraries import diffusers, load_library, torch
from kaiga.engines.diffusers.options import ModelOptions
from kaiga.engines.diffusers.quantizing import make_quantization
from kaiga.engines.diffusers.telling import Left
from kaiga.engines.diffusers.weights import Component, Weights

_IN_FULL = frozenset({"AutoencoderKLWan"})
"""What is computed in 32 bits whatever the rest is, as its documentation has it."""
_SHARE_WHEN_OFFLOADED = 0.15
"""What of its weights a model takes on the device, about, where they lie in the CPU's memory."""
_SMALLER = {"none": 1.0, "fp8": 0.55, "int8": 0.55, "nf4": 0.32}
"""What quantized weights take, of what they take in bf16."""


@dataclass(slots=True, kw_only=True)
class Loaded:
    """A pipeline that is ready. `adapters` are the ids of its LoRA files."""

    pipe: Any
    weights: Weights
    options: ModelOptions
    size_bytes: int
    offload: str
    adapters: frozenset[str] = frozenset()
    colours: Any = None
    """How its latents look, once a preview has asked for it."""


def estimate_bytes(weights: Weights, options: ModelOptions, offload: str) -> int:
    """Tell what a model is about to take of the device."""
    share = _SHARE_WHEN_OFFLOADED if offload != "none" else 1.0
    return int(weights.size_bytes * _SMALLER[options.quantize] * share)


def load_model(
    weights: Weights,
    options: ModelOptions,
    device: Device,
    offload: str,
    tell_part: Callable[[float], None],
) -> Loaded:
    """Load a pipeline; `tell_part` hears how far that is, from 0 to 1.

    Raises:
        EngineUnfit: the weights are broken, or something that the options ask for is missing.
        Left: `tell_part` did.
        Exception: the device has too little memory; see `is_out_of_memory`.
    """
    try:
        pipe = _assemble(weights, options, device, tell_part)
        _place(pipe, device, offload)
        _quicken(pipe, options)
        adapters = _load_adapters(pipe, options)
    except (EngineUnfit, Left):
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise
        told = f"{type(error).__name__}: {error}"
        raise EngineUnfit(f"{weights.folder} can't be loaded: {told}") from error
    tell_part(1.0)
    return Loaded(
        pipe=pipe,
        weights=weights,
        options=options,
        size_bytes=estimate_bytes(weights, options, offload),
        offload=offload,
        adapters=adapters,
    )


def _assemble(
    weights: Weights, options: ModelOptions, device: Device, tell_part: Callable[[float], None]
) -> Any:
    dtype = device.choose_dtype(options.dtype)
    parts: dict[str, Any] = {}
    done = 0
    for part in weights.components:
        parts[part.name] = _load_part(weights, part, options, dtype)
        done += part.size_bytes
        tell_part(0.95 * done / max(1, weights.size_bytes))
    pipe = getattr(diffusers, weights.class_name).from_pretrained(
        str(weights.folder),
        **parts,
        dtype=dtype,
        use_safetensors=None if options.allow_pickle else True,
        local_files_only=True,
        trust_remote_code=options.trust_remote_code,
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _load_part(weights: Weights, part: Component, options: ModelOptions, dtype: Any) -> Any:
    kind = getattr(load_library(part.library), part.class_name, None)
    if kind is None:
        raise EngineUnfit(f"{part.library} has no class {part.class_name}")
    numbers = torch.float32 if part.class_name in _IN_FULL else dtype
    arguments: dict[str, Any] = {
        "subfolder": part.name,
        "use_safetensors": None if options.allow_pickle else True,
        "local_files_only": True,
        "dtype": numbers,
    }
    quantization = make_quantization(options.quantize, part, dtype)
    if quantization is not None:
        arguments["quantization_config"] = quantization
    return kind.from_pretrained(str(weights.folder), **arguments)


def _place(pipe: Any, device: Device, offload: str) -> None:
    if offload == "group":
        pipe.enable_group_offload(
            onload_device=torch.device(device.name),
            offload_device=torch.device("cpu"),
            offload_type="leaf_level",
            use_stream=device.kind == "cuda",
        )
    elif offload == "sequential":
        pipe.enable_sequential_cpu_offload(device=device.name)
    else:
        pipe.to(device.name)


def move_out(loaded: Loaded, device: Device) -> None:
    """Put a model that lies on the device into the CPU's memory, and bring it over in groups.

    Raises:
        Exception: see `load_model`.
    """
    loaded.pipe.to("cpu")
    device.free_memory()
    _place(loaded.pipe, device, "group")
    loaded.offload = "group"
    loaded.size_bytes = estimate_bytes(loaded.weights, loaded.options, "group")


def _quicken(pipe: Any, options: ModelOptions) -> None:
    large = [
        getattr(pipe, name)
        for name in ("transformer", "transformer_2", "unet")
        if getattr(pipe, name, None) is not None
    ]
    match options.cache:
        case "first-block":
            for model in large:
                model.enable_cache(
                    diffusers.FirstBlockCacheConfig(threshold=options.cache_threshold)
                )
        case "cache-dit":
            try:
                load_library("cache_dit").enable_cache(pipe)
            except ImportError as error:
                raise EngineUnfit('cache = "cache-dit" needs it: pip install cache-dit') from error
        case "none":
            pass
    if options.compile:
        for model in large:
            model.compile()


def _load_adapters(pipe: Any, options: ModelOptions) -> frozenset[str]:
    for name, place in options.lora.items():
        path = Path(place).expanduser()
        if not path.exists() or (path.is_file() and path.suffix != ".safetensors"):
            raise EngineUnfit(f"the adapter {name} is no folder and no .safetensors file")
        where = {"weight_name": path.name} if path.is_file() else {}
        pipe.load_lora_weights(
            str(path.parent if path.is_file() else path),
            **where,
            adapter_name=name,
            use_safetensors=True,
            local_files_only=True,
        )
    if options.lora:
        pipe.disable_lora()
    return frozenset(options.lora)
