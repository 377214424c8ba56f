"""Where the camera looks: the moves that a prompt asks for, or chance chooses.

A camera sees a part of the picture, never beyond its edges. Far layers follow it less than near
ones, which is what gives a flat picture depth.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from kaiga.engines.sketch.film.affine import Affine
from kaiga.engines.sketch.words import normalise

LEAST_ZOOM = 1.06
"""Every camera stands at least this near, so that it can move a little to each side."""
_ZOOM_PER_SECOND = 0.035
_MOST_ZOOM = 0.26
_SHIFT_PER_SECOND = 0.013
_MOST_SHIFT = 0.06

WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "still": (
        "static camera", "fixed camera", "static shot", "fixed shot", "locked camera",
        "camera is still", "固定镜头", "镜头固定", "固定机位", "静止镜头",
        "固定カメラ", "カメラ固定", "カメラは固定",
    ),
    "pull": (
        "zoom out", "zooms out", "zooming out", "pull back", "pulls back", "pull out", "dolly out",
        "camera moves back", "拉远", "镜头后退", "镜头拉开", "后拉", "ズームアウト",
        "カメラが引", "引いていく",
    ),
    "push": (
        "zoom in", "zooms in", "zooming in", "push in", "pushes in", "dolly in", "close in",
        "camera moves forward", "move closer", "推进", "推近", "镜头前进", "镜头拉近", "前推",
        "ズームイン", "カメラが寄", "近づいていく",
    ),
    "left": (
        "pan left", "pans left", "panning left", "truck left", "camera moves left",
        "左移", "左摇", "向左平移", "左にパン", "左へパン", "カメラが左",
    ),
    "right": (
        "pan right", "pans right", "panning right", "truck right", "camera moves right",
        "右移", "右摇", "向右平移", "右にパン", "右へパン", "カメラが右",
    ),
    "up": (
        "tilt up", "tilts up", "pan up", "crane up", "camera rises", "镜头上移", "上摇", "镜头上升",
        "上にパン", "ティルトアップ", "カメラが上",
    ),
    "down": (
        "tilt down", "tilts down", "pan down", "crane down", "camera lowers", "镜头下移", "下摇",
        "镜头下降", "下にパン", "ティルトダウン", "カメラが下",
    ),
    "orbit": (
        "orbit", "orbits", "arc shot", "circles around", "revolve around", "环绕", "旋转镜头",
        "回り込", "周囲を回",
    ),
})  # fmt: skip
"""What people call the moves, in three languages; the first move that is named counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the camera sees at one moment: its middle in shares of the picture, and its zoom."""

    x: float
    y: float
    zoom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """One way from a first to a last view, with a slight sway where it is not to stand still."""

    first: View
    last: View
    arc: float = 0.0
    steady: bool = False

    def look(self, progress: float) -> View:
        """Give the view at `progress`, 0 at the beginning and 1 at the end of the shot."""
        share = eased(progress)
        bow = math.sin(math.tau * share) * self.arc
        float_x = 0.0 if self.steady else 0.004 * math.sin(math.tau * (progress * 1.3 + 0.1))
        float_y = 0.0 if self.steady else 0.003 * math.sin(math.tau * (progress * 0.9 + 0.4))
        return View(
            x=_between(self.first.x, self.last.x, share) + bow + float_x,
            y=_between(self.first.y, self.last.y, share) + float_y,
            zoom=_between(self.first.zoom, self.last.zoom, share),
        )

    @property
    def nearest_zoom(self) -> float:
        """The largest zoom on the way."""
        return max(self.first.zoom, self.last.zoom)


def find_move(prompt: str) -> str:
    """Give the move that a prompt names first, or an empty text."""
    text = normalise(prompt)
    found = [
        (place, -len(word), move)
        for move, words in WORDS.items()
        for word in words
        if (place := text.find(word)) >= 0
    ]
    return min(found)[2] if found else ""


def make_camera(
    move: str, *, seconds: float, focus: tuple[float, float], zoom: float = LEAST_ZOOM
) -> Camera:
    """Make the camera of one shot that looks at `focus`, in shares of the picture.

    How far it goes depends on its time, so that it is never hasty. `zoom` is where it begins or,
    when it pulls back, ends.
    """
    nearer = zoom * (1 + min(_MOST_ZOOM, _ZOOM_PER_SECOND * seconds))
    shift = min(_MOST_SHIFT, _SHIFT_PER_SECOND * seconds) * LEAST_ZOOM / zoom
    wide = View(x=_towards(0.5, focus[0], zoom), y=_towards(0.5, focus[1], zoom), zoom=zoom)
    near = View(x=_towards(0.5, focus[0], nearer), y=_towards(0.5, focus[1], nearer), zoom=nearer)
    aside = zoom * (1 + 1.7 * shift)
    match move:
        case "still":
            return Camera(first=wide, last=wide, steady=True)
        case "push":
            return Camera(first=wide, last=near)
        case "pull":
            return Camera(first=near, last=wide)
        case "left" | "right":
            way = shift if move == "right" else -shift
            return Camera(
                first=View(x=wide.x - way, y=wide.y, zoom=aside),
                last=View(x=wide.x + way, y=wide.y, zoom=aside),
            )
        case "up" | "down":
            way = shift if move == "down" else -shift
            return Camera(
                first=View(x=wide.x, y=wide.y - way, zoom=aside),
                last=View(x=wide.x, y=wide.y + way, zoom=aside),
            )
        case _:
            near = View(x=wide.x, y=wide.y, zoom=aside * 1.04)
            return Camera(first=View(x=wide.x, y=wide.y, zoom=aside), last=near, arc=shift * 0.6)


def choose_move(chance: Random, *, alone: bool) -> str:
    """Choose a move where none was named; towards a single subject most of the time."""
    if alone:
        return chance.choice(("push", "push", "push", "pull", "orbit"))
    return chance.choice(("left", "right", "push", "orbit", "pull"))


def see(view: View, depth: float, size: tuple[int, int], frame: tuple[int, int]) -> Affine:
    """Give the map from the picture (of `size`) to the frame, for a layer at `depth`.

    Depth 1 follows the camera fully, 0 hardly. The layer never shows its edges.
    """
    width, height = size
    zoom = LEAST_ZOOM + (view.zoom - LEAST_ZOOM) * (0.45 + 0.55 * depth)
    room = 0.5 / zoom
    x = min(1 - room, max(room, 0.5 + (view.x - 0.5) * (0.3 + 0.7 * depth)))
    y = min(1 - room, max(room, 0.5 + (view.y - 0.5) * (0.3 + 0.7 * depth)))
    across, down = frame[0] / width * zoom, frame[1] / height * zoom
    return (
        across, 0.0, frame[0] / 2 - x * width * across,
        0.0, down, frame[1] / 2 - y * height * down,
    )  # fmt: skip


def eased(progress: float) -> float:
    """Begin and end softly, with an even middle."""
    soft = progress * progress * (3 - 2 * progress)
    return 0.5 * progress + 0.5 * soft


def _between(first: float, last: float, share: float) -> float:
    return first + (last - first) * share


def _towards(middle: float, focus: float, zoom: float) -> float:
    """Look from the middle towards a focus as far as the zoom leaves room."""
    room = 0.5 - 0.5 / zoom
    return middle + min(room, max(-room, focus - middle))
