"""What the models compute on: the device, the numbers they compute with, and its memory."""

import gc
import os
from dataclasses import dataclass
from typing import Any

from kaiga.domain.errors import EngineUnfit
from kaiga.engines.diffusers.libraries import torch
from kaiga.engines.diffusers.options import Dtype

GIB = 1024**3
_SHARE_OF_DEVICE = 0.9
_SHARE_OF_MACHINE = 0.6
"""Of memory that the rest of the machine needs as well: the CPU's, and Apple's."""
_SHORT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
"""What back ends say that have no class for it: Apple's, and the CPU's on Linux and on Windows."""


@dataclass(frozen=True, slots=True)
class Device:
    """One device by its name in torch."""

    name: str

    @property
    def kind(self) -> str:
        """`cuda`, `mps` or `cpu`."""
        return self.name.partition(":")[0]

    def choose_dtype(self, wanted: Dtype) -> Any:
        """Give the numbers to compute with: `auto` is bf16, and fp32 on a CPU."""
        named = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}
        if wanted != "auto":
            return named[wanted]
        return torch.float32 if self.kind == "cpu" else torch.bfloat16

    def count_memory(self) -> int:
        """Tell in bytes what models may take of the device, where no budget is set."""
        if self.kind == "cuda":
            return int(torch.cuda.mem_get_info(self.name)[1] * _SHARE_OF_DEVICE)
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return int(whole * _SHARE_OF_MACHINE)

    def free_memory(self) -> None:
        """Give back what nothing refers to any more."""
        gc.collect()
        if self.kind == "cuda":
            torch.cuda.empty_cache()
        elif self.kind == "mps":
            torch.mps.empty_cache()


def choose_device(wanted: str) -> Device:
    """Give the device of that name; `auto` is the first of CUDA, Apple's and the CPU that is there.

    Raises:
        EngineUnfit: there is no such device.
    """
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else _find_apple() or "cpu"
    device = Device(wanted)
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": _find_apple() == "mps"}
    if not there.get(device.kind, False):
        raise EngineUnfit(f"this machine has no device {wanted}")
    return device


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether the device had too little memory; not every backend has a class for it."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(each in str(error) for each in _SHORT_OF_MEMORY)


def _find_apple() -> str:
    return "mps" if torch.backends.mps.is_available() else ""
