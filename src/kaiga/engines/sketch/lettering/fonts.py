"""Finds a font for every letter: the given file, Pillow's own, the optional package, the system.

No font is downloaded, and none is shipped with Kaiga (docs/adr/0011-fonts-for-text-in-pictures.md).
"""

import importlib.util
import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

from kaiga.engines.sketch.lettering.scripts import EAST_ASIAN, OTHER, SYMBOL, script_of
from kaiga.engines.sketch.making import Refused

PACKAGE = "noto_cjk_sans_otc"
"""What the extra `fonts` installs: Noto Sans CJK, with Chinese, Japanese, Korean and more."""
SYSTEM_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts").expanduser(),
    Path("~/.fonts").expanduser(),
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
    Path("~/Library/Fonts").expanduser(),
)
SUFFIXES = (".ttf", ".otf", ".ttc")
PREFERRED = (
    "NotoSansCJK-Regular", "NotoSansSC-Regular", "SourceHanSans", "NotoSansCJK", "Hiragino",
    "PingFang", "STHeiti", "AppleSDGothicNeo", "wqy-zenhei", "wqy-microhei", "DroidSansFallback",
    "NotoSans-Regular", "DejaVuSans.", "LiberationSans-Regular", "Arial",
)  # fmt: skip
"""Beginnings of names of files that are looked at before all others, best first."""
_UNUSUAL = ("bold", "italic", "oblique", "mono", "condensed", "light", "thin", "black", "emoji")
_REGIONS = {"zh": "SC", "zh_tw": "TC", "ja": "JP", "ko": "KR"}
"""How Noto's collections name the forms of a language."""
_PROBE_SIZE = 24
_NOWHERE = "\U0010ffff"
"""A character that no font has."""
_PLAIN = str.maketrans({
    "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "ø": "o", "Ø": "O",
    "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
    "，": ",", "。": ".", "！": "!", "？": "?", "：": ":", "；": ";", "（": "(", "）": ")",
    "、": ",", "\u3000": " ",
})  # fmt: skip
"""What a Latin text can be written with where no font has its own signs."""


@dataclass(frozen=True, slots=True)
class FontFile:
    """One face of a font file; an empty path is the face inside Pillow."""

    path: str
    index: int = 0

    def at(self, size_pixels: float) -> FreeTypeFont:
        """Open it at a size: the height of its em, in pixels.

        Raises:
            OSError: the file is gone, or is no font.
        """
        if not self.path:
            font = ImageFont.load_default(size_pixels)
            if not isinstance(font, FreeTypeFont):  # Pillow without FreeType
                raise OSError("Pillow was built without FreeType")
            return font
        return ImageFont.truetype(self.path, size_pixels, index=self.index)


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text that one font can write."""

    text: str
    font: FontFile


class Typecase:
    """The fonts at hand, in the order in which they are asked.

    `own` is a font file of the client's; `package` the name of the optional package, empty for
    none. Letters that no font has are refused; signs that no font has are left out.
    """

    def __init__(
        self,
        *,
        own: str = "",
        package: str = PACKAGE,
        folders: Sequence[Path] = SYSTEM_FOLDERS,
    ) -> None:
        self._own = own
        self._package = package
        self._folders = tuple(folders)

    def runs(self, text: str, language: str = "") -> list[Run]:
        """Cut a text into pieces by the fonts that have its letters.

        Raises:
            Refused: a letter is in no font, or the client's file is no font.
        """
        runs: list[Run] = []
        for piece in _written(text, self._find(language)):
            if runs and runs[-1].font == piece.font:
                runs[-1] = Run(runs[-1].text + piece.text, piece.font)
            else:
                runs.append(piece)
        if text.strip() and not any(run.text.strip() for run in runs):
            raise Refused("InvalidParameter", "No font that is installed has any of these signs.")
        return runs

    def _find(self, language: str) -> "_Search":
        own = [_own_font(self._own)] if self._own else []
        first = [*own, FontFile("")]
        package = _package_font(self._package)
        rest = ([package] if package else []) + list(_system_fonts(self._folders))
        return _Search(first, rest, language)


class _Search:
    """Asks fonts for characters, one after the other, and keeps to a font that has served."""

    def __init__(self, first: list[FontFile], rest: list[str | FontFile], language: str) -> None:
        self._opened: list[FontFile] = list(first)
        self._rest = iter(rest)
        self._language = language

    def font_for(self, character: str) -> FontFile | None:
        for font in self._opened:
            if _has(font, character):
                return font
        for font in self._more():
            self._opened.append(font)
            if _has(font, character):
                return font
        return None

    def _more(self) -> Iterator[FontFile]:
        for each in self._rest:
            path = each.path if isinstance(each, FontFile) else each
            yield FontFile(path, _face_index(path, _REGIONS.get(self._language, "SC")))


def _written(text: str, search: _Search) -> Iterator[Run]:
    last = FontFile("")
    for character in text:
        if character.isspace():
            yield Run(" ", last)
            continue
        for written in (character, *_plainer(character)):
            fonts = [search.font_for(each) for each in written]
            if fonts and all(fonts):
                for each, font in zip(written, fonts, strict=True):
                    last = font or last
                    yield Run(each, last)
                break
        else:
            _ensure_dispensable(character)


def _plainer(character: str) -> Iterator[str]:
    """Give what may stand for a sign that no font has: an accented letter without its accent."""
    yield character.translate(_PLAIN)
    parts = unicodedata.normalize("NFKD", character)
    yield "".join(part for part in parts if not unicodedata.combining(part))


def _ensure_dispensable(character: str) -> None:
    script = script_of(character)
    if script == SYMBOL:
        return
    letters = "these letters" if script == OTHER else f"{script} letters"
    wanted = (
        "Install kaiga[fonts], or a font of the system such as Noto Sans CJK."
        if script in EAST_ASIAN
        else "Install a font of the system that has them, such as one of the Noto family."
    )
    raise Refused(
        "InvalidParameter",
        f"The text has {letters} ({character}), and no installed font has them. {wanted}",
    )


def _own_font(path: str) -> FontFile:
    font = FontFile(path)
    try:
        font.at(_PROBE_SIZE)
    except OSError as error:
        raise Refused("InvalidParameter", "The file of ttf_url is no font.") from error
    return font


@lru_cache(maxsize=4)
def _package_font(package: str) -> FontFile | None:
    spec = importlib.util.find_spec(package) if package else None
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for file in sorted(Path(folder).iterdir()):
            if file.suffix.lower() in SUFFIXES:
                return FontFile(str(file))
    return None


@lru_cache(maxsize=4)
def _system_fonts(folders: tuple[Path, ...]) -> tuple[str, ...]:
    """List the system's fonts: plain ones with many letters first, always in the same order."""
    files = [
        Path(folder) / name
        for root in folders
        for folder, _, names in os.walk(root)
        for name in names
        if name.lower().endswith(SUFFIXES)
    ]
    return tuple(str(file) for file in sorted(files, key=_rank))


def _rank(file: Path) -> tuple[int, int, str, str]:
    preferred = (rank for rank, start in enumerate(PREFERRED) if file.name.startswith(start))
    unusual = sum(word in file.name.lower() for word in _UNUSUAL)
    return next(preferred, len(PREFERRED)), unusual, file.name, str(file)


@lru_cache(maxsize=256)
def _face_index(path: str, region: str) -> int:
    """Give the face of a collection that has the forms of this region; 0 for a single face."""
    if not path.lower().endswith(".ttc"):
        return 0
    for index in range(16):
        try:
            name = ImageFont.truetype(path, _PROBE_SIZE, index=index).getname()[0] or ""
        except OSError:
            break
        if name.endswith(f" {region}"):
            return index
    return 0


@lru_cache(maxsize=8192)
def _has(font: FontFile, character: str) -> bool:
    """Tell whether a font has a character: it looks like something, and not like a missing one."""
    opened = _opened_for_probing(font)
    if opened is None:
        return False
    drawn = _drawn(opened, character)
    return any(drawn) and drawn != _drawn(opened, _NOWHERE)


def _drawn(font: FreeTypeFont, character: str) -> bytes:
    image = Image.new("L", (_PROBE_SIZE * 2, _PROBE_SIZE * 2))
    place = (_PROBE_SIZE / 2, _PROBE_SIZE * 1.5)
    ImageDraw.Draw(image).text(place, character, fill=255, font=font, anchor="ls")
    return image.tobytes()


@lru_cache(maxsize=64)
def _opened_for_probing(font: FontFile) -> FreeTypeFont | None:
    try:
        return font.at(_PROBE_SIZE)
    except OSError:
        return None
