"""Says in one short sentence what a picture shows, in the language of its prompt."""

import re

_HAN = re.compile(r"[\u4e00-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_MOST_CHARACTERS = 80


def tell(prompt: str) -> str:
    """Give a sentence about the picture made from a prompt; any text is allowed."""
    words = " ".join(prompt.split())
    if len(words) > _MOST_CHARACTERS:
        words = words[:_MOST_CHARACTERS].rstrip() + "…"
    if _KANA.search(words):
        return f"この絵は「{words}」を描いたものです。"
    if _HAN.search(words):
        return f"这幅画描绘的是：{words}。"
    return f"This picture shows: {words or 'shapes and colours'}."
