"""The machine-readable label: metadata in the file, whatever engine made it."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from kaiga.domain.errors import MarkingFailed
from kaiga.domain.media import JPEG, MP4, PNG, WEBP
from kaiga.domain.provenance import Origin
from kaiga.provenance.jpeg_file import JpegFile
from kaiga.provenance.label import Label, make_label
from kaiga.provenance.mp4_file import Mp4File
from kaiga.provenance.png_file import PngFile
from kaiga.provenance.webp_file import WebpFile


class _LabelledFile(Protocol):
    """A file of one kind, which knows where its label goes."""

    @property
    def is_labelled(self) -> bool: ...

    def with_label(self, label: Label) -> bytes: ...


_OPENING: Mapping[str, Callable[[bytes], _LabelledFile]] = {
    PNG.name: PngFile,
    JPEG.name: JpegFile,
    WEBP.name: WebpFile,
    MP4.name: Mp4File,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLabel:
    """Implements `ResultMarker`; nothing is decoded, and nothing encoded anew.

    `producer` is who answers for the files, or empty.
    """

    producer: str

    def mark(self, content: bytes, media_type: str, origin: Origin) -> bytes:
        """See the port; one that came with a label or a signed manifest is left as it is.

        A second label would contradict the first, and any change breaks a manifest.
        """
        try:
            file = _OPENING[media_type](content)
            if file.is_labelled:
                return content
            return file.with_label(make_label(origin, self.producer))
        except (struct.error, IndexError, OverflowError) as error:
            raise MarkingFailed(f"the {media_type} is not put together as it should be") from error
