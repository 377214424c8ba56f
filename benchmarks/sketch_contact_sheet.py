"""Paints the contact sheet of docs/sketch.md and prints how long each picture took.

Run it from the repository root: `python benchmarks/sketch_contact_sheet.py`.
"""

import io
import time
from pathlib import Path

from PIL import Image

from kaiga.engines.sketch.painter import PictureOrder, paint

SHEET = Path(__file__).parent.parent / "docs" / "images" / "sketch-contact-sheet.png"
CELL_PIXELS = 240
GAP_PIXELS = 6
COLUMNS = 6
SIDE_PIXELS = 1024
PROMPTS = (
    "A flower shop with exquisite windows, a beautiful wooden door, and flowers on display",
    "a cat",
    "a lighthouse by the sea at sunset",
    "夜の雨の街、猫が一匹",
    "赤い車と青い自転車、雪の街",
    "a man walking in the rain in the city",
    "穿红裙子的小女孩和一只白色的小狗",
    "an old windmill in a tulip field",
    "aurora over a snowy cabin",
    "five fish underwater",
    "an astronaut on the moon",
    "a dragon and a castle, storm",
    "星空下的两只熊猫",
    "一碗拉面",
    "a hot-air balloon over mountains at dawn",
    "cherry blossoms and a torii gate, spring",
    "a fox in autumn, paper cut",
    "great wave and mount fuji, ukiyo-e",
    "a castle on a hill, ink painting",
    "a dragon and a castle, pixel art",
    "a cat with a guitar, line art",
    "Tokyo at night in the rain, cyberpunk",
    "a sailing boat, watercolor",
    "a train in the mountains, art deco poster",
    "a portrait of a woman",
    "ten sheep on a green hill with a rainbow",
    "calm",
    "怒り",
    "寂しい",
    "joyful music",
)


def main() -> None:
    rows = -(-len(PROMPTS) // COLUMNS)
    step = CELL_PIXELS + GAP_PIXELS
    sheet = Image.new("RGB", (COLUMNS * step + GAP_PIXELS, rows * step + GAP_PIXELS), "white")
    for index, prompt in enumerate(PROMPTS):
        row, column = divmod(index, COLUMNS)
        cell = _paint_cell(prompt)
        sheet.paste(cell, (GAP_PIXELS + column * step, GAP_PIXELS + row * step))
    SHEET.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(SHEET, optimize=True)
    print(f"wrote {SHEET.name}, {SHEET.stat().st_size // 1024} KiB")


def _paint_cell(prompt: str) -> Image.Image:
    order = PictureOrder(
        prompt=prompt,
        negative_prompt="",
        width_pixels=SIDE_PIXELS,
        height_pixels=SIDE_PIXELS,
        seed=1,
        watermark="",
    )
    began = time.process_time()
    content = paint(order)
    print(f"{time.process_time() - began:.3f} s of CPU  {prompt}")
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    return picture.resize((CELL_PIXELS, CELL_PIXELS), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
