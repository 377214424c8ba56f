"""References as actors: pictures and clips cut out, that move before a scene.

An actor is told once where it stands, and then draws itself into frame after frame, in order.
"""

from collections.abc import Generator
from dataclasses import dataclass
from math import pi, sin, tau
from typing import Protocol

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.reading import ClipMeasures, Fit, measure_clip
from kaiga.engines.sketch.footage.cutouts import Cutout, open_cutout, soft_edges
from kaiga.engines.sketch.footage.leads import Lead, follow_lead
from kaiga.engines.sketch.footage.likeness import find_likeliest
from kaiga.engines.sketch.footage.replaying import play_over
from kaiga.engines.sketch.performing.expressions import Expression
from kaiga.engines.sketch.performing.faces import find_features
from kaiga.engines.sketch.performing.figures import Figure, draw_shadow
from kaiga.engines.sketch.performing.poses import BANDS, Pose
from kaiga.engines.sketch.performing.puppet import Puppet
from kaiga.engines.sketch.performing.speech import Speech
from kaiga.ports.engine import JobMedia

_LEAST_FACE = 0.12
"""Faces smaller than this share of a figure have no mouth that would be seen to move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where an actor stands, in pixels: its foot, and how tall and wide it may be."""

    x: float
    y: float
    height: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How an actor acts: its gait (`stand`, `walk`, `fly`), and when its movement begins.

    `phase` is 0 to 1. `speech` is what it says, if anything.
    """

    gait: str = "stand"
    phase: float = 0.0
    speech: Speech | None = None


class Actor(Protocol):
    """Something that draws itself into frames."""

    @property
    def name(self) -> str:
        """The motif that it is, if it was painted; else empty."""
        ...

    @property
    def aspect(self) -> float:
        """Width per height."""
        ...

    @property
    def is_cut_off(self) -> bool:
        """Whether it has no feet of its own, and must stand on the frame's lower edge."""
        ...

    def enter(self, spot: Spot, part: Part) -> None:
        """Take the place and the part of this clip."""
        ...

    def draw(self, picture: Image.Image, number: int, seconds: float) -> None:
        """Draw into frame `number`; frames come in order."""
        ...

    def leave(self) -> None:
        """Let go of what it holds."""
        ...


class StillActor:
    """A figure that was cut out, which bobs, walks and speaks."""

    def __init__(self, cutout: Cutout, name: str = "") -> None:
        self._name = name
        self._cutout = cutout
        self._part = Part()
        self._figure: Figure | None = None
        self._puppet: Puppet | None = None
        self._spot = Spot(x=0, y=0, height=1, width=1)

    @property
    def name(self) -> str:
        """See `Actor`."""
        return self._name

    @property
    def aspect(self) -> float:
        """See `Actor`."""
        return self._cutout.aspect

    @property
    def is_cut_off(self) -> bool:
        """See `Actor`."""
        return self._cutout.grounded

    def enter(self, spot: Spot, part: Part) -> None:
        """See `Actor`."""
        self._spot, self._part = spot, part
        self._figure = Figure(self._cutout, min(spot.height, spot.width / self.aspect))
        self._puppet = None
        if part.speech is not None:
            colours = self._figure.colours
            face = find_likeliest(colours, _LEAST_FACE)
            self._puppet = Puppet(colours, find_features(colours, face)) if face else None

    def draw(self, picture: Image.Image, number: int, seconds: float) -> None:
        """See `Actor`."""
        if self._figure is None:
            return
        pose = _act(self._part, number, seconds)
        self._speak(self._figure, number)
        if not self._cutout.grounded and self._part.gait != "fly":
            x = self._spot.x + pose.across * self._figure.height
            wide = self._figure.width * 0.75
            draw_shadow(picture, x, self._spot.y, wide, 0.32 - min(0.2, 2 * pose.up))
        self._figure.draw(picture, (self._spot.x, self._spot.y), pose)

    def leave(self) -> None:
        """See `Actor`."""
        self._figure = self._puppet = None

    def _speak(self, figure: Figure, number: int) -> None:
        speech = self._part.speech
        if self._puppet is None or speech is None:
            return
        figure.put_on(
            self._puppet.draw(
                Expression(
                    mouth_open=float(speech.opening[number]),
                    mouth_wide=float(speech.width[number]),
                )
            )
        )


class ClipActor:
    """A clip's lead, or where none can be told from its ground, the clip itself as a panel."""

    def __init__(self, clip: JobMedia, form: ClipForm) -> None:
        self._clip, self._form = clip, form
        self._measures: ClipMeasures = measure_clip(clip)
        self._seconds = min(self._measures.duration_seconds or 1.0, form.true_seconds)
        self._lead: Lead = follow_lead(
            clip,
            width=self._measures.width_pixels,
            height=self._measures.height_pixels,
            looks_per_second=float(form.rate),
            seconds=self._seconds,
        )
        self._frames: Generator[Frame] | None = None
        self._spot = Spot(x=0, y=0, height=1, width=1)
        self._size = (1, 1)
        self._panel: Image.Image | None = None

    @property
    def name(self) -> str:
        """See `Actor`."""
        return ""

    @property
    def aspect(self) -> float:
        """See `Actor`."""
        return self._measures.width_pixels / self._measures.height_pixels

    @property
    def is_cut_off(self) -> bool:
        """See `Actor`."""
        return False

    def enter(self, spot: Spot, part: Part) -> None:
        """See `Actor`."""
        del part
        self._spot = spot
        tall = min(spot.height, spot.width / self.aspect)
        if self._lead.is_apart:
            # The lead is to be about as tall as the spot, not the whole clip around it.
            share = float(np.median([region.height for region in self._lead.regions]))
            tall = min(tall / max(share, 0.35), self._form.height_pixels * 1.0)
        self._size = max(8, round(tall * self.aspect)), max(8, round(tall))
        self._frames = play_over(
            self._clip, self._sized(), length_seconds=self._seconds, fit=Fit.STRETCH
        )
        self._panel = None if self._lead.is_apart else _panel_mask(self._size)

    def draw(self, picture: Image.Image, number: int, seconds: float) -> None:
        """See `Actor`."""
        if self._frames is None:
            return
        image = Image.fromarray(next(self._frames))
        left = round(self._spot.x - self._size[0] / 2)
        if self._panel is not None:
            top = round(
                self._spot.y - self._size[1] + 0.012 * self._size[1] * sin(tau * seconds / 4)
            )
            _draw_panel(picture, image, self._panel, (left, top))
            return
        look = self._lead.index_at(number / float(self._form.rate) % self._seconds)
        mask = soft_edges(self._lead.masks[look], *self._size, self._size[0] / 250)
        feet = float(np.median([region.bottom for region in self._lead.regions]))
        top = round(self._spot.y - feet * self._size[1])
        region = self._lead.regions[look].scaled(*self._size)
        draw_shadow(picture, left + region.middle[0], self._spot.y, region.width * 0.8, 0.3)
        picture.paste(image, (left, top), mask)

    def leave(self) -> None:
        """See `Actor`."""
        if self._frames is not None:
            self._frames.close()
            self._frames = None

    def _sized(self) -> ClipForm:
        return ClipForm(
            width_pixels=self._size[0],
            height_pixels=self._size[1],
            frames_per_second=self._form.frames_per_second,
            duration_seconds=self._form.duration_seconds,
        )


def open_actor(media: JobMedia, form: ClipForm) -> Actor:
    """Give a reference as an actor.

    Raises:
        Refused: it can't be decoded.
    """
    if media.role == "reference_video" or media.media_type.startswith("video/"):
        return ClipActor(media, form)
    return StillActor(open_cutout(media))


def _act(part: Part, number: int, seconds: float) -> Pose:
    """Give the pose of somebody who stands, walks or flies, and moves along with own words."""
    turn = tau * (seconds / 3.4 + part.phase)
    stress = float(part.speech.loudness[number]) if part.speech is not None else 0.0
    upright = [1 - band / (BANDS - 1) for band in range(BANDS)]
    lean = tuple((0.02 + 0.03 * stress) * sin(turn) * rise for rise in upright)
    match part.gait:
        case "walk":
            step = pi * seconds * 1.9 + tau * part.phase
            return Pose(
                across=0.16 * sin(turn / 1.6),
                up=0.025 * abs(sin(step)),
                shifts=tuple(0.05 * sin(step) * rise for rise in upright),
            )
        case "fly":
            return Pose(across=0.2 * sin(turn / 1.5), up=0.08 * sin(turn), shifts=lean)
        case _:
            breath = 0.008 * sin(turn * 1.4)
            return Pose(across=0.012 * sin(turn), stretch=1 + breath + 0.02 * stress, shifts=lean)


def _panel_mask(size: tuple[int, int]) -> Image.Image:
    mask = Image.new("L", (size[0] * 2, size[1] * 2))
    radius = min(size) * 0.09
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] * 2, size[1] * 2), radius, fill=255)
    return mask.resize(size, Image.Resampling.BOX)


def _draw_panel(
    picture: Image.Image, image: Image.Image, mask: Image.Image, place: tuple[int, int]
) -> None:
    """Draw a clip as a card with a light rim and a shadow."""
    rim = max(2, round(min(image.size) * 0.018))
    card = mask.resize((image.width + 2 * rim, image.height + 2 * rim))
    shade = Image.new("L", (card.width + 6 * rim, card.height + 6 * rim))
    shade.paste(card.point([value // 3 for value in range(256)]), (3 * rim, 3 * rim))
    shade = shade.filter(ImageFilter.BoxBlur(2 * rim))
    picture.paste((16, 18, 30), (place[0] - 3 * rim, place[1] - 2 * rim), shade)
    picture.paste((250, 248, 242), (place[0] - rim, place[1] - rim), card)
    picture.paste(image, place, mask)
