"""The five functions of general editing: what is kept is kept, what is new is new."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clip_samples import SeenClip, difference, make, save_clip, save_picture, see_clip
from kaiga.engines.sketch.film.encoding import encode_clip
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.footage.leads import follow_lead
from kaiga.engines.sketch.makers import MAKERS
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.retouching.vace.functions import FUNCTIONS, make_with_vace
from kaiga.engines.sketch.retouching.vace.masks import film_masks
from people_samples import (
    BLUE,
    MAGENTA,
    RATE,
    across,
    block,
    clip_of_block,
    filmed,
    likeness,
    middle_of,
    near,
    order,
)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip_of_block(tmp_path_factory.mktemp("walk") / "walk.mp4")


@pytest.fixture(scope="module")
def before(walk: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Frame]:
    return see_clip(walk.read_bytes(), tmp_path_factory.mktemp("seen") / "seen.mp4").frames


def vace(
    folder: Path,
    function: str,
    prompt: str,
    *files: tuple[str, Path],
    options: dict[str, object] | None = None,
    **wishes: object,
) -> SeenClip:
    every = {"function": function} | (options or {})
    job = order("vace", prompt, *files, options=every, **wishes)
    return filmed(make_with_vace, job, folder)


def save_mask(path: Path, mask: np.ndarray) -> Path:
    Image.fromarray(np.repeat(mask[..., None], 3, axis=2).astype(np.uint8) * 255).save(path)
    return path


def first_place() -> np.ndarray:
    """Where the block stands in the first frame."""
    mask = np.zeros((112, 192), np.bool_)
    mask[40:95, 26:52] = True
    return mask


def test_the_engine_makes_what_the_catalogue_calls_vace() -> None:
    assert MAKERS["vace"] is make_with_vace


def test_every_function_of_the_contract_is_there() -> None:
    """Source: contract/video-models.md, 10."""
    assert set(FUNCTIONS) == {
        "image_reference", "video_repainting", "video_edit", "video_extension",
        "video_outpainting",
    }  # fmt: skip


@pytest.mark.parametrize("function", ["", "video-synthesis", "colorize"])
def test_another_function_is_refused(function: str) -> None:
    with pytest.raises(Refused, match="function must be one of") as refusal:
        make(make_with_vace(order("vace", "a cat", options={"function": function})))
    assert refusal.value.code == "InvalidParameter"


def test_a_function_without_its_clip_is_refused() -> None:
    with pytest.raises(Refused, match="video"):
        make(make_with_vace(order("vace", "a cat", options={"function": "video_outpainting"})))


# video_repainting


def edges(frame: Frame) -> np.ndarray:
    grey = frame.mean(axis=2)
    return np.hypot(*np.gradient(grey)).ravel()


@pytest.mark.parametrize("condition", ["depth", "scribble", "posebody", "posebodyface"])
def test_a_repainted_clip_has_other_colours_and_the_leads_movement(
    tmp_path: Path, walk: Path, before: list[Frame], condition: str
) -> None:
    seen = vace(
        tmp_path, "video_repainting", "a snowy village at night", ("video", walk),
        options={"control_condition": condition},
    )  # fmt: skip

    assert (seen.size, float(seen.rate), len(seen.frames)) == ((192, 112), 12, 12)
    assert difference(seen.frames[5], before[5]) > 20
    still = np.median(np.stack(seen.frames), axis=0)
    moving = [np.abs(frame - still).mean(axis=2) > 25 for frame in seen.frames]
    places = np.array([middle_of(mask[40:96])[0] for mask in moving])
    assert likeness(places[[0, 1, 2, 9, 10, 11]], np.array([0, 1, 2, 9, 10, 11.0])) > 0.9


def test_strength_decides_how_much_of_the_structure_stays(
    tmp_path: Path, walk: Path, before: list[Frame]
) -> None:
    def kept(strength: float) -> float:
        seen = vace(
            tmp_path, "video_repainting", "a beach", ("video", walk),
            options={"control_condition": "scribble", "strength": strength},
            duration_seconds=0.2,
        )  # fmt: skip
        return likeness(edges(seen.frames[0]), edges(before[0]))

    assert kept(1.0) > kept(0.5) > kept(0.0)
    assert kept(1.0) > 0.5


def test_a_reference_picture_gives_the_colours(tmp_path: Path, walk: Path) -> None:
    def seen(colour: str) -> np.ndarray:
        picture = tmp_path / f"{colour}.png"
        ramp = np.linspace(0, 1, 64)[None, :, None] * np.array(Image.new("RGB", (1, 1), colour))
        Image.fromarray(np.repeat(ramp, 64, axis=0).astype(np.uint8)).save(picture)
        files = (("video", walk), ("reference_image", picture))
        options = {"control_condition": "depth"}
        return vace(
            tmp_path, "video_repainting", "zzz", *files, options=options, duration_seconds=0.2
        ).frames[0].mean(axis=(0, 1))  # fmt: skip

    red, blue = seen("#ff4040"), seen("#4040ff")
    assert red[0] - red[2] > 40
    assert blue[2] - blue[0] > 40


# video_edit


@pytest.mark.parametrize("prompt", ["a robot", "a beach", "zzz"])
def test_outside_the_mask_the_clip_stays_as_it_is(
    tmp_path: Path, walk: Path, before: list[Frame], prompt: str
) -> None:
    mask = save_mask(tmp_path / "mask.png", first_place())

    seen = vace(
        tmp_path, "video_edit", prompt, ("video", walk), ("mask", mask),
        options={"mask_type": "fixed"},
    )  # fmt: skip

    # The codec mixes a few pixels across the mask's rim.
    outside = np.ones((112, 192), np.bool_)
    outside[36:99, 22:56] = False
    for old, new in zip(before, seen.frames, strict=True):
        assert difference(new[outside], old[outside]) < 3
    assert difference(seen.frames[0][45:90, 30:48], before[0][45:90, 30:48]) > 15


@pytest.mark.parametrize("kind", ["tracking", "fixed"])
def test_no_place_outside_a_mask_may_change_at_all(tmp_path: Path, kind: str) -> None:
    still = clip_of_block(tmp_path / "still.mp4", way=lambda _share: (0.2, 0.6), seconds=0.3)
    mask = save_mask(tmp_path / "mask.png", first_place())
    form = ClipForm(
        width_pixels=192, height_pixels=112, frames_per_second=RATE, duration_seconds=0.3
    )
    options = {"mask_type": kind, "expand_ratio": 0.0}
    job = order("vace", "", ("video", still), ("mask", mask), options=options)
    lead = follow_lead(job.media[0], width=192, height=112, looks_per_second=RATE, seconds=0.3)

    for soft in film_masks(job, form, lead):
        assert not np.asarray(soft)[~first_place()].any()
        assert np.asarray(soft)[first_place()].mean() > 200


def test_a_tracked_mask_goes_along_with_what_it_marks(tmp_path: Path, walk: Path) -> None:
    files = (
        ("video", walk),
        ("mask", save_mask(tmp_path / "mask.png", first_place())),
        ("reference_image", block(tmp_path / "b.png")),
    )

    seen = vace(tmp_path, "video_edit", "a blue block", *files)

    for number, frame in enumerate(seen.frames):
        assert near(frame, MAGENTA).mean() < 0.004
        expected = across(number / 11)[0]
        assert middle_of(near(frame, BLUE))[0] == pytest.approx(expected, abs=0.06)


def test_a_mask_for_a_later_frame_is_carried_back(tmp_path: Path, walk: Path) -> None:
    last = np.flip(first_place(), axis=1)
    files = (
        ("video", walk),
        ("mask", save_mask(tmp_path / "mask.png", last)),
        ("reference_image", block(tmp_path / "b.png")),
    )

    seen = vace(tmp_path, "video_edit", "a block", *files, options={"mask_frame_id": 12})

    assert middle_of(near(seen.frames[0], BLUE))[0] == pytest.approx(0.2, abs=0.06)


@pytest.mark.parametrize(
    ("mode", "is_widened"), [("original", False), ("hull", True), ("bbox", True)]
)
def test_a_hollow_mask_is_widened_as_the_mode_says(
    tmp_path: Path, walk: Path, before: list[Frame], mode: str, is_widened: bool
) -> None:
    """The mask is a U: its inside belongs to its hull and its box, and not to itself."""
    mask = np.zeros((112, 192), np.bool_)
    mask[20:80, 90:100] = mask[20:80, 150:160] = mask[70:80, 90:160] = True
    files = (("video", walk), ("mask", save_mask(tmp_path / "mask.png", mask)))

    seen = vace(
        tmp_path, "video_edit", "a sunset", *files,
        options={"mask_type": "tracking", "expand_mode": mode, "expand_ratio": 0.0},
        duration_seconds=0.2,
    )  # fmt: skip

    inside = difference(seen.frames[0][30:60, 110:140], before[0][30:60, 110:140])
    assert (inside > 15) == is_widened


def test_a_mask_clip_says_for_each_frame_what_may_change(
    tmp_path: Path, walk: Path, before: list[Frame]
) -> None:
    form = ClipForm(width_pixels=192, height_pixels=112, frames_per_second=RATE, duration_seconds=1)

    def masks() -> list[Frame]:
        shown = np.zeros((12, 112, 192, 3), np.uint8)
        shown[:6, 20:60, 100:160] = 255
        return list(shown)

    mask = tmp_path / "mask.mp4"
    mask.write_bytes(encode_clip(masks(), form))

    seen = vace(tmp_path, "video_edit", "a sunset", ("video", walk), ("mask_video", mask))

    place = (slice(24, 56), slice(104, 156))
    changed = [
        difference(new[place], old[place]) for old, new in zip(before, seen.frames, strict=True)
    ]
    assert min(changed[:5]) > 15
    assert max(changed[7:]) < 6


def test_editing_without_a_mask_is_refused(walk: Path) -> None:
    job = order("vace", "a cat", ("video", walk), options={"function": "video_edit"})

    with pytest.raises(Refused, match="mask_image_url"):
        make(make_with_vace(job))


# video_extension


def test_given_clips_are_kept_at_both_ends_and_joined(tmp_path: Path) -> None:
    first = clip_of_block(tmp_path / "first.mp4", seconds=0.5)
    last = clip_of_block(tmp_path / "last.mp4", seconds=0.5, colour=BLUE)
    olds = [see_clip(path.read_bytes(), tmp_path / "seen.mp4").frames for path in (first, last)]

    seen = vace(
        tmp_path, "video_extension", "walk", ("first_clip", first), ("last_clip", last),
        duration_seconds=2.0,
    )  # fmt: skip

    assert (float(seen.rate), len(seen.frames)) == (12, 24)
    for number in range(6):
        assert difference(seen.frames[number], olds[0][number]) < 4
        assert difference(seen.frames[18 + number], olds[1][number]) < 4
    assert min(difference(seen.frames[12], frame) for frame in (*olds[0], *olds[1])) > 1


def test_of_a_clip_that_is_too_long_its_end_is_kept(tmp_path: Path) -> None:
    last = clip_of_block(tmp_path / "last.mp4", seconds=1.5)
    old = see_clip(last.read_bytes(), tmp_path / "seen.mp4").frames

    seen = vace(tmp_path, "video_extension", "walk", ("last_clip", last), duration_seconds=1.0)

    assert len(seen.frames) == 12
    assert difference(seen.frames[-1], old[-1]) < 4
    assert difference(seen.frames[-3], old[-3]) < 4


def test_an_extension_takes_five_seconds_in_all(tmp_path: Path) -> None:
    first = save_clip(tmp_path / "first.mp4", rate=10)

    assert vace(tmp_path, "video_extension", "go on", ("first_clip", first)).seconds == 5


@pytest.mark.parametrize("role", ["first_frame", "last_frame"])
def test_a_given_picture_is_at_its_end(tmp_path: Path, role: str) -> None:
    picture = save_picture(tmp_path / "cat.png", "a cat in a garden")

    seen = vace(
        tmp_path, "video_extension", "zzz", (role, picture),
        duration_seconds=1.0, frames_per_second=10.0,
    )  # fmt: skip

    whole = np.asarray(Image.open(picture).convert("RGB"))
    ends = [difference(frame, whole) for frame in (seen.frames[0], seen.frames[-1])]
    near_end, far_end = ends if role == "first_frame" else ends[::-1]
    assert near_end < 5
    assert far_end > 4


def test_two_given_pictures_are_led_into_each_other(tmp_path: Path) -> None:
    files = [
        (role, save_picture(tmp_path / f"{role}.png", prompt))
        for role, prompt in (("first_frame", "a cat"), ("last_frame", "a dog at night"))
    ]

    seen = vace(
        tmp_path, "video_extension", "zzz", *files, duration_seconds=1.0, frames_per_second=10.0
    )

    first, last = (np.asarray(Image.open(path).convert("RGB")) for _, path in files)
    assert difference(seen.frames[0], first) < 5
    assert difference(seen.frames[-1], last) < 5
    assert difference(seen.frames[2], first) < difference(seen.frames[2], last)
    assert difference(seen.frames[7], last) < difference(seen.frames[7], first)


def test_an_extension_of_nothing_is_refused() -> None:
    job = order("vace", "go on", options={"function": "video_extension"})

    with pytest.raises(Refused, match="first_clip_url"):
        make(make_with_vace(job))


# video_outpainting


@pytest.mark.parametrize("prompt", ["a garden with flowers", "zzz"])
def test_the_clip_stays_in_its_place_as_its_surroundings_grow(
    tmp_path: Path, walk: Path, before: list[Frame], prompt: str
) -> None:
    seen = vace(
        tmp_path, "video_outpainting", prompt, ("video", walk),
        options={"left_scale": 1.5, "bottom_scale": 1.25},
    )  # fmt: skip

    assert seen.size == (288, 140)
    for old, new in zip(before, seen.frames, strict=True):
        assert difference(new[2:110, 98:286], old[2:110, 2:190]) < 4
    around = seen.frames[3][:, :90]
    assert around.std() > 15
    assert (around.max(axis=2) > 20).mean() > 0.95


def test_the_prompt_is_seen_in_the_surroundings(tmp_path: Path, walk: Path) -> None:
    def corner(prompt: str) -> float:
        options = {"left_scale": 2.0}
        files = ("video", walk)
        seen = vace(
            tmp_path, "video_outpainting", prompt, files, options=options, duration_seconds=0.2
        )
        return float(seen.frames[0][:40, :40].mean())

    assert corner("a bright snowfield in the day") > corner("a dark city at night") + 60


def test_a_widened_clip_is_shrunk_to_720p(tmp_path: Path) -> None:
    large = clip_of_block(tmp_path / "large.mp4", width=1280, height=720, seconds=0.1)

    seen = vace(
        tmp_path, "video_outpainting", "zzz", ("video", large),
        options={"left_scale": 1.5, "right_scale": 1.5},
    )  # fmt: skip

    width, height = seen.size
    assert width * height <= 1280 * 720
    assert width / height == pytest.approx(2 * 1280 / 720, rel=0.01)


def test_functions_are_silent_unless_sound_is_asked_for(tmp_path: Path, walk: Path) -> None:
    quiet, loud = (
        vace(
            tmp_path, "video_outpainting", "rain", ("video", walk),
            sound=sound, duration_seconds=0.3,
        )
        for sound in (False, True)
    )  # fmt: skip

    assert quiet.samples is None
    assert loud.samples is not None
    assert np.abs(loud.samples).max() > 0.02
