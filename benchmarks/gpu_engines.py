"""Compares what the diffusers engine makes in a second with the bare pipeline, on one device.

Z-Image's architecture in its full size is built with random weights, so nothing is fetched: what it
draws is noise, and takes as long as pictures do. Both ways use the same pipeline, in turns, and
write PNG files. Run it as docs/benchmarks.md says; `--tiny` tries it on a CPU.
"""

import argparse
import io
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, ZImagePipeline, ZImageTransformer2DModel
from transformers import Qwen3Config, Qwen3Model

from engines.diffusers.tiny.pictures import make_z_image
from engines.diffusers.tiny.texts import make_qwen_tokenizer
from kaiga.engines.diffusers.devices import Device, choose_device
from kaiga.engines.diffusers.loading import Loaded, load_model
from kaiga.engines.diffusers.options import ModelOptions
from kaiga.engines.diffusers.running import Run
from kaiga.engines.diffusers.telling import tell_of
from kaiga.engines.diffusers.weights import find_weights
from kaiga.ports.engine import GenerationJob, ResultMade

MOST_OVERHEAD, LEAST_GAIN = 0.01, 2.5
STEPS = 8
"""Of Z-Image-Turbo, as its card has it."""


def build_full() -> ZImagePipeline:
    """Build Z-Image in its full size; the classes' own defaults are those of its weights.

    Source of the other numbers: the config files of Tongyi-MAI/Z-Image-Turbo.
    """
    torch.manual_seed(0)
    tiny = make_z_image()
    return ZImagePipeline(
        transformer=ZImageTransformer2DModel().to(torch.bfloat16),
        vae=AutoencoderKL(
            down_block_types=["DownEncoderBlock2D"] * 4,
            up_block_types=["UpDecoderBlock2D"] * 4,
            block_out_channels=[128, 256, 512, 512],
            layers_per_block=2,
            latent_channels=16,
            scaling_factor=0.3611,
            shift_factor=0.1159,
            use_quant_conv=False,
            use_post_quant_conv=False,
        ).to(torch.bfloat16),
        scheduler=tiny.scheduler,
        text_encoder=Qwen3Model(
            Qwen3Config(
                hidden_size=2560,
                intermediate_size=9728,
                num_hidden_layers=36,
                num_attention_heads=32,
                num_key_value_heads=8,
                head_dim=128,
            )
        ).to(torch.bfloat16),
        tokenizer=make_qwen_tokenizer(),
    )


def make_jobs(count: int, side: int) -> Sequence[GenerationJob]:
    """Make jobs of as many tasks, each of other words."""
    return [
        GenerationJob(
            model="z-image",
            task="text-to-image",
            prompt=f"a boat, number {number}",
            width_pixels=side,
            height_pixels=side,
            seed=number,
        )
        for number in range(count)
    ]


def make_bare(loaded: Loaded, jobs: Sequence[GenerationJob]) -> None:
    """Have the pipeline make the jobs' pictures, as its documentation calls it."""
    options = loaded.options
    made = loaded.pipe(
        prompt=[job.prompt for job in jobs],
        width=jobs[0].width_pixels,
        height=jobs[0].height_pixels,
        num_inference_steps=options.steps,
        guidance_scale=options.guidance,
        generator=[torch.Generator("cpu").manual_seed(job.seed) for job in jobs],
    )
    for picture in made.images:
        picture.save(io.BytesIO(), "PNG")


def make_kaiga(loaded: Loaded, device: Device, jobs: Sequence[GenerationJob]) -> None:
    """Have the engine make them, with its previews."""
    events = tell_of(lambda teller: Run(loaded, device, teller, previews=True).make(jobs))
    made = [event for event in events if isinstance(event, ResultMade)]
    if len(made) != len(jobs):
        raise SystemExit("The engine did not make every picture.")


def measure(work: Callable[[], None], device: Device) -> float:
    """Give the seconds that it takes, with all that the device still does."""
    began = time.perf_counter()
    work()
    if device.kind == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - began


def compare(loaded: Loaded, device: Device, side: int, batch: int, rounds: int) -> dict[str, Any]:
    """Measure both ways in turns, alone and in a batch, after one round that does not count."""
    ways: dict[str, Callable[[], None]] = {
        "bare": lambda: make_bare(loaded, make_jobs(1, side)),
        "kaiga": lambda: make_kaiga(loaded, device, make_jobs(1, side)),
        "batched": lambda: make_kaiga(loaded, device, make_jobs(batch, side)),
    }
    taken = {name: list[float]() for name in ways}
    for number in range(rounds + 1):
        for name, work in ways.items():
            seconds = measure(work, device)
            if number:
                taken[name].append(seconds)
    medians = {name: statistics.median(each) for name, each in taken.items()}
    return {
        "device": torch.cuda.get_device_name() if device.kind == "cuda" else device.name,
        "side_pixels": side,
        "batch": batch,
        "seconds": taken,
        "overhead": statistics.median(
            kaiga / bare - 1 for bare, kaiga in zip(taken["bare"], taken["kaiga"], strict=True)
        ),
        "gain": batch * medians["kaiga"] / medians["batched"],
    }


def main() -> None:
    """Measure, print, and tell by the exit status whether the targets are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="a tiny model on the CPU; no verdict")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=10)
    given = parser.parse_args()
    device = choose_device("cpu" if given.tiny else "cuda")
    with tempfile.TemporaryDirectory() as folder:
        (make_z_image() if given.tiny else build_full()).save_pretrained(folder)
        options = ModelOptions(weights=str(Path(folder)), steps=STEPS, guidance=0.0)
        weights = find_weights(options, hub=False)
        loaded = load_model(weights, options, device, "none", lambda _: None)
        told = compare(loaded, device, 64 if given.tiny else 512, given.batch, given.rounds)
    print(json.dumps(told))
    if not given.tiny and (told["overhead"] > MOST_OVERHEAD or told["gain"] < LEAST_GAIN):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
