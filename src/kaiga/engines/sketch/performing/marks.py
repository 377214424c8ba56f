"""The signs that comics draw around a head: tears, sparkles, a question mark and their like."""

from collections.abc import Mapping
from functools import lru_cache
from math import sin, tau
from types import MappingProxyType

from PIL import Image, ImageFilter

from kaiga.engines.sketch.edits.painting import render
from kaiga.engines.sketch.performing.faces import Face

_BOX = 40
"""Side of the drawings below."""
_DROP = "M20 3C27 15 32 21 32 27a12 11 0 0 1-24 0C8 21 13 15 20 3Z"
_DRAWINGS: Mapping[str, str] = MappingProxyType({
    "tears": f'<path d="{_DROP}" fill="#7cc4f2" stroke="#3f8fc9" stroke-width="1.5"/>'
             '<ellipse cx="16" cy="27" rx="3" ry="5" fill="#e3f4ff"/>',
    "sweat": f'<path d="{_DROP}" fill="#a9dbf5" stroke="#4f9bcc" stroke-width="2"/>',
    "sparkles": '<path d="M20 1Q22 17 39 20Q22 23 20 39Q18 23 1 20Q18 17 20 1Z" fill="#ffe27a"'
                ' stroke="#e8a92b" stroke-width="1.2"/>',
    "hearts": '<path d="M20 36C4 24 2 12 10 7q7-3 10 5q3-8 10-5C38 12 36 24 20 36Z"'
              ' fill="#ef5d78"/>',
    "question": '<path d="M11 13a9 9 0 1 1 13 8q-4 2-4 7" fill="none" stroke="#3b4a6b"'
                ' stroke-width="5.5" stroke-linecap="round"/><circle cx="20" cy="36" r="3.4"'
                ' fill="#3b4a6b"/>',
    "zzz": '<path d="M9 9H31L9 32H31" fill="none" stroke="#5a6fb0" stroke-width="6"'
           ' stroke-linejoin="round" stroke-linecap="round"/>',
    "anger": '<path d="M5 15q9 1 10-10M25 5q0 10 10 10M35 25q-10 0-10 10M15 35q0-10-10-10"'
             ' fill="none" stroke="#d8343e" stroke-width="5" stroke-linecap="round"/>',
})  # fmt: skip


def draw_marks(picture: Image.Image, kind: str, face: Face, share: float, seconds: float) -> None:
    """Draw the signs of one kind into the picture, at a share of the clip; "" draws none."""
    if kind not in _DRAWINGS:
        return
    shown = min(1.0, share * 5, (1 - share) * 5)
    match kind:
        case "tears":
            _drip(picture, face, shown, seconds)
        case "sparkles" | "hearts" | "zzz":
            _rise(picture, kind, face, shown, seconds)
        case _:
            _stand(picture, kind, face, shown, seconds)


def _drip(picture: Image.Image, face: Face, shown: float, seconds: float) -> None:
    """Let a tear run from each eye, again and again."""
    for number, eye in enumerate(face.eyes):
        fallen = (seconds * 0.9 + 0.45 * number) % 1.0
        x = eye.middle[0] + (0.25 if number else -0.25) * eye.width
        y = eye.bottom + fallen**1.5 * 0.62 * face.box.height
        size = face.box.width * 0.15 * min(1.0, fallen * 4) * shown
        _place(picture, "tears", x, y, size, min(1.0, (1 - fallen) * 3))


def _rise(picture: Image.Image, kind: str, face: Face, shown: float, seconds: float) -> None:
    """Let three of them rise beside the head, growing and fading."""
    box = face.box
    for number in range(3):
        life = (seconds * 0.55 + number / 3) % 1.0
        side = 1 if kind == "zzz" or number % 2 else -1
        x = box.middle[0] + side * box.width * (0.78 + 0.16 * life + 0.04 * sin(tau * life * 2))
        y = box.top + box.height * (0.3 - 0.75 * life + 0.14 * number)
        size = box.width * (0.2 + 0.2 * life) * shown
        _place(picture, kind, x, y, size, min(1.0, life * 5, (1 - life) * 2.5))


def _stand(picture: Image.Image, kind: str, face: Face, shown: float, seconds: float) -> None:
    """Let one stand at the temple, pulsing."""
    box = face.box
    pulse = 1 + 0.12 * sin(tau * 1.6 * seconds)
    x, y = box.right + 0.3 * box.width, box.top - 0.08 * box.height
    _place(picture, kind, x, y, box.width * 0.42 * pulse * shown, shown)


def _place(
    picture: Image.Image, kind: str, x: float, y: float, size: float, strength: float
) -> None:
    side = round(size)
    if side < 2 or strength <= 0:
        return
    sign = _render(kind, side)
    alpha = sign.getchannel("A").point([round(value * strength) for value in range(256)])
    picture.paste(sign, (round(x - side / 2), round(y - side / 2)), alpha)


@lru_cache(maxsize=256)
def _render(kind: str, side: int) -> Image.Image:
    """Render a sign with a light rim, so that it is seen on dark hair too."""
    sign = Image.fromarray(
        render(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}"'
            f' viewBox="-5 -5 {_BOX + 10} {_BOX + 10}">{_DRAWINGS[kind]}</svg>'
        )
    )
    rim = sign.getchannel("A").filter(ImageFilter.MaxFilter(side // 16 * 2 + 1))
    whole = Image.new("RGBA", sign.size, "#ffffff00")
    whole.putalpha(rim.filter(ImageFilter.GaussianBlur(side / 60)))
    whole.alpha_composite(sign)
    return whole
