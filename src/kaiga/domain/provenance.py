"""Where a result comes from, as the labels in its file tell it."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from kaiga.domain.generation import MediaInput
from kaiga.domain.media import JPEG, MP4, PNG, WEBP

MARKABLE = frozenset({PNG.name, JPEG.name, WEBP.name, MP4.name})
"""Kinds of file that labels can be written into; drawings in SVG tell of themselves."""

NO_AI_NOTICE = "Drawn by rules from the words of the prompt. No AI model made this."
"""What a file says that no trained model had a part in."""
_SEEN = frozenset({"image", "video"})
_SCHEME = "http://cv.iptc.org/newscodes/digitalsourcetype/"


class DigitalSource(StrEnum):
    """How a file came about. Source: IPTC NewsCodes, scheme `digitalsourcetype`."""

    TRAINED = "trainedAlgorithmicMedia"
    COMPOSITE_WITH_TRAINED = "compositeWithTrainedAlgorithmicMedia"
    ALGORITHMIC = "algorithmicMedia"
    COMPOSITE = "composite"

    @property
    def uri(self) -> str:
        """The term's address, which is what files hold."""
        return _SCHEME + self.value

    @property
    def is_of_ai(self) -> bool:
        """Tell whether a trained model had a part in it."""
        return self in {DigitalSource.TRAINED, DigitalSource.COMPOSITE_WITH_TRAINED}


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What a label tells of a file.

    Nothing in it differs between two runs of the same order: no time, no task. So the same seed
    still makes the same bytes.
    """

    engine: str
    model: str
    source: DigitalSource
    made_digest: str
    """SHA-256 of the file as its engine made it, as 64 hex digits."""


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """A finished file with its marks, and the SHA-256 of what it was before, as 64 hex digits."""

    content: bytes
    made_digest: str


def choose_source(inputs: Sequence[MediaInput], *, by_rules: bool) -> DigitalSource:
    """Choose the term for what was made of these inputs, by rules or by a trained model.

    What shows a picture or a clip of the client's is a composite; a sound alone is not seen.
    """
    is_composite = any(each.kind in _SEEN for each in inputs)
    if by_rules:
        return DigitalSource.COMPOSITE if is_composite else DigitalSource.ALGORITHMIC
    return DigitalSource.COMPOSITE_WITH_TRAINED if is_composite else DigitalSource.TRAINED
