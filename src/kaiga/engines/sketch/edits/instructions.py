"""Reads what shall be changed in given pictures, in English, Chinese or Japanese.

It cuts the text into single wishes at the words of `words.toml`, and has the painter's own reader
(`reading.py`) understand the things, colours, places, hours, weathers and styles in each. Like
that reader it never fails: what it doesn't know, it passes over.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from importlib import resources

from kaiga.engines.sketch.reading import READ_CHARACTERS, read_prompt, without
from kaiga.engines.sketch.scene import Scene
from kaiga.engines.sketch.words import load_dictionary, normalise

_BREAKS = ".;:!?,、。，；！？：\n"
_SIDES = ("left", "right", "top", "bottom", "middle")
_VERBS = ("remove", "add", "replace", "change")
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7,
    "八": 8, "九": 9,
}  # fmt: skip
_IMAGE = re.compile(
    r"(?:image|picture|photo|figure|img|fig)\s?#?(?P<a>\d{1,2})"
    r"|(?P<b>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\s"
    r"(?:image|picture|photo|figure)"
    r"|(?:图片|图像|图|圖|照片)\s?(?P<c>\d{1,2}|[一二三四五六七八九])"
    r"|第\s?(?P<d>\d{1,2}|[一二三四五六七八九])\s?[张幅个張]"
    r"|(?:画像|写真|図)\s?(?P<e>\d{1,2}|[一二三四五六七八九])"
    r"|(?P<f>\d{1,2}|[一二三四五六七八九])\s?(?:枚目|つ目)"
)
_LATIN = re.compile(r"[a-z0-9]")


class Action(Enum):
    """What a wish is about."""

    REMOVE = "remove"
    ADD = "add"
    CHANGE = "change"
    SHOW = "show"
    """Nothing was said but how the picture should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One thing to do, as understood and in the words that were understood.

    `about` is what the picture has already, `wanted` what it shall have; for `SHOW` both are the
    same. `images` are the numbers, from 1, of the given pictures that are named, in the order
    said; `scene_image` is the one that the others come into, 0 if nothing was said.
    """

    action: Action
    about: Scene
    wanted: Scene
    about_text: str
    wanted_text: str
    background: bool = False
    whole: bool = False
    writing: bool = False
    upon: bool = False
    side: str = ""
    images: tuple[int, ...] = ()
    scene_image: int = 0
    style_image: int = 0


def read_wishes(instruction: str, unwanted: Scene) -> tuple[Wish, ...]:
    """Understand an instruction; any text is allowed. Nothing of `unwanted` is ever wanted."""
    text = normalise(instruction[:READ_CHARACTERS])
    wishes: list[Wish] = []
    for words in _clauses(_marked(text)):
        wish = _wish(words, wishes[-1].action if wishes else Action.SHOW)
        if wish is not None:
            wishes.append(replace(wish, wanted=without(wish.wanted, unwanted)))
    return tuple(wishes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A stretch of the text: one of the words of instructions with its kinds, or what is between.

    A named picture has its number, a sign that ends a wish has the kind `break`.
    """

    text: str
    kinds: frozenset[str] = frozenset()
    image: int = 0


@cache
def _vocabulary() -> tuple[Mapping[str, frozenset[str]], re.Pattern[str]]:
    document = tomllib.loads(
        resources.files("kaiga.engines.sketch.edits").joinpath("words.toml").read_text("utf-8")
    )
    kinds: dict[str, set[str]] = {}
    for kind, languages in document.items():
        for words in languages.values():
            for word in words:
                kinds.setdefault(normalise(str(word)), set()).add(kind)
    ordered = sorted(kinds, key=len, reverse=True)
    bounded = (
        rf"(?<![a-z]){re.escape(w)}(?![a-z])" if _LATIN.match(w) else re.escape(w) for w in ordered
    )
    return {word: frozenset(found) for word, found in kinds.items()}, re.compile("|".join(bounded))


def _marked(text: str) -> list[_Piece]:
    """Cut a text into pieces."""
    vocabulary, pattern = _vocabulary()
    pieces: list[_Piece] = []
    place = 0
    while place < len(text):
        image = _IMAGE.match(text, place)
        known = pattern.match(text, place)
        if text[place] in _BREAKS:
            pieces.append(_Piece(text=text[place], kinds=frozenset({"break"})))
            place += 1
        elif image:
            spelled = next(part for part in image.groups() if part)
            number = int(spelled) if spelled.isdigit() else _ORDINALS[spelled]
            pieces.append(_Piece(text=image[0], image=number))
            place = image.end()
        elif known:
            pieces.append(_Piece(text=known[0], kinds=vocabulary[known[0]]))
            place = known.end()
        else:
            end = _end_of_plain(text, place)
            if pieces and not pieces[-1].kinds and not pieces[-1].image:
                pieces[-1] = replace(pieces[-1], text=pieces[-1].text + text[place:end])
            else:
                pieces.append(_Piece(text=text[place:end]))
            place = end
    return pieces


def _end_of_plain(text: str, place: int) -> int:
    """Pass over one word or one sign."""
    end = place + 1
    while _LATIN.match(text[place]) and end < len(text) and _LATIN.match(text[end]):
        end += 1
    return end


def _clauses(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Give the pieces of one wish after the other."""
    clause: list[_Piece] = []
    for piece in pieces:
        if piece.kinds & {"break", "then"}:
            if clause:
                yield clause
            clause = []
        else:
            clause.append(piece)
    if clause:
        yield clause


def _wish(words: Sequence[_Piece], before: Action) -> Wish | None:
    text = "".join(piece.text for piece in words).strip()
    if not text:
        return None
    kinds = frozenset(kind for piece in words for kind in piece.kinds)
    images = tuple(piece.image for piece in words if piece.image)
    action = _action(words, kinds)
    if action is Action.SHOW and before in {Action.ADD, Action.REMOVE} and not images:
        action = before if read_prompt(text).mentions else action
    about_text, wanted_text = _parts(words, action, kinds)
    about, wanted = _understood(about_text, wanted_text, action)
    if "style" in kinds and action in {Action.CHANGE, Action.SHOW}:
        wanted = replace(wanted, mentions=())
    return Wish(
        action=action,
        about=about,
        wanted=wanted,
        about_text=about_text,
        wanted_text=wanted_text,
        background="background" in kinds,
        whole="whole" in kinds and not about.mentions,
        writing="writing" in kinds,
        upon="upon" in kinds,
        side=next((side for side in _SIDES if side in kinds), ""),
        images=images,
        scene_image=_scene_image(images, kinds),
        style_image=_style_image(words, images) if "style" in kinds else 0,
    )


def _understood(about_text: str, wanted_text: str, action: Action) -> tuple[Scene, Scene]:
    about, wanted = read_prompt(about_text), read_prompt(wanted_text)
    if action is not Action.CHANGE:
        return about, wanted
    if about_text != wanted_text:
        return about, _with_colour_for_thing(wanted, 0)
    about = _with_colour_for_thing(about, 1)
    wanted = _with_colour_for_thing(wanted, 1)
    said = tuple(colour for mention in about.mentions for colour in mention.colours)
    plain = tuple(replace(mention, colours=()) for mention in about.mentions)
    return (
        replace(about, mentions=plain),
        replace(wanted, mentions=(), colours=(*wanted.colours, *said)),
    )


def _with_colour_for_thing(scene: Scene, kept: int) -> Scene:
    """Take words that name both a thing and a colour for colours, after the first `kept` things.

    To make a tree orange puts no fruit in its place.
    """
    colours = tuple(
        _colours_of_things()[mention.motif]
        for mention in scene.mentions[kept:]
        if mention.motif in _colours_of_things()
    )
    things = tuple(
        mention
        for index, mention in enumerate(scene.mentions)
        if index < kept or mention.motif not in _colours_of_things()
    )
    return replace(scene, mentions=things, colours=(*scene.colours, *colours))


@cache
def _colours_of_things() -> Mapping[str, str]:
    dictionary = load_dictionary()
    found: dict[str, str] = {}
    for options in (*dictionary.phrases.values(), *dictionary.characters.values()):
        colour = next((option for option in options if option.kind == "colour"), None)
        for option in options:
            if colour is not None and option.kind == "motif":
                found[option.name] = colour.hex
    return found


def _action(words: Sequence[_Piece], kinds: frozenset[str]) -> Action:
    """Decide by the strongest verb: to remove and to add say more than to change."""
    if "remove" in kinds:
        return Action.REMOVE
    changing = kinds & {"change", "replace"} or any(
        "into" in piece.kinds and not piece.text.isascii() for piece in words
    )
    if changing and kinds & {"into", "with"}:
        return Action.CHANGE
    if "add" in kinds:
        return Action.ADD
    return Action.CHANGE if changing else Action.SHOW


def _parts(words: Sequence[_Piece], action: Action, kinds: frozenset[str]) -> tuple[str, str]:
    """Give the words for what is, and those for what shall be; the same where they are not two."""
    if action is Action.ADD:
        return _added(words)
    if action is Action.CHANGE:
        return _changed(words, kinds)
    return (_plain(words), _plain(words))


def _changed(words: Sequence[_Piece], kinds: frozenset[str]) -> tuple[str, str]:
    """Part what is from what shall be; a Japanese wish has `を` or `は` between the two."""
    splitter = "with" if "replace" in kinds and "into" not in kinds else "into"
    cut = next((i for i, piece in enumerate(words) if splitter in piece.kinds), None)
    plain = _plain(words)
    if cut is None or words[cut].text.startswith("に"):
        about, particle, wanted = plain.partition("を") if "を" in plain else plain.partition("は")
        if particle:
            return (about, wanted)
    elif _plain(words[cut + 1 :]).strip():
        return (_plain(words[:cut]), _plain(words[cut + 1 :]))
    return (plain, plain)


def _added(words: Sequence[_Piece]) -> tuple[str, str]:
    """Part what is added from what it is added to."""
    text = "".join(piece.text for piece in words)
    if "を" in text:
        places, _, things = text.rpartition("を")[0].rpartition("に")
        return (places, things)
    verb = next((i for i, piece in enumerate(words) if "add" in piece.kinds), -1)
    before, after = words[: max(verb, 0)], words[verb + 1 :]
    at = next((i for i, piece in enumerate(after) if piece.kinds & {"at", "into"}), len(after))
    return (_plain([*before, *after[at:]]), _plain(after[:at]))


def _plain(words: Sequence[_Piece]) -> str:
    """Give the words that name things, the others left out."""
    return "".join(" " if piece.kinds or piece.image else piece.text for piece in words)


def _scene_image(images: tuple[int, ...], kinds: frozenset[str]) -> int:
    """Tell which picture the others come into: the last one named, or who puts something on."""
    if len(set(images)) < 2:
        return 0
    return images[0] if "worn" in kinds else images[-1]


def _style_image(words: Sequence[_Piece], images: tuple[int, ...]) -> int:
    """Tell whose style is wanted: of the picture named nearest to the word."""
    if not images:
        return 0
    word = next(i for i, piece in enumerate(words) if "style" in piece.kinds)
    near = min((i for i, piece in enumerate(words) if piece.image), key=lambda i: abs(i - word))
    return words[near].image
