"""Writes into a finished file what it is and where it comes from."""

from typing import Protocol

from kaiga.domain.provenance import Origin


class ResultMarker(Protocol):
    """One kind of mark. It may take its time, so it is called beside the event loop."""

    def mark(self, content: bytes, media_type: str, origin: Origin) -> bytes:
        """Give a file of one of the `MARKABLE` kinds with its mark.

        What it shows and sounds like stays the same, sample for sample. A file that came with such
        a mark keeps it, and is given back as it is.

        Raises:
            MarkingFailed: it can't be marked; the message says why, for the log.
        """
        ...
