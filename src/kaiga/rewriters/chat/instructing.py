"""What the language model is told to do, in the language of the prompt."""

import re
from functools import cache
from importlib import resources
from typing import Literal

from kaiga.ports.prompt_rewriter import PromptKind, PromptUse

_PACKAGE = "kaiga.rewriters.chat"
_KANA = re.compile("[\u3041-\u30ff]")
_HAN = re.compile("[\u3005\u3007\u3400-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile("[A-Za-z\u00c0-\u024f]+")

Language = Literal["english", "chinese", "japanese"]


def make_instruction(prompt: str, use: PromptUse) -> str:
    """Give the system prompt for a prompt.

    Other languages than Chinese and Japanese are told in English to answer in the prompt's own.
    """
    text = _read_instruction(use.kind, find_language(prompt))
    return text.replace("{longest}", str(use.longest))


def find_language(prompt: str) -> Language:
    """Tell in which language the instruction is; a few letters on a sign do not decide it."""
    kana, han = len(_KANA.findall(prompt)), len(_HAN.findall(prompt))
    if kana + han < max(1, len(_LATIN_WORD.findall(prompt))):
        return "english"
    return "japanese" if kana else "chinese"


@cache
def _read_instruction(kind: PromptKind, language: Language) -> str:
    file = resources.files(_PACKAGE) / "instructions" / f"{kind}.{language}.txt"
    return file.read_text("utf-8").strip()
