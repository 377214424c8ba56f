"""How the large parts of a model are held in fewer bits."""

from typing import Any

from kaiga.domain.errors import EngineUnfit
from kaiga.engines.diffusers.libraries import load_library
from kaiga.engines.diffusers.options import Quantize
from kaiga.engines.diffusers.weights import Component

_LARGE = ("transformer", "unet", "text_encoder")


def make_quantization(quantize: Quantize, part: Component, dtype: Any) -> Any:
    """Give the configuration for one part, None where it stays as it is.

    Raises:
        EngineUnfit: the library for it is not installed.
    """
    if quantize == "none" or not part.name.startswith(_LARGE):
        return None
    needed = "bitsandbytes" if quantize == "nf4" else "torchao"
    try:
        load_library(needed)
        library = load_library(part.library)
        if quantize == "nf4":
            return library.BitsAndBytesConfig(
                load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype
            )
        kinds = load_library("torchao.quantization")
        if quantize == "fp8":
            return library.TorchAoConfig(kinds.Float8WeightOnlyConfig())
        return library.TorchAoConfig(kinds.Int8WeightOnlyConfig())
    except ImportError as error:
        raise EngineUnfit(
            f'quantize = "{quantize}" needs {needed}: pip install {needed}'
        ) from error
