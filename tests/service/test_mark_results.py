"""Files on their way into the object store: who marks them, with what, and what goes wrong."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from domain.samples import make_new
from fakes import PNG_BYTES
from kaiga.domain.errors import MarkingFailed
from kaiga.domain.generation import MediaInput
from kaiga.domain.media import JPEG, MP4, PNG, SVG, WEBP, MediaType
from kaiga.domain.provenance import DigitalSource, Marked, Origin
from kaiga.domain.tasks import Task
from kaiga.service.running.mark_results import MarkResults


@dataclass
class Noting:
    """A marker that puts its name behind a file, and notes what it was told."""

    name: bytes
    told: list[tuple[str, Origin]] = field(default_factory=list)

    def mark(self, content: bytes, media_type: str, origin: Origin) -> bytes:
        self.told.append((media_type, origin))
        return content + self.name


class Failing:
    def mark(self, _content: bytes, _media_type: str, _origin: Origin) -> bytes:
        raise MarkingFailed("it has no end")


def make_task(engine: str = "diffusers", *kinds: Any) -> Task:
    task = make_new(0).task
    inputs = tuple(MediaInput(role=kind, member="images", kind=kind) for kind in kinds)
    order = msgspec.structs.replace(task.generation, media=inputs)
    return msgspec.structs.replace(task, engine=engine, generation=order)


async def mark(task: Task, kind: MediaType, *markers: Any) -> Marked:
    marking = MarkResults(markers=markers, engines_of_rules=frozenset({"sketch"}))
    return await marking(task, PNG_BYTES, kind)


@pytest.mark.parametrize("kind", [PNG, JPEG, WEBP, MP4])
async def test_every_marker_has_its_turn_and_the_digest_is_of_what_was_made(kind: MediaType):
    marked = await mark(make_task(), kind, Noting(b"label"), Noting(b"signature"))

    assert marked.content == PNG_BYTES + b"labelsignature"
    assert marked.made_digest == hashlib.sha256(PNG_BYTES).hexdigest()


async def test_a_drawing_is_left_as_it_is():
    noting = Noting(b"label")

    assert await mark(make_task(), SVG, noting) == Marked(content=PNG_BYTES, made_digest="")
    assert noting.told == []


async def test_a_mark_that_fails_costs_neither_the_file_nor_the_other_marks():
    marked = await mark(make_task(), PNG, Failing(), Noting(b"signature"))

    assert marked.content == PNG_BYTES + b"signature"


@pytest.mark.parametrize(
    ("engine", "kinds", "source"),
    [
        ("diffusers", (), DigitalSource.TRAINED),
        ("diffusers", ("audio",), DigitalSource.TRAINED),
        ("diffusers", ("image",), DigitalSource.COMPOSITE_WITH_TRAINED),
        ("diffusers", ("audio", "video"), DigitalSource.COMPOSITE_WITH_TRAINED),
        ("sketch", (), DigitalSource.ALGORITHMIC),
        ("sketch", ("image",), DigitalSource.COMPOSITE),
    ],
)
async def test_the_kind_of_source_follows_from_engine_and_inputs(
    engine: str, kinds: tuple[str, ...], source: DigitalSource
):
    noting = Noting(b"")
    task = make_task(engine, *kinds)

    await mark(task, PNG, noting)

    [(media_type, origin)] = noting.told
    assert media_type == "image/png"
    assert (origin.engine, origin.model, origin.source) == (engine, task.catalogue_model, source)
    assert origin.made_digest == hashlib.sha256(PNG_BYTES).hexdigest()
