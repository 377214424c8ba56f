"""Makes word art whose letters are bent and dressed by a prompt's things, as PNG and as SVG."""

import io
import math
from collections.abc import Mapping
from random import Random
from types import MappingProxyType

import numpy as np
from PIL import Image

from kaiga.domain.provenance import NO_AI_NOTICE
from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.abstract import paint_abstract
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter, mix
from kaiga.engines.sketch.edits.files import make_png
from kaiga.engines.sketch.lettering.fonts import Typecase
from kaiga.engines.sketch.lettering.outlines import Outline, bent, path_data, trace
from kaiga.engines.sketch.lettering.typefaces import find_typeface
from kaiga.engines.sketch.lettering.typesetting import Coverage, Setting, fit_text
from kaiga.engines.sketch.lighting import combined, make_light
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.making import Made, Making, Refused, Step
from kaiga.engines.sketch.motifs.table import MOTIFS
from kaiga.engines.sketch.painter import rasterise
from kaiga.engines.sketch.placing import place_things
from kaiga.engines.sketch.planning import make_plan
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.scene import Mention, Scene
from kaiga.engines.sketch.stage import Stage
from kaiga.engines.sketch.styles import STYLES
from kaiga.engines.sketch.tools.options import text_option
from kaiga.engines.sketch.watermark import draw_watermark
from kaiga.ports.engine import GenerationJob, MadeFile

SIZES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"1280x720": (1280, 720), "720x1280": (720, 1280), "1024x1024": (1024, 1024)}
)
"""By `output_image_ratio`. Source: contract/image-models.yaml, wordart-semantic."""
FIGURES = 5
"""At most so many things stand on the letters."""
_GROUNDS = ("#faf3e6", "#eef4f2", "#f5eef4", "#eef0f8", "#f7f0ea")


def make_word_figures(job: GenerationJob) -> Making:
    """Draw a word as one drawing: its letters filled with a scene, its things standing on them.

    Gives the PNG under the empty part and the same drawing as an SVG under `svg`. The SVG holds
    shapes alone: no text and no picture of anyone else's.
    """
    text = text_option(job, "text").strip()
    if not text:
        raise Refused("InvalidParameter", "Field required: input.text")
    width, height = _size(job)
    rng = make_random("word figures", text, job.prompt, job.seed)
    ink = _ink(job, text, width, height)
    yield Step(step=1, steps=2)
    letters = _bent(trace(ink), rng, width, height)
    canvas = _drawn(job, letters, rng, width, height)
    if job.watermark:
        draw_watermark(canvas, job.watermark)
    document = canvas.write(pixel_width=width, pixel_height=height)
    pixels = np.array(Image.open(io.BytesIO(rasterise(document))).convert("RGB"))
    drawing = document.replace("<defs>", f"<desc>{NO_AI_NOTICE}</desc><defs>", 1)
    svg = MadeFile(content=drawing.encode(), part="svg", width_pixels=width, height_pixels=height)
    unmarked = GenerationJob(model=job.model, task=job.task, prompt=job.prompt, seed=job.seed)
    return Made(files=(make_png(unmarked, pixels), svg))


def _size(job: GenerationJob) -> tuple[int, int]:
    if job.width_pixels and job.height_pixels:
        return job.width_pixels, job.height_pixels
    return SIZES.get(text_option(job, "output_image_ratio"), SIZES["1280x720"])


def _ink(job: GenerationJob, text: str, width: int, height: int) -> Coverage:
    own = next((media.path for media in job.media_of("font")), "")
    face = find_typeface(text_option(job, "font_name"))
    setting = Setting(typecase=Typecase(own=own), typeface=face)
    side, top = round(width * 0.12), round(height * 0.24)
    block = fit_text(text, width - 2 * side, round(height * 0.6), setting, largest=float(height))
    ink = np.zeros((height, width), dtype=np.uint8)
    ink[top : top + block.coverage.shape[0], side : width - side] = block.coverage
    return ink


def _bent(letters: list[Outline], rng: Random, width: int, height: int) -> list[Outline]:
    """Let the letters sway: along the line in a slow wave, and a little within each letter."""
    unit = min(width, height) / 100
    rise, long = rng.uniform(1.2, 2.6) * unit, width / rng.uniform(1.2, 2.2)
    sway, tall = rng.uniform(0.5, 1.1) * unit, height / rng.uniform(2.0, 4.0)
    start, lean = rng.uniform(0, math.tau), rng.uniform(-0.05, 0.05)

    def bend(line: Outline) -> Outline:
        x, y = line[:, 0], line[:, 1]
        across = x + sway * np.sin(y / tall * math.tau + start) + lean * (y - height / 2)
        down = y + rise * np.sin(x / long * math.tau + start)
        return np.stack([across, down], axis=1)

    return bent(letters, bend, step=unit * 0.7)


def _drawn(
    job: GenerationJob, letters: list[Outline], rng: Random, width: int, height: int
) -> Canvas:
    scene = read_prompt(job.prompt)
    light = make_light(scene.time, scene.weather)
    unit = (width * height) ** 0.5 / 100
    tone = combined(light, STYLES[scene.style].tone, own_light=STYLES[scene.style].own_light)
    canvas = Canvas(width=width, height=height, tone=tone)
    stage = Stage(canvas=canvas, rng=rng, light=light, scene=scene)
    data = path_data(letters)
    ground = mix(rng.choice(_GROUNDS), scene.colours[0] if scene.colours else "#ffffff", 0.15)
    canvas.rect(0, 0, width, height, ground, light=True, outline=False)
    _draw_wreath(canvas, rng, unit, lighter(ground, 0.45))
    moved = path_data([line + np.array([unit * 0.9, unit * 1.1]) for line in letters])
    canvas.shape(moved, "#2a2030", opacity=0.22, light=True)
    canvas.stroke(data, darker(ground, 0.72), unit * 0.9, light=True)
    with canvas.clipped(data):
        _paint_scene(stage, job)
    _stand_things(stage, letters, job, unit)
    return canvas


def _draw_wreath(canvas: Canvas, rng: Random, unit: float, colour: str) -> None:
    """Put large quiet shapes behind the word."""
    for _ in range(4):
        x, y = rng.uniform(0, canvas.width), rng.uniform(0, canvas.height)
        wide = unit * rng.uniform(24, 46)
        data = shapes.blob(rng, x, y, wide, wide * rng.uniform(0.6, 1), 9)
        canvas.shape(data, colour, opacity=0.8, light=True, outline=False)


def _paint_scene(stage: Stage, job: GenerationJob) -> None:
    """Paint what the prompt shows; nothing of it is drawn outside the letters."""
    plan = make_plan(stage.scene, make_random("plan", job.prompt, job.seed), night=False)
    if plan.backdrop is None:
        paint_abstract(stage, job.prompt)
        return
    place_things(stage, plan.backdrop(stage), plan)


def _stand_things(stage: Stage, letters: list[Outline], job: GenerationJob, unit: float) -> None:
    """Let the things of the prompt stand on the letters, where these have room for feet."""
    things = _things(stage.scene)
    if not things:
        return
    rng = make_random("figures", job.prompt, job.seed)
    ledges = _ledges(letters, unit * 2)
    rng.shuffle(ledges)
    taken: list[float] = []
    for x, y in ledges:
        if len(taken) >= FIGURES:
            break
        if any(abs(x - other) < unit * 13 for other in taken):
            continue
        mention = things[len(taken) % len(things)]
        motif = MOTIFS[mention.motif]
        tall = min(unit * rng.uniform(13, 19), y * 0.92)
        scale = min(tall / motif.height, unit * 18 / motif.width)
        look = Look(rng=rng, colours=mention.colours, season=stage.season, lit=False)
        with stage.canvas.at(x, y + unit * 0.4, scale, flip=rng.random() < 0.5):
            motif.draw(stage.canvas, look)
        taken.append(x)


def _things(scene: Scene) -> list[Mention]:
    """Give what can stand on a letter: no houses, no moons; flowers where nothing was named."""
    small = [m for m in scene.mentions if 0 < MOTIFS[m.motif].size < 2.2]
    return small or [Mention(motif="flowers")]


def _ledges(letters: list[Outline], reach: float) -> list[tuple[float, float]]:
    """Give the highest places of the letters: where the line has nothing above it nearby."""
    points = np.concatenate(letters)
    order = np.argsort(points[:, 1], kind="stable")
    found: list[tuple[float, float]] = []
    for x, y in points[order].tolist():
        if all(abs(x - other) > reach for other, _ in found):
            found.append((x, y))
    middle = float(np.median(points[:, 1]))
    return [place for place in found if place[1] < middle]
