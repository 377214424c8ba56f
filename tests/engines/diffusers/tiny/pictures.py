"""Pipelines that make pictures."""

import torch
from diffusers import (
    AutoencoderKL,
    AutoencoderKLQwenImage,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxFillPipeline,
    FluxKontextPipeline,
    FluxPipeline,
    FluxTransformer2DModel,
    QwenImageEditPipeline,
    QwenImageEditPlusPipeline,
    QwenImagePipeline,
    QwenImageTransformer2DModel,
    SD3Transformer2DModel,
    StableDiffusion3Pipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
    ZImagePipeline,
    ZImageTransformer2DModel,
)

from engines.diffusers.tiny.texts import (
    make_clip,
    make_clip_tokenizer,
    make_qwen3,
    make_qwen_processor,
    make_qwen_tokenizer,
    make_qwen_vl,
    make_t5,
    make_t5_tokenizer,
)


def make_z_image() -> ZImagePipeline:
    torch.manual_seed(0)
    transformer = ZImageTransformer2DModel(
        all_patch_size=(2,),
        all_f_patch_size=(1,),
        in_channels=16,
        dim=32,
        n_layers=2,
        n_refiner_layers=1,
        n_heads=2,
        n_kv_heads=2,
        qk_norm=True,
        cap_feat_dim=16,
        rope_theta=256.0,
        t_scale=1000.0,
        axes_dims=[8, 4, 4],
        axes_lens=[1024, 128, 128],
    )
    with torch.no_grad():
        transformer.x_pad_token.fill_(1.0)
        transformer.cap_pad_token.fill_(1.0)
    return ZImagePipeline(
        transformer=transformer,
        vae=_make_vae(16, shift_factor=0.1159, scaling_factor=0.3611),
        scheduler=FlowMatchEulerDiscreteScheduler(),
        text_encoder=make_qwen3(),
        tokenizer=make_qwen_tokenizer(),
    )


def make_sdxl() -> StableDiffusionXLPipeline:
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        block_out_channels=(2, 4),
        layers_per_block=1,
        sample_size=8,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        transformer_layers_per_block=(1, 1),
        projection_class_embeddings_input_dim=80,  # six times 8, and 32 of the text
        cross_attention_dim=64,
        norm_num_groups=1,
    )
    return StableDiffusionXLPipeline(
        unet=unet,
        vae=_make_vae(4),
        scheduler=EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1
        ),
        text_encoder=make_clip(projects=False),
        tokenizer=make_clip_tokenizer(),
        text_encoder_2=make_clip(projects=True),
        tokenizer_2=make_clip_tokenizer(),
    )


def make_sd3() -> StableDiffusion3Pipeline:
    torch.manual_seed(0)
    transformer = SD3Transformer2DModel(
        sample_size=32,
        patch_size=1,
        in_channels=16,
        out_channels=16,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=4,
        caption_projection_dim=32,
        joint_attention_dim=32,
        pooled_projection_dim=64,
    )
    return StableDiffusion3Pipeline(
        transformer=transformer,
        vae=_make_vae(16, shift_factor=0.0609, scaling_factor=1.5035),
        scheduler=FlowMatchEulerDiscreteScheduler(),
        text_encoder=make_clip(projects=True),
        tokenizer=make_clip_tokenizer(),
        text_encoder_2=make_clip(projects=True),
        tokenizer_2=make_clip_tokenizer(),
        text_encoder_3=make_t5(),
        tokenizer_3=make_t5_tokenizer(),
    )


def make_flux() -> FluxPipeline:
    return FluxPipeline(**_make_flux_parts(in_channels=16, out_channels=16))


def make_flux_kontext() -> FluxKontextPipeline:
    return FluxKontextPipeline(**_make_flux_parts(in_channels=16, out_channels=16))


def make_flux_fill() -> FluxFillPipeline:
    # four latents, those of the masked picture, and 64 pixels of mask, in patches of two by two
    return FluxFillPipeline(**_make_flux_parts(in_channels=(4 + 4 + 64) * 4, out_channels=16))


def make_qwen_image() -> QwenImagePipeline:
    return QwenImagePipeline(**_make_qwen_parts())


def make_qwen_edit() -> QwenImageEditPipeline:
    return QwenImageEditPipeline(**_make_qwen_parts(), processor=make_qwen_processor())


def make_qwen_edit_plus() -> QwenImageEditPlusPipeline:
    return QwenImageEditPlusPipeline(**_make_qwen_parts(), processor=make_qwen_processor())


def _make_qwen_parts() -> dict[str, object]:
    torch.manual_seed(0)
    transformer = QwenImageTransformer2DModel(
        patch_size=2,
        in_channels=16,
        out_channels=4,
        num_layers=2,
        attention_head_dim=16,
        num_attention_heads=3,
        joint_attention_dim=16,
        guidance_embeds=False,
        axes_dims_rope=(8, 4, 4),
    )
    vae = AutoencoderKLQwenImage(
        base_dim=3,
        z_dim=4,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        latents_mean=[0.0] * 4,
        latents_std=[1.0] * 4,
    )
    return {
        "transformer": transformer,
        "vae": vae,
        "scheduler": FlowMatchEulerDiscreteScheduler(),
        "text_encoder": make_qwen_vl(),
        "tokenizer": make_qwen_tokenizer(),
    }


def _make_flux_parts(in_channels: int, out_channels: int) -> dict[str, object]:
    torch.manual_seed(0)
    transformer = FluxTransformer2DModel(
        patch_size=1,
        in_channels=in_channels,
        out_channels=out_channels,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        axes_dims_rope=[4, 4, 8],
        guidance_embeds=True,
    )
    return {
        "transformer": transformer,
        "vae": _make_vae(4, shift_factor=0.0609, scaling_factor=1.5035),
        "scheduler": FlowMatchEulerDiscreteScheduler(),
        "text_encoder": make_clip(projects=False),
        "tokenizer": make_clip_tokenizer(),
        "text_encoder_2": make_t5(),
        "tokenizer_2": make_t5_tokenizer(),
    }


def _make_vae(channels: int, **factors: float) -> AutoencoderKL:
    torch.manual_seed(0)
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4,
        block_out_channels=[4] * 4,
        layers_per_block=1,
        latent_channels=channels,
        norm_num_groups=1,
        sample_size=32,
        mid_block_add_attention=False,  # it grows with the fourth power of the side
        **factors,
    )
