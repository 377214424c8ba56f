"""Labels as other people's programs read them."""

import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import av
import numpy as np
from PIL import Image

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
SOURCE = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"
SYSTEM = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}AISystemUsed"
TOOL = "{http://ns.adobe.com/xap/1.0/}CreatorTool"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"
AIGC = "{http://www.tc260.org.cn/ns/AIGC/1.0/}AIGC"
TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def read_packet(content: bytes) -> bytes:
    """Give the XMP packet of a picture as Pillow finds it."""
    info = Image.open(io.BytesIO(content)).info
    packet = info.get("xmp") or info.get("XML:com.adobe.xmp") or b""
    return packet.encode() if isinstance(packet, str) else packet


def read_clip_packet(content: bytes) -> bytes:
    """Give what lies between the marks that every packet has, and fail if there are two."""
    [packet] = re.findall(rb"<\?xpacket begin.*?<\?xpacket end=\"r\"\?>", content, re.DOTALL)
    return packet


def read_properties(packet: bytes) -> dict[str, str]:
    """Give each property with its text; those of lists and of languages with all of it."""
    root = ET.fromstring(packet)  # noqa: S314  our own file's
    return {
        each.tag: "".join(each.itertext())
        for description in root.iter(f"{RDF}Description")
        for each in description
    }


def read_label(packet: bytes) -> dict[str, str]:
    """Give the members of the AIGC label in a packet."""
    return json.loads(read_properties(packet)[AIGC])


def see_pixels(content: bytes) -> bytes:
    return Image.open(io.BytesIO(content)).tobytes()


def see_clip(content: bytes, file: Path) -> tuple[list[bytes], dict[str, str]]:
    """Give every frame and every piece of sound of a clip, and what its keys say."""
    file.write_bytes(content)
    with av.open(str(file)) as clip:
        parts = [np.ascontiguousarray(frame.to_ndarray()).tobytes() for frame in clip.decode()]
        return parts, dict(clip.metadata)
