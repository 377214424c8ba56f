"""Finds the people in a picture: from each face down, along what stands out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kaiga.engines.sketch.edits.fields import extent
from kaiga.engines.sketch.edits.pictures import Field, Pixels
from kaiga.engines.sketch.judging.boxes import Box
from kaiga.engines.sketch.judging.faces import find_faces
from kaiga.engines.sketch.tools.bodies import find_body
from kaiga.engines.sketch.tools.cutting import find_thing, is_blank


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person: how surely each place of the picture belongs to them, and where the face is.

    `seen` tells whether the face was seen; else it is where the head of a figure would be.
    """

    share: Field
    face: Box
    seen: bool

    @property
    def box(self) -> Box:
        """The box around the person."""
        return Box(*extent(self.share > 0.5))


def find_people(pixels: Pixels) -> Sequence[Person]:
    """Give the people of a picture from left to right; where no face is seen, what stands out.

    Empty for a picture of one colour.
    """
    if is_blank(pixels):
        return ()
    faces = find_faces(pixels)
    if not faces:
        share = find_thing(pixels)
        return (
            (Person(share=share, face=_supposed_face(share), seen=False),)
            if (share > 0.5).any()
            else ()
        )
    people = [Person(share=find_body(pixels, face), face=face, seen=True) for face in faces]
    people.sort(key=lambda person: (person.face.left, person.face.top))
    return _parted(people)


def _parted(people: Sequence[Person]) -> Sequence[Person]:
    """Let every place belong to one person alone: to the one whose middle line is nearest."""
    if len(people) < 2:
        return people
    columns = np.arange(people[0].share.shape[1], dtype=np.float32)
    away = np.stack(
        [
            np.abs(columns - (person.face.left + person.face.right) / 2) / person.face.width
            for person in people
        ]
    )
    nearest = away.argmin(axis=0)
    return [
        replace(person, share=person.share * (nearest == index)[None])
        for index, person in enumerate(people)
    ]


def _supposed_face(share: Field) -> Box:
    """Give where the head of a figure would be: a seventh of its height, at its upper end."""
    left, top, right, bottom = extent(share > 0.5)
    side = max(2, min((bottom - top) // 7, right - left))
    upper = share[top : top + 2 * side] > 0.5
    columns = np.flatnonzero(upper.any(axis=0))
    middle = int((columns[0] + columns[-1]) / 2) if columns.size else (left + right) // 2
    return Box(middle - side // 2, top + side // 6, middle + side // 2, top + side // 6 + side)
