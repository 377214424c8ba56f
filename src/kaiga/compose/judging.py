"""Builds what rewrites and what judges the words of orders, by the settings."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Generic, TypeVar

from kaiga.compose.parts import SHRINKING
from kaiga.content_checks.words import WordCheck, read_words
from kaiga.domain.errors import SettingInvalid
from kaiga.media.inspecting import find_ffmpeg
from kaiga.ports.content_check import ContentCheck
from kaiga.ports.meter import Meter
from kaiga.ports.prompt_rewriter import ANY_PICTURE, PromptRewriter, PromptUse
from kaiga.rewriters.unchanged import UnchangedPrompts
from kaiga.service.running.check_content import CheckContent, UncheckedContent
from kaiga.service.running.prepare_prompt import PreparePrompt
from kaiga.settings import Settings

Part = TypeVar("Part")


def build_rewriter(settings: Settings) -> PromptRewriter:
    """Build what rewrites prompts, to be loaded when there is a prompt to rewrite.

    Raises:
        SettingInvalid: the file of the key can't be read.
    """
    match settings.rewriter:
        case "off":
            return UnchangedPrompts()
        case "chat":
            key = _read_key("KAIGA_REWRITER_KEY", settings.rewriter_key, settings.rewriter_key_file)
            return _LateRewriter(lambda: _load_chat(settings, key))
        case _:
            return _LateRewriter(_load_rules)


def build_check(settings: Settings) -> ContentCheck | None:
    """Build what judges; None where nothing does.

    Raises:
        SettingInvalid: the words, or the file of the key, can't be read.
    """
    match settings.content_check:
        case "words" if settings.content_check_words:
            return _read_word_check(settings.content_check_words)
        case "moderation":
            key = _read_key(
                "KAIGA_CONTENT_CHECK_KEY",
                settings.content_check_key,
                settings.content_check_key_file,
            )
            return _LateCheck(
                lambda: _load_moderation(settings, key), pictures=settings.content_check_pictures
            )
        case _:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """What every engine's tasks share: one memory of endpoints that do not answer."""

    prepare_prompt: PreparePrompt
    content: CheckContent | None

    def without_rewriting(self) -> "Judging":
        """Make the same for an engine that rewrites prompts itself."""
        return replace(self, prepare_prompt=replace(self.prepare_prompt, rewriter=None))


def build_judging(settings: Settings, patience: timedelta, meter: Meter) -> Judging:
    """Build both; finished results wait for a judgement for as long as `patience`.

    Raises:
        SettingInvalid: see `build_rewriter` and `build_check`.
    """
    content = _build_content(settings, patience, meter)
    prepare = PreparePrompt(
        rewriter=build_rewriter(settings),
        needs_rewriting=settings.rewrite_failure == "fail",
        content=content,
        meter=meter,
    )
    return Judging(prepare_prompt=prepare, content=content)


def _build_content(settings: Settings, patience: timedelta, meter: Meter) -> CheckContent | None:
    check = build_check(settings)
    if check is None:
        return None
    from kaiga.media.thumbnails import SmallPictures  # noqa: PLC0415  Pillow is slow to import

    return CheckContent(
        check=check,
        unchecked=UncheckedContent(settings.content_check_failure),
        thumbnails=SmallPictures(ffmpeg=find_ffmpeg(settings.ffmpeg)),
        folder=settings.data / SHRINKING,
        meter=meter,
        patience=patience,
    )


class _Late(Generic[Part]):
    """Loads a part when it is first wanted: httpx and phrasebooks take a while to read."""

    def __init__(self, load: Callable[[], Part]) -> None:
        self._load = load
        self._loaded: Part | None = None

    async def get(self) -> Part:
        if self._loaded is None:
            self._loaded = await asyncio.to_thread(self._load)
        return self._loaded


class _LateRewriter:
    """Implements `PromptRewriter` by one that is loaded late."""

    def __init__(self, load: Callable[[], PromptRewriter]) -> None:
        self._late = _Late(load)

    async def rewrite(self, prompt: str, seed: int, use: PromptUse = ANY_PICTURE) -> str:
        """See the port."""
        return await (await self._late.get()).rewrite(prompt, seed, use)


class _LateCheck:
    """Implements `ContentCheck` by one that is loaded late."""

    def __init__(self, load: Callable[[], ContentCheck], *, pictures: bool) -> None:
        self._late = _Late(load)
        self._looks_at_pictures = pictures

    @property
    def looks_at_pictures(self) -> bool:
        """See the port."""
        return self._looks_at_pictures

    async def allows_text(self, text: str) -> bool:
        """See the port."""
        return await (await self._late.get()).allows_text(text)

    async def allows_picture(self, picture: bytes) -> bool:
        """See the port."""
        return await (await self._late.get()).allows_picture(picture)


def _load_rules() -> PromptRewriter:
    from kaiga.rewriters.rules import RuleRewriter  # noqa: PLC0415  slow to import

    return RuleRewriter()


def _load_chat(settings: Settings, key: str | None) -> PromptRewriter:
    from kaiga.outgoing.json_endpoint import JsonEndpoint  # noqa: PLC0415  slow to import
    from kaiga.rewriters.chat import ChatRewriter  # noqa: PLC0415  likewise

    endpoint = JsonEndpoint(
        base_url=settings.rewriter_url or "",
        key=key,
        timeout_seconds=settings.rewriter_timeout_seconds,
    )
    return ChatRewriter(endpoint, settings.rewriter_model or "")


def _load_moderation(settings: Settings, key: str | None) -> ContentCheck:
    from kaiga.content_checks.moderation import ModerationCheck  # noqa: PLC0415  slow to import
    from kaiga.outgoing.json_endpoint import JsonEndpoint  # noqa: PLC0415  likewise

    endpoint = JsonEndpoint(
        base_url=settings.content_check_url or "",
        key=key,
        timeout_seconds=settings.content_check_timeout_seconds,
    )
    return ModerationCheck(
        endpoint, settings.content_check_model, pictures=settings.content_check_pictures
    )


def _read_word_check(file: Path) -> WordCheck:
    try:
        return WordCheck(read_words(file))
    except (OSError, UnicodeDecodeError):
        raise SettingInvalid(
            f"KAIGA_CONTENT_CHECK_WORDS={file} can't be read: it must be a text file in UTF-8."
        ) from None


def _read_key(variable: str, key: str | None, file: Path | None) -> str | None:
    """Give the key, from its file where one is named; neither is ever told."""
    if file is not None:
        variable = f"{variable}_FILE"
        try:
            key = file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingInvalid(f"{variable}={file} can't be read.") from None
    if key is not None and not (key.isascii() and key.isprintable() and key):
        raise SettingInvalid(f"{variable} must have a key in one line of ASCII, and nothing else.")
    return key
