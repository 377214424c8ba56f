"""Reads a prompt in English, Chinese or Japanese into a `Scene`.

It looks words up, longest first, and ties colours, materials and counts to the thing they stand
beside. It knows no grammar beyond that and never fails: what it doesn't know, it passes over.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from kaiga.engines.sketch.scene import Mention, Scene
from kaiga.engines.sketch.words import Concept, Dictionary, load_dictionary, normalise

READ_CHARACTERS = 4000
"""How much of a prompt is read; what follows only stirs the chance."""
MOST_OF_A_KIND = 12
PLURAL_COUNT = 3
REACH = 7
"""How many signs or characters may stand between a colour and its thing."""

_WORD = re.compile(r"[a-zà-ÿ0-9]+")
_COUNTED = re.compile(
    r"([0-9]{1,3}|[一二三四五六七八九十两兩几幾]{1,3})\s?"
    r"([只隻個个朵匹条條辆輛艘棵座位名头頭架盏盞间間羽台輪つ人杯枚株軒脚把张張颗顆群口件对對本])"
)
_DIGITS = {
    "一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8,
    "九": 9, "十": 10, "几": 3, "幾": 3,
}  # fmt: skip
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_PERSON = Concept(kind="motif", name="person")
_BREAKS = ",.;:!?、。，；！？：\n|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One recognised piece of the text: what it may mean, and where it stood."""

    options: tuple[Concept, ...] = ()
    number: int = 0
    after_noun: bool = False
    broken: bool = False
    plural: bool = False
    unknown: bool = False
    position: int = 0

    def of_kind(self, kind: str) -> Concept | None:
        """Give this sign's meaning of one kind, if it has one."""
        return next((option for option in self.options if option.kind == kind), None)


def read_prompt(prompt: str) -> Scene:
    """Understand a prompt; any text is allowed."""
    text = normalise(prompt[:READ_CHARACTERS])
    return _Reader().read(list(_signs(text, load_dictionary())))


def without(scene: Scene, unwanted: Scene) -> Scene:
    """Remove from `scene` every thing, place, weather and colour that `unwanted` names."""
    motifs = {mention.motif for mention in unwanted.mentions} | scene.excluded
    if "people" in motifs or "person" in motifs:
        motifs |= {"people", "person", "man", "woman", "girl", "boy", "child", "couple", "portrait"}
    if "flowers" in motifs:
        motifs |= {"bouquet", "rose", "tulip", "daisy", "sunflower"}
    return replace(
        scene,
        mentions=tuple(mention for mention in scene.mentions if mention.motif not in motifs),
        places=tuple(place for place in scene.places if place not in unwanted.places),
        weather=tuple(kind for kind in scene.weather if kind not in unwanted.weather),
        time="" if scene.time == unwanted.time else scene.time,
        colours=tuple(colour for colour in scene.colours if colour not in unwanted.colours),
        style="" if scene.style == unwanted.style else scene.style,
        excluded=frozenset(motifs),
    )


def _signs(text: str, dictionary: Dictionary) -> Iterator[Sign]:
    place = 0
    while place < len(text):
        if match := _COUNTED.match(text, place):
            yield from _counted(text, match)
            place = match.end()
        elif match := _WORD.match(text, place):
            sign, place = _phrase(text, match, dictionary)
            yield sign
        elif text[place] in _BREAKS:
            yield Sign(broken=True, position=place)
            place += 1
        else:
            sign, place = _longest(text, place, dictionary)
            if sign:
                yield sign


def _counted(text: str, match: re.Match[str]) -> Iterator[Sign]:
    digits = match[1]
    number = int(digits) if digits.isascii() else _han_number(digits)
    following = text[match.end() : match.end() + 1]
    before = text[max(0, match.start() - 1) : match.start()]
    after_noun = following != "の" and before in {"が", "を", "は", "も"}
    number = min(number, MOST_OF_A_KIND) if match[2] != "群" else 6
    if match[2] == "人" and not after_noun:
        yield Sign(number=number, position=match.start())
        if following != "の":
            yield Sign(options=(_PERSON,), position=match.start())
        return
    yield Sign(number=number, after_noun=after_noun, position=match.start())


def _han_number(digits: str) -> int:
    if digits[0] == "十":
        return 10 + (_DIGITS[digits[1]] if len(digits) > 1 else 0)
    if len(digits) > 1 and digits[1] == "十":
        return _DIGITS[digits[0]] * 10
    return _DIGITS[digits[0]]


def _phrase(text: str, match: re.Match[str], dictionary: Dictionary) -> tuple[Sign, int]:
    """Read the longest known phrase that starts at an English word."""
    ends = [match.end()]
    spelled = [match[0]]
    while len(spelled) < dictionary.longest_phrase:
        following = _WORD.match(text, ends[-1] + 1)
        if following is None or text[ends[-1]] != " ":
            break
        spelled.append(following[0])
        ends.append(following.end())
    for length in range(len(spelled), 0, -1):
        phrase = " ".join(spelled[:length])
        for form, plural in _forms(phrase):
            if options := dictionary.phrases.get(form):
                sign = Sign(options=options, plural=plural, position=match.start())
                return sign, ends[length - 1]
    word = match[0]
    number = _NUMBERS.get(
        word, min(int(word), MOST_OF_A_KIND) if word.isascii() and word.isdigit() else 0
    )
    return Sign(number=number, unknown=number == 0, position=match.start()), match.end()


def _forms(phrase: str) -> Iterator[tuple[str, bool]]:
    yield phrase, False
    if phrase.endswith("ies"):
        yield phrase[:-3] + "y", True
    if phrase.endswith("ves"):
        yield phrase[:-3] + "f", True
    if phrase.endswith("es"):
        yield phrase[:-2], True
    if phrase.endswith("s"):
        yield phrase[:-1], True


def _longest(text: str, place: int, dictionary: Dictionary) -> tuple[Sign | None, int]:
    """Read the longest known word in Han or kana that starts here."""
    for length in range(min(dictionary.longest_characters, len(text) - place), 0, -1):
        if options := dictionary.characters.get(text[place : place + length]):
            return Sign(options=options, position=place), place + length
    return None, place + 1


@dataclass(slots=True)
class _Reader:
    """Walks over the signs and ties what describes to what is described."""

    mentions: list[Mention] = field(default_factory=list[Mention])
    colours: list[str] = field(default_factory=list[str])
    found: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    excluded: set[str] = field(default_factory=set[str])
    pending_colours: list[str] = field(default_factory=list[str])
    pending_number: int = 0
    pending_material: str = ""
    negated: bool = False
    clause_has_motif: bool = False
    last_described_at: int = 0

    def read(self, signs: Sequence[Sign]) -> Scene:
        for index, sign in enumerate(signs):
            self._take(sign, signs[index + 1 :])
        self._end_clause()
        return Scene(
            mentions=tuple(_merged(self.mentions, self.excluded)),
            places=self._all("place"),
            time=next(iter(self._all("time")), ""),
            weather=self._all("weather"),
            season=next(iter(self._all("season")), ""),
            style=next(iter(self._all("style")), ""),
            moods=self._all("mood"),
            colours=tuple(dict.fromkeys(self.colours)),
            poses=self._all("pose"),
            excluded=frozenset(self.excluded),
        )

    def _all(self, kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.found.get(kind, ())))

    def _take(self, sign: Sign, following: Sequence[Sign]) -> None:
        if sign.broken:
            self._end_clause()
        elif sign.number:
            self._take_number(sign)
        elif sign.options:
            concept = _choose(sign, following)
            if concept.kind == "motif":
                self._take_motif(concept, sign)
            elif concept.kind == "colour":
                self.pending_colours.append(concept.hex)
                self.last_described_at = sign.position
            elif concept.kind == "grammar":
                self._take_grammar(concept)
            else:
                self.found.setdefault(concept.kind, []).append(concept.name)

    def _take_number(self, sign: Sign) -> None:
        if sign.after_noun and self.mentions:
            self.mentions[-1] = replace(self.mentions[-1], count=sign.number)
        else:
            self.pending_number = sign.number

    def _take_grammar(self, concept: Concept) -> None:
        match concept.role:
            case "material":
                self.pending_material = concept.hex
            case "quantity":
                self.pending_number = concept.count
            case "negation":
                self.negated = True
            case "negation_after":
                if self.mentions:
                    self.excluded.add(self.mentions.pop().motif)
            case "border":
                self._end_description()
            case "clothing":
                self._dress()
            case "part":
                self.pending_colours.clear()
            case "pose":
                self.found.setdefault("pose", []).append(concept.name)
            case _:
                pass

    def _dress(self) -> None:
        """Let clothes colour their wearer: one said before, or the next one to come."""
        if self.clause_has_motif and self.pending_colours and not self.mentions[-1].colours:
            last = self.mentions[-1]
            self.mentions[-1] = replace(last, colours=tuple(self.pending_colours))
            self.pending_colours = []

    def _take_motif(self, concept: Concept, sign: Sign) -> None:
        if self.negated:
            self.excluded.add(concept.name)
            self._forget()
            return
        plural = sign.plural or concept.plural
        count = self.pending_number or (PLURAL_COUNT if plural else 1)
        if plural and self.pending_number == 1:
            count = PLURAL_COUNT
        self.mentions.append(
            Mention(
                motif=concept.name,
                count=min(count, MOST_OF_A_KIND),
                colours=tuple(self.pending_colours),
                material=self.pending_material,
            )
        )
        self.clause_has_motif = True
        self._forget()

    def _forget(self) -> None:
        self.pending_colours = []
        self.pending_number = 0
        self.pending_material = ""

    def _end_description(self) -> None:
        """Give colours that found no thing after them to the thing before them, or to the air."""
        if self.pending_colours and self.clause_has_motif and self.mentions:
            last = self.mentions[-1]
            if not last.colours:
                self.mentions[-1] = replace(last, colours=tuple(self.pending_colours))
        else:
            self.colours.extend(self.pending_colours)
        self._forget()

    def _end_clause(self) -> None:
        self._end_description()
        self.negated = False
        self.clause_has_motif = False


def _choose(sign: Sign, following: Sequence[Sign]) -> Concept:
    """Decide between meanings: a colour before a thing is a colour, else it is the thing."""
    colour, motif = sign.of_kind("colour"), sign.of_kind("motif")
    if colour and motif:
        return colour if _describes(following) else motif
    return sign.options[0]


def _describes(following: Iterable[Sign]) -> bool:
    for sign in list(following)[:REACH]:
        if sign.broken or sign.number:
            return False
        if sign.of_kind("motif"):
            return True
        grammar = sign.of_kind("grammar")
        if sign.of_kind("place") or (grammar and grammar.role in {"border", "pose"}):
            return False
    return False


def _merged(mentions: Iterable[Mention], excluded: set[str]) -> Iterator[Mention]:
    """Join mentions of the same thing, keeping everything that was said about it."""
    joined: dict[tuple[str, tuple[str, ...]], Mention] = {}
    for mention in mentions:
        if mention.motif in excluded:
            continue
        alike = next((k for k in joined if _is_same_thing(k, mention)), None)
        if alike is None:
            joined[mention.motif, mention.colours] = mention
            continue
        known = joined[alike]
        joined[alike] = replace(
            known,
            count=max(known.count, mention.count),
            colours=known.colours or mention.colours,
            material=known.material or mention.material,
        )
    yield from joined.values()


def _is_same_thing(key: tuple[str, tuple[str, ...]], mention: Mention) -> bool:
    """Tell whether a mention speaks of a thing again: a white horse is not the black one."""
    motif, colours = key
    return motif == mention.motif and (
        not colours or not mention.colours or colours == mention.colours
    )
