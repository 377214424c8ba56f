"""An adapter (LoRA) with random weights, as its trainers save one."""

from pathlib import Path

import torch
from diffusers import FluxPipeline
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict


def save_adapter(weights: str, folder: Path) -> Path:
    """Write one for a FLUX in `weights`; give its file."""
    pipe = FluxPipeline.from_pretrained(weights)
    torch.manual_seed(3)
    pipe.transformer.add_adapter(
        LoraConfig(r=4, target_modules=["to_q", "to_k", "to_v"], init_lora_weights=False)
    )
    layers = get_peft_model_state_dict(pipe.transformer)
    FluxPipeline.save_lora_weights(str(folder), transformer_lora_layers=layers)
    (file,) = folder.glob("*.safetensors")
    return file
