"""What a label says, as an XMP packet and as the AIGC label of China's labelling measures.

Sources: IPTC Photo Metadata Standard 2025.1 (DigitalSourceType, AISystemUsed); GB 45438-2025,
annex E, for the members of the AIGC label; TC260-PG-20259A for its place in pictures, and
TC260-PG-20257A for that in clips.
"""

import json
from dataclasses import dataclass
from xml.sax.saxutils import escape

from kaiga import __version__
from kaiga.domain.errors import MarkingFailed
from kaiga.domain.provenance import NO_AI_NOTICE, Origin

AIGC_KEY = "AIGC"
AIGC_NAMESPACE = "http://www.tc260.org.cn/ns/AIGC/1.0/"

_SIGNS = (b"/newscodes/digitalsourcetype/", AIGC_NAMESPACE.encode())
_IS_GENERATED = "1"
_NUMBER_DIGITS = 32
_END = b"</rdf:RDF>"
_NAMESPACES = {
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "TC260": AIGC_NAMESPACE,
}
_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{}</rdf:RDF>'
    '</x:xmpmeta><?xpacket end="r"?>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The properties of a file by their qualified names, each as the XML inside its element.

    `aigc` is the AIGC label as JSON; empty where no trained model had a part in the file.
    """

    properties: dict[str, str]
    aigc: str

    def write_packet(self, existing: bytes = b"", *, with_aigc: bool = True) -> bytes:
        """Write the XMP packet of a file, or complete the one that it came with.

        A property that stands there already is left as it is.

        Raises:
            MarkingFailed: the existing packet is none.
        """
        said = self.properties
        if with_aigc and self.aigc:
            said = {**said, "TC260:AIGC": escape(self.aigc)}
        wanted = {name: xml for name, xml in said.items() if name.encode() not in existing}
        if not existing:
            return _PACKET.format(_describe(wanted)).encode()
        before, end, after = existing.rpartition(_END)
        if not end:
            raise MarkingFailed("the XMP packet that the file came with can't be read")
        return before + _describe(wanted).encode() + end + after


def make_label(origin: Origin, producer: str) -> Label:
    """Make the label of a file; `producer` is who answers for it, or empty."""
    properties = {
        "xmp:CreatorTool": escape(f"Kaiga {__version__} ({origin.engine})"),
        "Iptc4xmpExt:DigitalSourceType": origin.source.uri,
    }
    if producer:
        properties["dc:creator"] = f"<rdf:Seq><rdf:li>{escape(producer)}</rdf:li></rdf:Seq>"
    if not origin.source.is_of_ai:
        text = f'<rdf:li xml:lang="x-default">{NO_AI_NOTICE}</rdf:li>'
        return Label(
            properties={**properties, "dc:description": f"<rdf:Alt>{text}</rdf:Alt>"}, aigc=""
        )
    properties["Iptc4xmpExt:AISystemUsed"] = escape(origin.model)
    return Label(properties=properties, aigc=_write_aigc(origin, producer))


def is_label(packet: bytes) -> bool:
    """Tell whether an XMP packet says already how its file came about."""
    return any(sign in packet for sign in _SIGNS)


def _write_aigc(origin: Origin, producer: str) -> str:
    """Write the seven members that the standard names; those of a propagator are theirs to fill.

    The file's number with its producer is taken from its own bytes: it is another one for every
    other content, and the same one when the same is made again.
    """
    members = {
        "Label": _IS_GENERATED,
        "ContentProducer": producer or "Kaiga",
        "ProduceID": origin.made_digest[:_NUMBER_DIGITS],
        "ReservedCode1": "",
        "ContentPropagator": "",
        "PropagateID": "",
        "ReservedCode2": "",
    }
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))


def _describe(properties: dict[str, str]) -> str:
    used = {name.partition(":")[0] for name in properties}
    names = "".join(
        f' xmlns:{prefix}="{address}"' for prefix, address in _NAMESPACES.items() if prefix in used
    )
    inner = "".join(f"<{name}>{xml}</{name}>" for name, xml in properties.items())
    return f'<rdf:Description rdf:about=""{names}>{inner}</rdf:Description>'
