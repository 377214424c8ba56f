"""What holds for every tool: the same bytes again, chance by the seed alone, no broken input."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from engines.sketch.edits.edit_samples import decoded, stored
from engines.sketch.tools.tool_jobs import CHANCELESS, JOBS, Pixels, job, made, with_seed
from kaiga.engines.sketch.making import Made, Refused
from kaiga.ports.engine import GenerationJob

WITH_FILES = sorted(
    set(JOBS) - {"word-art-texture", "word-art-semantic", "poster", "captioned-image"}
)
MARKED = sorted(set(JOBS) - {"segmentation", "garment-parsing"})


def changed_share(first: Pixels, second: Pixels) -> float:
    """Give the share of places that are clearly of another colour."""
    away = np.abs(first.astype(np.int16) - second.astype(np.int16)).max(axis=2)
    return float((away > 24).mean())


@pytest.fixture(scope="module")
def first_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Made]:
    """Give what a tool makes of its small job; many tests look at the same."""
    return cache(lambda task: made(JOBS[task](tmp_path_factory.mktemp(task))))


@pytest.mark.parametrize("task", sorted(JOBS))
def test_the_same_job_gives_the_same_bytes(
    tmp_path: Path, task: str, first_of: Callable[[str], Made]
) -> None:
    first, second = first_of(task), made(JOBS[task](tmp_path))

    assert [file.content for file in first.files] == [file.content for file in second.files]


@pytest.mark.parametrize("task", sorted(JOBS))
def test_the_measures_are_those_of_the_files(task: str, first_of: Callable[[str], Made]) -> None:
    for file in first_of(task).files:
        if file.part != "svg":
            assert decoded(file).shape[:2] == (file.height_pixels, file.width_pixels)


@pytest.mark.parametrize("task", sorted(set(JOBS) - CHANCELESS))
def test_another_seed_gives_a_visibly_different_picture(tmp_path: Path, task: str) -> None:
    asked = JOBS[task](tmp_path)

    first, second = (decoded(made(with_seed(asked, seed)).files[0]) for seed in (3, 8))

    assert changed_share(first[..., :3], second[..., :3]) > 0.003


@pytest.mark.parametrize("task", MARKED)
def test_a_watermark_stands_at_the_lower_right(
    tmp_path: Path, task: str, first_of: Callable[[str], Made]
) -> None:
    asked = JOBS[task](tmp_path)
    options = {name: getattr(asked, name) for name in asked.__struct_fields__}

    plain = decoded(first_of(task).files[0]).astype(np.int16)
    marked = decoded(made(GenerationJob(**(options | {"watermark": "AI Generated"}))).files[0])

    off = np.abs(plain[..., :3] - marked[..., :3]).max(axis=2) > 40
    height, width = off.shape
    assert off[height * 3 // 4 :, width // 2 :].any()
    assert not off[: height * 3 // 4].any()


@pytest.mark.parametrize("task", WITH_FILES)
def test_a_broken_file_is_refused_and_named(tmp_path: Path, task: str) -> None:
    asked = JOBS[task](tmp_path)
    for media in asked.media:
        content = Path(media.path).read_bytes()
        Path(media.path).write_bytes(content[: len(content) // 3])

    with pytest.raises(Refused) as refusal:
        made(asked)

    assert refusal.value.code == "InvalidParameter"
    assert asked.media[0].role in refusal.value.message


def test_a_page_of_text_is_no_picture(tmp_path: Path) -> None:
    page = tmp_path / "page.png"
    page.write_text("<html>not found</html>")

    with pytest.raises(Refused):
        made(job("segmentation", stored(page)))
