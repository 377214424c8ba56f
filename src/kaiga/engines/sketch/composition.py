"""Arranges what was understood into one picture: a place, its light, and things with depth."""

from dataclasses import replace

from kaiga.engines.sketch.abstract import paint_abstract
from kaiga.engines.sketch.backdrops.heavens import draw_weather
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.lighting import combined, indoors, make_light
from kaiga.engines.sketch.order import PictureOrder
from kaiga.engines.sketch.placing import place_things
from kaiga.engines.sketch.planning import Plan, make_plan
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.scene import Scene
from kaiga.engines.sketch.shopscene import paint_shop
from kaiga.engines.sketch.stage import Stage
from kaiga.engines.sketch.styles import STYLES, Style, make_pen
from kaiga.engines.sketch.watermark import draw_watermark


def compose(scene: Scene, order: PictureOrder) -> Canvas:
    """Give the finished drawing of one picture."""
    style = STYLES[scene.style]
    plan = make_plan(
        scene, make_random("plan", order.prompt, order.seed), night=style.time == "night"
    )
    stage = _make_stage(plan, order, style)
    _paint(stage, plan, order.prompt)
    if style.finish:
        with stage.canvas.piece("finish", (0, 0, stage.width, stage.height)):
            style.finish(stage.with_rng(make_random("finish", order.prompt, order.seed)))
    if order.watermark:
        draw_watermark(stage.canvas, order.watermark)
    return stage.canvas


def _make_stage(plan: Plan, order: PictureOrder, style: Style) -> Stage:
    scene = plan.scene
    light = make_light(scene.time, scene.weather)
    if not plan.outdoors:
        light = indoors(light)
    width, height = order.width_pixels, order.height_pixels
    unit = (width * height) ** 0.5 / 100
    canvas = Canvas(
        width=width,
        height=height,
        tone=combined(light, style.tone, own_light=style.own_light),
        pen=make_pen(style, unit),
        relief=unit * 0.35 if style.relief else 0.0,
    )
    rng = make_random("picture", order.prompt, order.seed)
    return Stage(canvas=canvas, rng=rng, light=light, scene=scene)


def _paint(stage: Stage, plan: Plan, text: str) -> None:
    if plan.shop is not None:
        setting = paint_shop(stage, plan.shop)
    elif plan.backdrop is not None:
        setting = plan.backdrop(stage)
    else:
        paint_abstract(stage, text)
        return
    place_things(stage, setting, plan)
    if plan.outdoors:
        draw_weather(replace(stage, rng=make_random("weather", text, stage.rng.random().hex())))
