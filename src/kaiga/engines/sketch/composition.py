"""Arranges what was understood into one picture."""

from kaiga.engines.sketch.backdrops.heavens import draw_weather, paint_sky
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.lighting import combined, make_light
from kaiga.engines.sketch.order import PictureOrder
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.scene import Scene
from kaiga.engines.sketch.shopscene import WARES_OF, paint_shop
from kaiga.engines.sketch.stage import Stage
from kaiga.engines.sketch.watermark import draw_watermark


def compose(scene: Scene, order: PictureOrder) -> str:
    """Give the SVG document of one picture."""
    light = make_light(scene.time, scene.weather)
    canvas = Canvas(width=order.width_pixels, height=order.height_pixels, tone=combined(light, None))
    stage = Stage(canvas=canvas, rng=make_random(order.prompt, order.seed), light=light, scene=scene)
    shop = next((m for m in scene.mentions if m.motif in WARES_OF), None)
    if shop:
        paint_shop(stage, shop)
    else:
        paint_sky(stage, order.height_pixels)
    draw_weather(stage)
    if order.watermark:
        draw_watermark(canvas)
    return canvas.write(pixel_width=order.width_pixels, pixel_height=order.height_pixels)
