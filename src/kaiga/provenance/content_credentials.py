"""C2PA manifests, signed with the operator's certificate.

The library is an extra (`kaiga[c2pa]`), so this module is imported only where a certificate is set.
"""

import io
import json
from dataclasses import dataclass
from pathlib import Path

import c2pa  # pyright: ignore[reportMissingTypeStubs]  it has none

from kaiga import __version__
from kaiga.domain.errors import MarkingFailed, StartRefused
from kaiga.domain.media import PNG
from kaiga.domain.provenance import DigitalSource, Origin
from kaiga.provenance.signing_keys import UnusableKey, choose_algorithm

_OTHERS_MAY = 0o077
_SETTINGS = json.dumps(
    {
        "builder": {"thumbnail": {"enabled": False}},
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    }
)
"""No second, small picture inside every picture; and no address is asked that a file names."""
_SAMPLE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415478da63f8"
    "ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)
"""A white PNG of one pixel, which is signed at the start to see that signing works."""
_ORIGIN_OF_SAMPLE = Origin(
    engine="none", model="none", source=DigitalSource.ALGORITHMIC, made_digest=""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Whose name manifests are signed in: PEM files of a chain and of its first one's key."""

    chain_file: Path
    key_file: Path
    timestamp_url: str | None
    """A time-stamp authority (RFC 3161), which is asked for every file; None for none."""


class ContentCredentials:
    """Implements `ResultMarker`; a file that came with a manifest keeps that one alone."""

    def __init__(self, signer: c2pa.C2paSignerInfo) -> None:
        self._signer = signer

    def mark(self, content: bytes, media_type: str, origin: Origin) -> bytes:
        """See the port."""
        signed = io.BytesIO()
        try:
            with c2pa.Context.from_json(_SETTINGS) as context:
                found = c2pa.Reader.try_create(media_type, io.BytesIO(content), context=context)
                if found is not None:
                    found.close()
                    return content
                with (
                    c2pa.Signer.from_info(self._signer) as signer,
                    c2pa.Builder(_write_manifest(media_type, origin), context=context) as builder,
                ):
                    builder.sign(signer, media_type, io.BytesIO(content), signed)
        except c2pa.C2paError as error:
            raise MarkingFailed(f"no C2PA manifest: {error}") from error
        return signed.getvalue()


def load_credentials(certificate: Certificate) -> ContentCredentials:
    """Make what signs, after it has signed a picture of one pixel.

    Raises:
        StartRefused: a file, or the two files together, can't be used.
    """
    chain = _read_pem("KAIGA_C2PA_CERT", certificate.chain_file)
    key = _read_pem("KAIGA_C2PA_KEY", certificate.key_file)
    if certificate.key_file.stat().st_mode & _OTHERS_MAY:
        raise StartRefused(
            f"KAIGA_C2PA_KEY={certificate.key_file} can be read by others: take that from them "
            "with 'chmod 600'."
        )
    try:
        algorithm = choose_algorithm(chain, key)
    except UnusableKey as error:
        raise StartRefused(f"KAIGA_C2PA_KEY={certificate.key_file} {error}.") from error
    sample_signer = ContentCredentials(c2pa.C2paSignerInfo(algorithm, chain, key, None))
    try:
        sample_signer.mark(_SAMPLE, PNG.name, _ORIGIN_OF_SAMPLE)
    except MarkingFailed as failed:
        raise StartRefused(
            f"KAIGA_C2PA_CERT={certificate.chain_file} can't sign: {failed}."
        ) from failed
    if certificate.timestamp_url is None:
        return sample_signer
    return ContentCredentials(c2pa.C2paSignerInfo(algorithm, chain, key, certificate.timestamp_url))


def _write_manifest(media_type: str, origin: Origin) -> str:
    agent = {"name": origin.engine}
    created = {
        "action": "c2pa.created",
        "digitalSourceType": origin.source.uri,
        "softwareAgent": agent,
        "parameters": {"com.kaiga.model": origin.model} if origin.source.is_of_ai else {},
    }
    return json.dumps(
        {
            "claim_generator_info": [{"name": "Kaiga", "version": __version__}],
            "format": media_type,
            "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [created]}}],
        }
    )


def _read_pem(setting: str, file: Path) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise StartRefused(f"{setting}={file} can't be read: {error.strerror}.") from error
    if b"-----BEGIN " not in content:
        raise StartRefused(f"{setting}={file} is no PEM file.")
    return content
