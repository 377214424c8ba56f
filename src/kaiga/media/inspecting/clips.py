"""Measures clips and sounds: ffmpeg lists every packet, and decodes the first frame.

Headers can claim anything, so length and frame rate are counted from the packets themselves. The
list has only numbers and ffmpeg's own names in it, nothing that a file could write there.
"""

import asyncio
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median

from kaiga.domain.media_faults import MediaProblem, MediaTrouble
from kaiga.domain.media_formats import FileFormat, MediaKind
from kaiga.domain.media_limits import InspectedMedia
from kaiga.media.inspecting.ffmpeg import FfmpegReader

DEMUXERS: Mapping[str, str] = {
    "mp4": "mov",
    "mov": "mov",
    "3gp": "mov",
    "m4a": "mov",
    "mkv": "matroska",
    "webm": "matroska",
    "ts": "mpegts",
    "mpg": "mpeg",
}
"""Where ffmpeg's name for a format is not ours."""

_CODECS = {"hevc": "h265"}
"""Where ffmpeg's name for a codec is not the contract's."""

_LIST_PACKETS = ("-map", "0:V:0?", "-map", "0:a:0?", "-c", "copy", "-f", "framecrc")
"""`V` is a picture track that is no cover or thumbnail."""
_DECODE_PICTURE = ("-map", "0:V:0", "-frames:v", "1", "-c:v", "rawvideo", "-f", "framecrc")
_DECODE_SOUND = ("-map", "0:a:0", "-frames:a", "1", "-c:a", "pcm_s16le", "-f", "framecrc")

_NO_TIME = -(2**63)
_DISCARDED = 0x4
"""The flag of a packet that an edit list leaves out."""
_PACKET_FIELDS = 6
_LONGEST_USUAL_GAP = 1.5
"""In medians."""


async def inspect_clip(
    reader: FfmpegReader, path: Path, found: FileFormat, size_bytes: int
) -> InspectedMedia | MediaTrouble:
    """Measure a clip or a sound.

    Raises:
        TryLater: ffmpeg can't be started.
    """
    demuxer = DEMUXERS.get(found.name, found.name)
    tracks = await _run(reader, path, demuxer, _LIST_PACKETS)
    picture, sound = tracks.get("video"), tracks.get("audio")
    main = sound if found.kind is MediaKind.AUDIO else picture or sound
    if main is None or not main.packets:
        return _unreadable("it can't be read, or holds no picture or sound")
    decode = _DECODE_SOUND if main is sound else _DECODE_PICTURE
    frame = next(iter((await _run(reader, path, demuxer, decode)).values()), None)
    if frame is None or not frame.packets:
        return _unreadable("its first frame can't be decoded")
    has_sound = sound is not None and sound.packets > 0
    if main is sound:
        return _make_sound(found, size_bytes, main)
    return InspectedMedia(
        format=found.name,
        size_bytes=size_bytes,
        width_pixels=frame.width_pixels,
        height_pixels=frame.height_pixels,
        duration_seconds=main.seconds,
        frames_per_second=main.packets_per_second,
        codec=_CODECS.get(main.codec, main.codec),
        has_sound=has_sound,
    )


async def _run(
    reader: FfmpegReader, path: Path, demuxer: str, output: Sequence[str]
) -> Mapping[str, "_Track"]:
    said = await reader.read(path, demuxer, output)
    return await asyncio.to_thread(_read_tracks, said.text if said.is_whole else "")


def _make_sound(
    found: FileFormat, size_bytes: int, track: "_Track"
) -> InspectedMedia | MediaTrouble:
    """A film without pictures is a sound; only MP4 has a name for that."""
    if found.kind is MediaKind.VIDEO and DEMUXERS.get(found.name) != "mov":
        return _unreadable("it has no picture track")
    return InspectedMedia(
        format="m4a" if found.kind is MediaKind.VIDEO else found.name,
        size_bytes=size_bytes,
        duration_seconds=track.seconds,
        codec=track.codec,
        has_sound=True,
    )


class _Track:
    """What the list says of one track: its header, and its packets' times."""

    def __init__(self) -> None:
        self.kind = ""
        self.codec = ""
        self.width_pixels = self.height_pixels = 0
        self._unit = Fraction(1)
        self._starts: list[int] = []
        self._end = 0

    @property
    def packets(self) -> int:
        return len(self._starts)

    @property
    def seconds(self) -> float:
        """From the first moment shown to the last; what is before zero is an encoder's delay."""
        return round(float((self._end - max(min(self._starts), 0)) * self._unit), 3)

    @property
    def packets_per_second(self) -> float:
        """By the usual distance of two packets: one that was left out makes no slower clip."""
        starts = sorted(self._starts)
        gaps = [later - earlier for earlier, later in pairwise(starts) if later > earlier]
        if not gaps:
            return round(1 / self.seconds, 3) if self.seconds > 0 else 0.0
        longest = median(gaps) * _LONGEST_USUAL_GAP
        usual = [gap for gap in gaps if gap <= longest]
        return round(float(1 / (Fraction(sum(usual), len(usual)) * self._unit)), 3)

    def read_header(self, name: str, value: str) -> None:
        match name:
            case "#media_type":
                self.kind = value
            case "#codec_id":
                self.codec = value
            case "#tb":
                self._unit = Fraction(value)
            case "#dimensions":
                self.width_pixels, self.height_pixels = (int(part) for part in value.split("x"))
            case _:
                pass

    def read_packet(self, fields: list[str]) -> None:
        """Count a packet: track, decoding time, showing time, length, bytes, checksum, flags."""
        flags = next((part[2:] for part in fields[_PACKET_FIELDS:] if part.startswith("F=")), "0x1")
        if int(flags, 16) & _DISCARDED:
            return
        decoded, shown, length = (int(part) for part in fields[1:4])
        start = decoded if shown == _NO_TIME else shown
        self._starts.append(start)
        self._end = max(self._end, start + length)


def _read_tracks(text: str) -> Mapping[str, _Track]:
    """Read ffmpeg's list of packets, by the kind of track."""
    tracks: dict[str, _Track] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            name, _, rest = line.partition(" ")
            track, _, value = rest.partition(": ")
            tracks.setdefault(track, _Track()).read_header(name, value)
        else:
            fields = [part.strip() for part in line.split(",")]
            tracks[fields[0]].read_packet(fields)
    return {track.kind: track for track in tracks.values() if track.kind}


def _unreadable(detail: str) -> MediaTrouble:
    return MediaTrouble(problem=MediaProblem.UNREADABLE, detail=detail)
