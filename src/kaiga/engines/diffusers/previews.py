"""Shows unfinished pictures: latents as colours, without running the decoder for each.

How latents look is found out once: the model's own encoder is given plain colours, and the
straight line that leads from its latents back to the colours is kept.
"""

import io
import itertools
from typing import Any

import numpy as np
from PIL import Image

from kaiga.engines.diffusers.libraries import torch

_SIDE = 64
_LEVELS = (-1.0, 0.0, 1.0)
_LARGEST_SIDE = 512
_PACKED = 3
"""Dimensions of latents that are a row of patches; planes have one more, clips two."""
_OF_CLIPS = frozenset({"AutoencoderKLWan", "AutoencoderKLQwenImage", "AutoencoderKLLTX2Video"})
"""Encoders that take a row of frames, of which a picture is one."""


def make_preview(pipe: Any, latents: Any, sides: tuple[int, int], colours: Any) -> bytes:
    """Give the first of the latents as a PNG; `sides` are those of the picture, in pixels.

    Raises:
        ValueError: the latents are of a shape that is not known.
    """
    plane = _unpacked(pipe, latents[:1], sides).float().cpu()
    plane = _unscaled(pipe.vae, plane)
    while plane.ndim > _PACKED + 1:  # of a clip, its middle
        plane = plane[:, :, plane.shape[2] // 2]
    flat = plane[0].permute(1, 2, 0)
    ones = torch.ones((*flat.shape[:2], 1))
    seen = torch.cat([flat, ones], dim=2) @ colours
    pixels = ((seen.clamp(-1, 1) + 1) * 127.5).nan_to_num().byte().numpy()
    image = Image.fromarray(np.ascontiguousarray(pixels))
    share = min(_LARGEST_SIDE / max(sides), 1.0)
    image = image.resize((max(1, round(sides[0] * share)), max(1, round(sides[1] * share))))
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def find_colours(vae: Any) -> Any:
    """Give the matrix from latents, and a one, to red, green and blue from -1 to 1."""
    plain = torch.tensor(list(itertools.product(_LEVELS, repeat=3)))
    rows: list[Any] = []
    with torch.inference_mode():
        for colour in plain:
            picture = colour.reshape(1, 3, 1, 1).expand(1, 3, _SIDE, _SIDE)
            if type(vae).__name__ in _OF_CLIPS:
                picture = picture.unsqueeze(2)
            picture = picture.to(device=vae.device, dtype=vae.dtype)
            encoded = vae.encode(picture).latent_dist.mode().float().cpu()
            rows.append(encoded.flatten(2).mean(dim=2)[0])
    latents = torch.stack(rows)
    known = torch.cat([latents, torch.ones((len(rows), 1))], dim=1)
    return torch.linalg.lstsq(known, plain).solution


def _unpacked(pipe: Any, latents: Any, sides: tuple[int, int]) -> Any:
    if latents.ndim > _PACKED:
        return latents
    unpack = getattr(pipe, "_unpack_latents", None)
    if unpack is None or latents.ndim != _PACKED or not hasattr(pipe, "vae_scale_factor"):
        raise ValueError("latents of an unknown shape")
    return unpack(latents, sides[1], sides[0], pipe.vae_scale_factor)


def _unscaled(vae: Any, latents: Any) -> Any:
    """Undo what pipelines do to what the encoder gives."""
    mean = getattr(vae.config, "latents_mean", None)
    deviation = getattr(vae.config, "latents_std", None)
    if mean is not None and deviation is not None:
        shape = (1, -1, *[1] * (latents.ndim - 2))
        return latents * torch.tensor(deviation).reshape(shape) + torch.tensor(mean).reshape(shape)
    scale = getattr(vae.config, "scaling_factor", None) or 1.0
    return latents / scale + (getattr(vae.config, "shift_factor", None) or 0.0)
