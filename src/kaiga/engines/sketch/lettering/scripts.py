"""Which script a letter belongs to, and which East Asian language a text is likely in."""

import unicodedata
from collections.abc import Sequence

LATIN, HAN, KANA, HANGUL = "Latin", "Chinese", "Japanese", "Korean"
OTHER = "other"
SYMBOL = ""
"""No letter: spaces, digits, punctuation, signs. A text can do without one of these."""

EAST_ASIAN = frozenset({HAN, KANA, HANGUL})

_RANGES: Sequence[tuple[int, int, str]] = (
    (0x0000, 0x024F, LATIN), (0x0250, 0x02FF, "phonetic"), (0x0300, 0x036F, LATIN),
    (0x0370, 0x03FF, "Greek"), (0x0400, 0x052F, "Cyrillic"), (0x0530, 0x058F, "Armenian"),
    (0x0590, 0x05FF, "Hebrew"), (0x0600, 0x077F, "Arabic"), (0x0900, 0x097F, "Devanagari"),
    (0x0980, 0x09FF, "Bengali"), (0x0B80, 0x0BFF, "Tamil"), (0x0E00, 0x0E7F, "Thai"),
    (0x0E80, 0x0EFF, "Lao"), (0x1000, 0x109F, "Burmese"), (0x10A0, 0x10FF, "Georgian"),
    (0x1100, 0x11FF, HANGUL), (0x1780, 0x17FF, "Khmer"), (0x1E00, 0x1EFF, LATIN),
    (0x1F00, 0x1FFF, "Greek"), (0x2E80, 0x2FDF, HAN), (0x3005, 0x3007, HAN),
    (0x3040, 0x30FF, KANA), (0x3100, 0x312F, HAN), (0x3130, 0x318F, HANGUL),
    (0x31F0, 0x31FF, KANA), (0x3400, 0x4DBF, HAN), (0x4E00, 0x9FFF, HAN),
    (0xAC00, 0xD7AF, HANGUL), (0xF900, 0xFAFF, HAN), (0xFB50, 0xFDFF, "Arabic"),
    (0xFE70, 0xFEFF, "Arabic"), (0xFF21, 0xFF5A, LATIN), (0xFF66, 0xFF9F, KANA),
    (0x20000, 0x323AF, HAN),
)  # fmt: skip


def script_of(character: str) -> str:
    """Name the script of a letter; `SYMBOL` for what is no letter, `OTHER` for unlisted ones."""
    if unicodedata.category(character)[0] not in "LM":
        return SYMBOL
    code = ord(character)
    return next((name for first, last, name in _RANGES if first <= code <= last), OTHER)


def language_of(text: str) -> str:
    """Tell `ja`, `ko` or `zh` by a text's letters, and empty where it has none of theirs."""
    scripts = {script_of(character) for character in text}
    for script, language in ((KANA, "ja"), (HANGUL, "ko"), (HAN, "zh")):
        if script in scripts:
            return language
    return ""


def is_east_asian(character: str) -> bool:
    """Tell whether lines may break before and after this character."""
    return script_of(character) in EAST_ASIAN or 0x3000 <= ord(character) <= 0x303F
