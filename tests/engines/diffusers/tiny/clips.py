"""Pipelines that make clips."""

import torch
from diffusers import (
    AutoencoderKLWan,
    FlowMatchEulerDiscreteScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
    WanVACEPipeline,
    WanVACETransformer3DModel,
)

from engines.diffusers.tiny.texts import make_t5, make_t5_tokenizer


def make_wan() -> WanPipeline:
    return WanPipeline(**_make_parts(_make_transformer(16)))


def make_wan_ti2v() -> WanPipeline:
    """Make one whose encoder makes places of 32 by 32 pixels."""
    return WanPipeline(
        **_make_parts(_make_transformer(48, out_channels=48), _make_vae_22()),
        expand_timesteps=True,
    )


def make_wan_i2v() -> WanImageToVideoPipeline:
    return WanImageToVideoPipeline(
        **_make_parts(_make_transformer(36)),
        image_encoder=None,
        image_processor=None,
        transformer_2=_make_transformer(36),
        boundary_ratio=0.875,
    )


def make_wan_vace() -> WanVACEPipeline:
    torch.manual_seed(0)
    transformer = WanVACETransformer3DModel(
        **_FORM, in_channels=16, out_channels=16, vace_layers=[0], vace_in_channels=96
    )
    return WanVACEPipeline(**_make_parts(transformer))


_FORM: dict[str, object] = {
    "patch_size": (1, 2, 2),
    "num_attention_heads": 2,
    "attention_head_dim": 12,
    "text_dim": 32,
    "freq_dim": 32,
    "ffn_dim": 32,
    "num_layers": 2,
    "cross_attn_norm": True,
    "qk_norm": "rms_norm_across_heads",
    "rope_max_seq_len": 128,
}


def _make_transformer(in_channels: int, out_channels: int = 16) -> WanTransformer3DModel:
    torch.manual_seed(0)
    return WanTransformer3DModel(**_FORM, in_channels=in_channels, out_channels=out_channels)


def _make_parts(transformer: object, vae: AutoencoderKLWan | None = None) -> dict[str, object]:
    return {
        "transformer": transformer,
        "vae": vae or _make_vae(),
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=7.0),
        "text_encoder": make_t5(),
        "tokenizer": make_t5_tokenizer(),
    }


def _make_vae() -> AutoencoderKLWan:
    torch.manual_seed(0)
    return AutoencoderKLWan(
        base_dim=3,
        z_dim=16,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
    )


def _make_vae_22() -> AutoencoderKLWan:
    torch.manual_seed(0)
    return AutoencoderKLWan(
        base_dim=3,
        z_dim=48,
        in_channels=12,
        out_channels=12,
        is_residual=True,
        patch_size=2,
        latents_mean=[0.0] * 48,
        latents_std=[1.0] * 48,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        scale_factor_spatial=16,
        scale_factor_temporal=4,
        temperal_downsample=[False, True, True],
    )
