"""How pages are looked at, and where their files are."""

from pathlib import Path

WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
STATIC = Path(__file__).parents[2] / "src" / "kaiga" / "http" / "console" / "static"
