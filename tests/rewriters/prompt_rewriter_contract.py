"""What every adapter of the prompt rewriter port promises, as one suite.

A test module of an adapter subclasses `PromptRewriterContract` and provides the fixture
`rewriter`.
"""

import pytest

from kaiga.ports.prompt_rewriter import PromptRewriter

LARGEST_SEED = 2147483647
HOSTILE = {
    "a null": "a cat\0",
    "a lone surrogate": "a cat \ud800",
    "only surrogates": "\udfff\ud800",
    "a hundred thousand letters": "a" * 100_000,
    "a hundred thousand Han characters": "猫" * 100_000,
    "a hundred thousand quotation marks": '"' * 100_000,
    "a hundred thousand spaces": " " * 100_000,
    "controls": "".join(map(chr, range(32))) + "\x7f\x85",
    "right to left marks": "a cat\u202e\u2066",
    "combining marks": "a\u0301\u0302\u0303 c\u0327at",
    "an emoji of several parts": "👩\u200d👩\u200d👧\u200d👦",
    "a byte order mark": "\ufeffa cat",
    "unbalanced quotation": '「a cat "夜 “の',
    "characters beyond the first plane": "𠮷野家の𩸽 𝒜 𝓬𝓪𝓽",
}
FULL_PROMPTS = {
    "English": "A tabby cat rests on a windowsill in soft light, its fur in fine detail." * 5,
    "Chinese": "一只橘猫趴在窗台上，光线轻柔，毛发纹理清晰，构图均衡。" * 7,
    "Japanese": "窓辺で眠る三毛猫、やわらかな光、細やかな毛並み、落ち着いた構図。" * 6,
}


class PromptRewriterContract:
    """The promises; `rewriter` comes from the subclass."""

    @pytest.fixture
    def rewriter(self) -> PromptRewriter:
        raise NotImplementedError

    @pytest.mark.parametrize("prompt", HOSTILE.values(), ids=HOSTILE.keys())
    async def test_no_text_makes_it_raise(self, rewriter: PromptRewriter, prompt: str):
        assert isinstance(await rewriter.rewrite(prompt, 1), str)

    @pytest.mark.parametrize("seed", [0, 1, LARGEST_SEED])
    async def test_every_seed_of_the_api_is_taken(self, rewriter: PromptRewriter, seed: int):
        assert await rewriter.rewrite("a cat", seed)

    @pytest.mark.parametrize("prompt", ["", " ", "\n\t", "\u3000"])
    async def test_a_blank_prompt_comes_back_as_it_is(self, rewriter: PromptRewriter, prompt: str):
        assert await rewriter.rewrite(prompt, 1) == prompt

    @pytest.mark.parametrize("prompt", FULL_PROMPTS.values(), ids=FULL_PROMPTS.keys())
    async def test_a_full_prompt_comes_back_as_it_is(self, rewriter: PromptRewriter, prompt: str):
        assert await rewriter.rewrite(prompt, 1) == prompt

    @pytest.mark.parametrize("prompt", ["a red fox", "一只狐狸", "森の中の狐"])
    async def test_a_short_prompt_is_written_out(self, rewriter: PromptRewriter, prompt: str):
        rewritten = await rewriter.rewrite(prompt, 1)

        assert len(rewritten) > len(prompt)
