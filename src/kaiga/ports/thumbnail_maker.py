"""Makes small pictures of results."""

from pathlib import Path
from typing import Protocol

LONGEST_SIDE_PIXELS = 512
"""What a tile of some 16 rem needs on a screen of two pixels to the point."""
THUMBNAIL_TYPE = "image/webp"


class ThumbnailMaker(Protocol):
    """Reads whole files, a few at once, beside the event loop."""

    async def make(self, path: Path) -> bytes | None:
        """Give a WebP of a picture, or of a telling frame of a clip; None where it can't be read.

        Its first bytes tell which it is. Neither side is longer than `LONGEST_SIDE_PIXELS`. Files
        may be made beside `path`.

        Raises:
            TryLater: the program that reads clips can't be started.
        """
        ...
