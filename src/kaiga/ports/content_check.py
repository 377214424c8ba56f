"""What tells whether texts and pictures may be worked with."""

from typing import Protocol


class ContentCheck(Protocol):
    """Judges one thing at a time; keeps nothing, and logs none of what it was shown."""

    @property
    def looks_at_pictures(self) -> bool:
        """Tell whether pictures are to be shown to it; without that it allows every one."""
        ...

    async def allows_text(self, text: str) -> bool:
        """Tell whether `text`, which is not blank, may be worked with.

        Raises:
            ContentCheckAway: nobody answered; the text is neither allowed nor refused.
        """
        ...

    async def allows_picture(self, picture: bytes) -> bool:
        """Tell whether a picture, a small WebP, may be worked with or shown.

        Raises:
            ContentCheckAway: nobody answered; the picture is neither allowed nor refused.
        """
        ...
