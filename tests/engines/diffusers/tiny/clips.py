"""Pipelines that make clips."""

import torch
from diffusers import (
    AutoencoderKLLTX2Audio,
    AutoencoderKLLTX2Video,
    AutoencoderKLWan,
    FlowMatchEulerDiscreteScheduler,
    LTX2ImageToVideoPipeline,
    LTX2Pipeline,
    LTX2VideoTransformer3DModel,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
    WanVACEPipeline,
    WanVACETransformer3DModel,
)
from diffusers.pipelines.ltx2 import LTX2TextConnectors, LTX2Vocoder

from engines.diffusers.tiny.texts import (
    make_gemma3,
    make_gemma_tokenizer,
    make_t5,
    make_t5_tokenizer,
)


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


def make_ltx2() -> LTX2Pipeline:
    return LTX2Pipeline(**_make_ltx2_parts())


def make_ltx2_i2v() -> LTX2ImageToVideoPipeline:
    return LTX2ImageToVideoPipeline(**_make_ltx2_parts())


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


def _make_ltx2_parts() -> dict[str, object]:
    """Make parts whose sound is as long as their pictures: 100 places a second, 160 samples each.

    The forms are those of diffusers' own tests of the pipeline.
    """
    torch.manual_seed(0)
    text_encoder = make_gemma3()
    audio_vae = AutoencoderKLLTX2Audio(
        base_channels=4,
        output_channels=2,
        ch_mult=(1,),
        num_res_blocks=1,
        in_channels=2,
        resolution=32,
        latent_channels=2,
        sample_rate=16000,
        mel_hop_length=160,
        mel_bins=8,
    )
    return {
        "scheduler": FlowMatchEulerDiscreteScheduler(),
        "vae": _make_ltx2_vae(),
        "audio_vae": audio_vae,
        "text_encoder": text_encoder,
        "tokenizer": make_gemma_tokenizer(),
        "connectors": _make_connectors(text_encoder.config.text_config),
        "transformer": LTX2VideoTransformer3DModel(
            in_channels=4,
            out_channels=4,
            num_attention_heads=2,
            attention_head_dim=8,
            cross_attention_dim=16,
            audio_in_channels=4,
            audio_out_channels=4,
            audio_num_attention_heads=2,
            audio_attention_head_dim=4,
            audio_cross_attention_dim=8,
            num_layers=2,
            caption_channels=text_encoder.config.text_config.hidden_size,
            rope_double_precision=False,
            rope_type="split",
        ),
        "vocoder": LTX2Vocoder(
            in_channels=16,
            hidden_channels=32,
            upsample_kernel_sizes=[20, 32],
            upsample_factors=[10, 16],
            resnet_kernel_sizes=[3],
            resnet_dilations=[[1, 3, 5]],
            output_sampling_rate=16000,
        ),
    }


def _make_ltx2_vae() -> AutoencoderKLLTX2Video:
    return AutoencoderKLLTX2Video(
        latent_channels=4,
        block_out_channels=(8,),
        down_block_types=("LTX2VideoDownBlock3D",),
        decoder_block_out_channels=(8,),
        layers_per_block=(1, 1),
        decoder_layers_per_block=(1, 1),
        spatio_temporal_scaling=(True,),
        decoder_spatio_temporal_scaling=(True,),
        decoder_inject_noise=(False, False),
        downsample_type=("spatial",),
        upsample_type=("spatiotemporal",),
        upsample_residual=(False,),
        upsample_factor=(1,),
        patch_size=8,
        decoder_causal=False,
    )


def _make_connectors(text: object) -> LTX2TextConnectors:
    heads = {
        f"{kind}_connector_{name}": value
        for kind in ("video", "audio")
        for name, value in (
            ("num_attention_heads", 4),
            ("attention_head_dim", 8),
            ("num_layers", 1),
            ("num_learnable_registers", None),
        )
    }
    return LTX2TextConnectors(
        caption_channels=text.hidden_size,
        text_proj_in_factor=text.num_hidden_layers + 1,
        connector_rope_base_seq_len=32,
        rope_double_precision=False,
        rope_type="split",
        **heads,
    )
