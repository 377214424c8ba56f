"""What each expression of the emoji model does: moments of a face, in order, and what is drawn.

Source of the names: contract/video-models.md, 12.1. What they look like is ours; the names say
happy, staring, touched, serious, excited, sleepy, sly; happy, looking up, puzzled, mad, helpless,
smiling, grateful; naughty, smug, hopeful, lazy, scornful, in tears.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import sin, tau
from types import MappingProxyType
from typing import Any

from kaiga.engines.sketch.performing.expressions import REST, Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One expression as it is played.

    `moments` are shares of the clip, rising, with the face at that moment. `shake` is how far the
    head goes to and fro meanwhile: across, up and down (in widths of the face), tilting (radians),
    and how often a second. `mark` is drawn beside the head.
    """

    moments: tuple[tuple[float, Expression], ...]
    shake: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    mark: str = ""

    def at(self, share: float, seconds: float) -> Expression:
        """Give the face at a share of the clip, which is so many seconds from its start."""
        face = _between(self.moments, share)
        across, up, tilt, often = self.shake
        swing = min(1.0, share * 6, (1 - share) * 6)
        turn = tau * often * seconds
        return replace(
            face,
            sway=(
                face.sway[0] + across * swing * sin(turn),
                face.sway[1] + up * swing * sin(turn * 2),
            ),
            tilt=face.tilt + tilt * swing * sin(turn),
        )


def _between(moments: tuple[tuple[float, Expression], ...], share: float) -> Expression:
    before = moments[0]
    for after in moments:
        if after[0] >= share:
            span = after[0] - before[0]
            part = (share - before[0]) / span if span else 1.0
            return _blended(before[1], after[1], part * part * (3 - 2 * part))
        before = after
    return before[1]


def _blended(first: Expression, second: Expression, share: float) -> Expression:
    return Expression(
        **{
            each.name: _mixed(getattr(first, each.name), getattr(second, each.name), share)
            for each in fields(Expression)
        }
    )


def _mixed(one: Any, other: Any, share: float) -> Any:
    """Give the number, or the pair of numbers, between two."""
    if isinstance(one, float):
        return one + (other - one) * share
    return tuple(a + (b - a) * share for a, b in zip(one, other, strict=True))


def _played(
    *faces: Expression,
    hold: float = 0.0,
    shake: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0),
    mark: str = "",
) -> Script:
    """Play from rest through some faces and back; `hold` is how long the last one stays."""
    steps = len(faces) + 1
    end = 1 - hold
    moments = [(0.0, REST)]
    moments += [(end * number / steps, face) for number, face in enumerate(faces, start=1)]
    if hold:
        moments.append((end * len(faces) / steps + hold, faces[-1]))
    return Script(moments=(*moments, (1.0, REST)), shake=shake, mark=mark)


_HAPPY = Expression(smile=0.8, mouth_open=0.45, brows=0.4, lids=(0.25, 0.25))
_LAUGH = Expression(smile=1.0, mouth_open=0.9, lids=(0.9, 0.9), brows=0.6, sway=(0.0, -0.04))
_STARE = Expression(eyes_wide=1.0, brows=1.0, mouth_open=0.18, mouth_wide=-0.5, zoom=1.06)
_SLEEPY = Expression(lids=(0.6, 0.6), brows=-0.2, sway=(0.0, 0.05))
_ASLEEP = Expression(lids=(1.0, 1.0), mouth_open=0.15, sway=(0.0, 0.16), tilt=0.1)
_SAD = Expression(smile=-0.9, brows=0.4, frown=-0.8, lids=(0.2, 0.2))
_CALM_SMILE = Expression(smile=0.6, lids=(0.15, 0.15))

SCRIPTS: Mapping[str, Script] = MappingProxyType({
    "mengwa_kaixin": _played(_HAPPY, _LAUGH, _HAPPY, shake=(0.0, 0.03, 0.05, 1.5)),
    "mengwa_dengyan": _played(
        Expression(lids=(0.4, 0.4)), _STARE, replace(_STARE, gaze=(0.6, 0.0)), hold=0.25
    ),
    "mengwa_gandong": _played(
        Expression(eyes_wide=0.5, smile=0.4, frown=-0.7, brows=0.5),
        Expression(eyes_wide=0.3, smile=0.6, frown=-1.0, lids=(0.3, 0.3), tilt=0.08),
        hold=0.3, mark="tears",
    ),
    "mengwa_renzhen_1": _played(
        Expression(frown=0.9, smile=-0.2, eyes_wide=0.2, sway=(0.0, 0.03)), hold=0.4,
        shake=(0.0, 0.03, 0.0, 0.8),
    ),
    "mengwa_jidong": _played(
        Expression(eyes_wide=0.9, smile=0.8, mouth_open=0.8, brows=0.9), _LAUGH,
        Expression(eyes_wide=0.9, smile=0.8, mouth_open=1.0, brows=0.9, zoom=1.08),
        shake=(0.04, 0.06, 0.04, 3.0), mark="sparkles",
    ),
    "mengwa_kun_1": _played(_SLEEPY, _ASLEEP, _SLEEPY, _ASLEEP, mark="zzz"),
    "mengwa_jiaoxie": _played(
        Expression(smile=0.5, gaze=(0.9, 0.0), lids=(0.35, 0.35), tilt=-0.1),
        Expression(smile=0.8, gaze=(-0.9, 0.0), lids=(0.0, 1.0), tilt=0.1), hold=0.2,
    ),
    "dagong_kaixin": _played(_CALM_SMILE, _HAPPY, _LAUGH, shake=(0.03, 0.02, 0.03, 1.2)),
    "dagong_yangwang": _played(
        Expression(gaze=(0.0, -1.0), brows=0.8, eyes_wide=0.4, sway=(0.0, -0.12)),
        Expression(gaze=(0.3, -1.0), brows=0.9, eyes_wide=0.6, smile=0.3, sway=(0.03, -0.14)),
        hold=0.3, mark="sparkles",
    ),
    "dagong_kunhuo": _played(
        Expression(frown=0.6, smile=-0.3, gaze=(0.7, -0.4), tilt=0.16),
        Expression(frown=0.5, smile=-0.3, gaze=(-0.7, -0.4), tilt=-0.14, lids=(0.0, 0.4)),
        mark="question",
    ),
    "dagong_zhuakuang": _played(
        Expression(mouth_open=1.1, frown=1.0, eyes_wide=0.8, zoom=1.05),
        Expression(mouth_open=0.7, frown=1.0, lids=(0.9, 0.9), zoom=1.1),
        Expression(mouth_open=1.2, frown=1.0, eyes_wide=1.0, zoom=1.08),
        shake=(0.09, 0.03, 0.08, 5.0), mark="anger",
    ),
    "dagong_wunai": _played(
        Expression(lids=(0.5, 0.5), smile=-0.4, gaze=(0.6, -0.6), brows=0.4, tilt=0.1),
        Expression(lids=(1.0, 1.0), smile=-0.5, mouth_open=0.2, sway=(0.0, 0.08)),
        hold=0.15, mark="sweat",
    ),
    "dagong_weixiao": _played(_CALM_SMILE, hold=0.5),
    "dagong_ganji": _played(
        Expression(smile=0.7, frown=-0.7, brows=0.5, mouth_open=0.2),
        Expression(smile=0.8, lids=(1.0, 1.0), sway=(0.0, 0.15)),
        Expression(smile=0.8, frown=-0.6, brows=0.4), mark="hearts",
    ),
    "jingdian_tiaopi": _played(
        Expression(smile=0.9, mouth_open=0.5, mouth_wide=-0.3, lids=(1.0, 0.0), tilt=0.16),
        Expression(smile=0.9, mouth_open=0.6, mouth_wide=-0.3, lids=(0.0, 1.0), tilt=-0.16),
        shake=(0.03, 0.0, 0.03, 2.0),
    ),
    "jingdian_deyi_1": _played(
        Expression(smile=0.6, lids=(0.5, 0.5), brows=0.6, sway=(0.0, -0.08), tilt=-0.08),
        Expression(smile=0.8, lids=(0.6, 0.6), brows=0.8, sway=(0.0, -0.1), tilt=0.08), hold=0.2,
    ),
    "jingdian_qidai": _played(
        Expression(eyes_wide=0.8, brows=0.7, smile=0.4, mouth_open=0.2),
        Expression(eyes_wide=1.0, brows=0.9, smile=0.6, mouth_open=0.35, zoom=1.06), hold=0.25,
        shake=(0.0, 0.03, 0.0, 1.6), mark="sparkles",
    ),
    "jingdian_landuo_1": _played(
        _SLEEPY, Expression(lids=(0.9, 0.9), mouth_open=0.9, mouth_wide=-0.3, sway=(0.0, -0.06)),
        replace(_SLEEPY, tilt=0.12), mark="zzz",
    ),
    "jingdian_xianqi": _played(
        Expression(frown=0.7, smile=-0.7, lids=(0.45, 0.45), gaze=(0.9, 0.0), tilt=-0.06),
        Expression(frown=0.7, smile=-0.8, lids=(0.5, 0.3), gaze=(0.9, 0.2), sway=(-0.1, 0.0)),
        hold=0.2, mark="sweat",
    ),
    "jingdian_lei": _played(
        _SAD, replace(_SAD, lids=(0.8, 0.8), mouth_open=0.35), _SAD,
        replace(_SAD, lids=(1.0, 1.0), mouth_open=0.5), shake=(0.0, 0.02, 0.02, 2.5), mark="tears",
    ),
})  # fmt: skip
"""The scripts by `driven_id`."""
