"""Tokenizers that know single bytes, and the text encoders behind them."""

import torch
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    Gemma3Config,
    Gemma3ForConditionalGeneration,
    GemmaTokenizer,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2Tokenizer,
    Qwen2VLImageProcessor,
    Qwen2VLProcessor,
    Qwen3Config,
    Qwen3Model,
    T5Config,
    T5EncoderModel,
    T5Tokenizer,
)
from transformers.convert_slow_tokenizer import bytes_to_unicode

_LETTERS = list(bytes_to_unicode().values())
_MARKS = [
    "<|endoftext|>", "<|im_start|>", "<|im_end|>",
    "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>",
]  # fmt: skip
_VOCABULARY = 320
_CHAT = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def make_qwen_tokenizer() -> Qwen2Tokenizer:
    vocabulary = {text: number for number, text in enumerate([*_LETTERS, *_MARKS])}
    tokenizer = Qwen2Tokenizer(vocab=vocabulary, merges=[])
    tokenizer.add_special_tokens({"additional_special_tokens": _MARKS[1:]})
    tokenizer.chat_template = _CHAT
    return tokenizer


def make_qwen3() -> Qwen3Model:
    torch.manual_seed(0)
    return Qwen3Model(
        Qwen3Config(
            hidden_size=16,
            intermediate_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=2,
            vocab_size=_VOCABULARY,
            max_position_embeddings=1024,
        )
    )


def make_qwen_vl() -> Qwen2_5_VLForConditionalGeneration:
    torch.manual_seed(0)
    mark = {text: len(_LETTERS) + place for place, text in enumerate(_MARKS)}
    config = Qwen2_5_VLConfig(
        text_config={
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "vocab_size": _VOCABULARY,
            "rope_parameters": {
                "mrope_section": [1, 1, 2],
                "rope_type": "default",
                "rope_theta": 1000000.0,
            },
        },
        vision_config={
            "depth": 2,
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_heads": 2,
            "out_hidden_size": 16,
        },
        image_token_id=mark["<|image_pad|>"],
        video_token_id=mark["<|video_pad|>"],
        vision_start_token_id=mark["<|vision_start|>"],
        vision_end_token_id=mark["<|vision_end|>"],
    )
    return Qwen2_5_VLForConditionalGeneration(config).eval()


def make_qwen_processor() -> Qwen2VLProcessor:
    return Qwen2VLProcessor(
        image_processor=Qwen2VLImageProcessor(min_pixels=28 * 28, max_pixels=56 * 56),
        tokenizer=make_qwen_tokenizer(),
    )


def make_clip_tokenizer() -> CLIPTokenizer:
    letters = [*_LETTERS, *(f"{letter}</w>" for letter in _LETTERS)]
    marks = ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {text: number for number, text in enumerate([*letters, *marks])}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77)


def make_clip(*, projects: bool) -> CLIPTextModel | CLIPTextModelWithProjection:
    torch.manual_seed(0)
    config = CLIPTextConfig(
        bos_token_id=512,
        eos_token_id=513,
        pad_token_id=513,
        hidden_size=32,
        intermediate_size=37,
        num_attention_heads=4,
        num_hidden_layers=3,
        vocab_size=1000,
        hidden_act="gelu",
        projection_dim=32,
    )
    return CLIPTextModelWithProjection(config) if projects else CLIPTextModel(config)


def make_t5_tokenizer() -> T5Tokenizer:
    letters = [(chr(code), -2.0) for code in range(32, 127)]
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *letters]
    return T5Tokenizer(vocab=pieces, extra_ids=0)


def make_t5() -> T5EncoderModel:
    torch.manual_seed(0)
    config = T5Config(
        vocab_size=_VOCABULARY, d_model=32, d_kv=8, d_ff=37, num_layers=2, num_heads=4
    )
    return T5EncoderModel(config).eval()


def make_gemma_tokenizer() -> GemmaTokenizer:
    marks = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    letters = ["\u2581", *(chr(code) for code in range(33, 127))]
    vocabulary = {text: number for number, text in enumerate([*marks, *letters])}
    return GemmaTokenizer(vocab=vocabulary, merges=[], model_max_length=16)


def make_gemma3() -> Gemma3ForConditionalGeneration:
    torch.manual_seed(0)
    form = {
        "hidden_size": 32,
        "intermediate_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
    }
    config = Gemma3Config(
        text_config={**form, "num_key_value_heads": 2, "head_dim": 8, "vocab_size": _VOCABULARY},
        vision_config={**form, "image_size": 32, "patch_size": 8},
        boi_token_index=301,
        eoi_token_index=302,
        image_token_index=303,
        mm_tokens_per_image=4,
    )
    return Gemma3ForConditionalGeneration(config).eval()
