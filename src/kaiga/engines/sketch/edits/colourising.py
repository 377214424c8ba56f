"""Gives a grey picture plausible colours, and those that its prompt names.

Lightness stays as it is. Each patch of one lightness and place takes a hue: of the sky, of the
ground, of what stands out, or of the picture that the painter would paint for the prompt.
"""

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.fields import gauss, guided, luma, make_noise, scaled
from kaiga.engines.sketch.edits.hues import (
    chroma,
    clusters,
    from_lab,
    lab_of,
    recoloured,
    to_lab,
)
from kaiga.engines.sketch.edits.instructions import Wish, read_wishes
from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.edits.pictures import Field, Floats, Mask, Pixels
from kaiga.engines.sketch.edits.subjects import (
    at_full_size,
    find_small_sky,
    find_small_subject,
    find_subject,
    small_copy,
)
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.scene import Scene

_PATCHES = 22
_COLOURED = 0.035
"""Mean chroma above which a picture is no grey one, and keeps half of its own colours."""
_SUBJECT_HUES = ("#c8793f", "#c9534f", "#5b86c4", "#d8a24a", "#7f9a56", "#a06a9c")
_GROUND_HUES = ("#6f9a4c", "#8a7a4e", "#7d8f4a")
_EXAMPLE_SIDE = 96


def colourised(pixels: Pixels, prompt: str, *parts: str | int) -> Pixels:
    """Give a picture colours; `parts` seed what neither prompt nor place decides."""
    lab = to_lab(pixels)
    grey = luma(pixels)
    small = small_copy(np.repeat(np.rint(grey * 255).astype(np.uint8)[..., None], 3, axis=2))
    lean = _lean_of_patches(small, prompt, *parts)
    fine = [_spread_over(lean[..., axis], lab[..., 0]) for axis in (0, 1)]
    shown = np.clip(lab[..., 0] / 0.25, 0, 1) * np.clip((1.02 - lab[..., 0]) / 0.18, 0, 1)
    own = 0.5 if float(chroma(lab).mean()) > _COLOURED else 0.0
    for axis, field in enumerate(fine):
        lab[..., axis + 1] = lab[..., axis + 1] * own + field * shown * (1 - own)
    return _in_named_colours(from_lab(lab), prompt)


def _spread_over(lean: Field, light: Field) -> Field:
    """Bring a small field of hues to full size along the edges of the light."""
    height, width = light.shape
    rough = scaled(gauss(lean, 0.8), width, height)
    step = max(1, round(max(height, width) / 512))
    guide = scaled(light, width // step, height // step)
    fine = guided(scaled(rough, width // step, height // step), guide, 5, 4e-4)
    return scaled(fine, width, height)


def _lean_of_patches(small: Pixels, prompt: str, *parts: str | int) -> Floats:
    """Choose for every patch of a small grey copy how far it leans to red and to yellow."""
    height, width = small.shape[:2]
    light = to_lab(small)[..., 0]
    rows, columns = np.indices((height, width), dtype=np.float32)
    told = np.stack([light * 2.2, rows / height * 0.7, columns / width * 0.45], axis=2)
    _, group = clusters(told, _PATCHES, "colourise", *parts)
    group = group.reshape(height, width)
    sky, subject = find_small_sky(small, grey=True), find_small_subject(small)
    example = _example(prompt, *parts)
    noise = make_noise("hues", *parts)
    order = noise.permutation(len(_SUBJECT_HUES))
    lean = np.zeros((height, width, 2), dtype=np.float32)
    for index in range(_PATCHES):
        patch: Mask = group == index
        if not patch.any():
            continue
        for part, hue in (
            (patch & sky, _sky_hue()),
            (patch & subject & ~sky, _subject_hue(light[patch].mean(), order)),
            (patch & ~sky & ~subject, _ground_hue(float(rows[patch].mean() / height), noise)),
        ):
            if part.any():
                place = (float(light[part].mean()), float(rows[part].mean() / height))
                lean[part] = hue if example is None else _from_example(example, place, hue)
    return lean


def _sky_hue() -> NDArray[np.float32]:
    return lab_of("#7db4e4")[1:]


def _subject_hue(light: float, order: NDArray[np.int64]) -> NDArray[np.float32]:
    """Let the parts of a subject differ in hue by how light they are."""
    step = min(2, int(float(light) * 3))
    return lab_of(_SUBJECT_HUES[int(order[step % len(order)])])[1:] * np.float32(0.8)


def _ground_hue(down: float, noise: np.random.Generator) -> NDArray[np.float32]:
    """Give the hue of what is neither sky nor subject: bluish far up, plants and earth below."""
    if down < 0.42:
        return lab_of("#9aa9b8")[1:]
    return lab_of(str(noise.choice(_GROUND_HUES)))[1:] * np.float32(0.85)


def _example(prompt: str, *parts: str | int) -> Floats | None:
    """Paint what the prompt says, small, if anything in it is understood."""
    scene = read_prompt(prompt)
    if not (scene.mentions or scene.places or scene.time or scene.season):
        return None
    seed = int(make_noise("example", *parts).integers(1 << 30))
    return to_lab(paint_scene(prompt, width=_EXAMPLE_SIDE, height=_EXAMPLE_SIDE, seed=seed))


def _from_example(
    example: Floats, place: tuple[float, float], hue: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Take the mean lean of what is about as light and as high up in the example."""
    light, down = place
    rows = np.arange(example.shape[0], dtype=np.float32)[:, None] / example.shape[0]
    apart = ((example[..., 0] - light) / 0.09) ** 2 + ((rows - down) / 0.14) ** 2
    weights = np.exp(-0.5 * apart)
    total = float(weights.sum())
    if total < 8:
        return hue
    taken = (example[..., 1:] * weights[..., None]).sum(axis=(0, 1)) / total
    return (taken * 0.8 + hue * 0.2).astype(np.float32)


def _in_named_colours(pixels: Pixels, prompt: str) -> Pixels:
    """Let the colours that the prompt names win where it names them."""
    result = pixels
    for wish in read_wishes(prompt, Scene()):
        for colour in _colours_of(wish)[:1]:
            region = _region_of(pixels, wish)
            result = _lightly_recoloured(result, region, colour)
    return result


def _colours_of(wish: Wish) -> tuple[str, ...]:
    said = tuple(colour for mention in wish.wanted.mentions for colour in mention.colours)
    return (*said, *wish.wanted.colours)


def _region_of(pixels: Pixels, wish: Wish) -> Field:
    """Tell where something is whose own colour can't help to find it."""
    if "sky" in (*wish.about.places, *wish.wanted.places):
        small = small_copy(pixels)
        return at_full_size(find_small_sky(small, grey=True), pixels)
    subject = find_subject(pixels)
    return 1 - subject if wish.background else subject


def _lightly_recoloured(pixels: Pixels, region: Field, colour: str) -> Pixels:
    """Change hue alone: how light a place is, the grey picture has told."""
    lab = to_lab(pixels)
    after = to_lab(recoloured(pixels, region, colour))
    after[..., 0] = lab[..., 0]
    return from_lab(after)
