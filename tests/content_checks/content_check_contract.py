"""What every adapter of the content check port promises, as one suite.

A test module of an adapter subclasses `ContentCheckContract` and provides the fixture `check`,
which refuses texts that have the word `forbidden`.
"""

import pytest

from kaiga.ports.content_check import ContentCheck

HOSTILE = ["\0", "a cat \ud800", "a" * 100_000, "猫" * 100_000, "\u202e", "👩\u200d👧"]


class ContentCheckContract:
    """The promises; `check` comes from the subclass."""

    @pytest.fixture
    def check(self) -> ContentCheck:
        raise NotImplementedError

    async def test_a_harmless_text_is_allowed(self, check: ContentCheck):
        assert await check.allows_text("a cat on a roof")

    async def test_a_harmful_text_is_refused(self, check: ContentCheck):
        assert not await check.allows_text("a forbidden cat on a roof")

    @pytest.mark.parametrize("text", HOSTILE)
    async def test_every_text_is_judged(self, check: ContentCheck, text: str):
        assert await check.allows_text(text)

    async def test_a_harmless_picture_is_allowed(self, check: ContentCheck):
        assert await check.allows_picture(b"a picture")
