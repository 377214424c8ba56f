"""Tells what a file really is."""

from pathlib import Path
from typing import Protocol

from kaiga.domain.media_faults import MediaTrouble
from kaiga.domain.media_limits import InspectedMedia


class MediaInspector(Protocol):
    """Measures files that strangers gave."""

    async def inspect(self, path: Path, name: str = "") -> InspectedMedia | MediaTrouble:
        """Tell the format of a file by its content, and measure it.

        `name` is what the client called it, if anything: a URL or a key. Its extension counts
        only among documents whose content is the same kind of container or text. Nothing but
        this one file is opened, no program or script in it is run, and hostile files can take
        neither much memory nor long: one that needs more is unreadable.

        Raises:
            TryLater: the measuring program can't be started.
            FileNotFoundError: there is no such file.
        """
        ...

    async def make_openable(
        self, path: Path, inspected: InspectedMedia
    ) -> InspectedMedia | MediaTrouble:
        """Have a file that every engine can open at `path`, and tell what it is then.

        A HEIC picture, once it was inspected and judged, is replaced by a PNG of the same size;
        any other file stays as it is. After a trouble or an error the file is as it was.

        Raises:
            TryLater: the converting program can't be started.
        """
        ...
