"""What every adapter of the prompt rewriter port promises, as one suite.

A test module of an adapter subclasses `PromptRewriterContract` and provides the fixture
`rewriter`.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaiga.ports.prompt_rewriter import PromptRewriter

LARGEST_SEED = 2147483647
LONGEST_PROMPT = 2000
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
    "English": "A tabby cat rests on a windowsill in soft light, its fur in fine detail. " * 5,
    "Chinese": "一只橘猫趴在窗台上，光线轻柔，毛发纹理清晰，构图均衡。" * 7,
    "Japanese": "窓辺で眠る三毛猫、やわらかな光、細やかな毛並み、落ち着いた構図。" * 6,
}

prompts = st.text(max_size=400) | st.text(
    alphabet=st.sampled_from(list("a cat,.\"'「」夜の猫花，。 \t\nneonéк")), max_size=200
)
seeds = st.integers(min_value=0, max_value=LARGEST_SEED)
laws = settings(
    deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class PromptRewriterContract:
    """The promises; `rewriter` comes from the subclass."""

    @pytest.fixture
    def rewriter(self) -> PromptRewriter:
        raise NotImplementedError

    @laws
    @given(prompt=prompts, seed=seeds)
    async def test_the_same_prompt_and_seed_always_give_the_same_text(
        self, rewriter: PromptRewriter, prompt: str, seed: int
    ):
        first = await rewriter.rewrite(prompt, seed)

        assert await rewriter.rewrite(prompt, seed) == first

    @laws
    @given(prompt=prompts, seed=seeds)
    async def test_a_rewritten_prompt_fits_where_the_prompt_did(
        self, rewriter: PromptRewriter, prompt: str, seed: int
    ):
        rewritten = await rewriter.rewrite(prompt, seed)

        assert len(rewritten) <= max(len(prompt), LONGEST_PROMPT)

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
