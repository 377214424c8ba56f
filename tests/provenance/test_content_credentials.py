"""C2PA manifests, as c2pa's own reader judges them, and certificates that can't sign."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import c2pa
import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519
from PIL import Image

from kaiga.domain.errors import StartRefused
from kaiga.domain.provenance import DigitalSource, Origin
from kaiga.provenance import FileLabel
from kaiga.provenance.content_credentials import (
    Certificate,
    ContentCredentials,
    load_credentials,
)
from provenance.certificates import PRODUCER, Issued, issue, write_key
from provenance.reading import SOURCE, TERMS, read_packet, read_properties, see_clip, see_pixels
from provenance.test_mp4_label import FORMS, make_clip

ORIGIN = Origin(
    engine="diffusers",
    model="wan2.2-t2i-flash",
    source=DigitalSource.TRAINED,
    made_digest="0a" * 32,
)
LABEL = FileLabel(producer=PRODUCER)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    return issue(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def credentials(issued: Issued) -> ContentCredentials:
    return load(issued)


def load(issued: Issued) -> ContentCredentials:
    return load_credentials(
        Certificate(chain_file=issued.chain_file, key_file=issued.key_file, timestamp_url=None)
    )


def make_picture(form: str) -> bytes:
    file = io.BytesIO()
    Image.effect_noise((64, 48), 90).convert("RGB").save(file, form)
    return file.getvalue()


def read(content: bytes, media_type: str, root: str) -> tuple[str | None, dict[str, Any]]:
    """Give the verdict of a reader that trusts `root`, and the manifest."""
    settings = {"trust": {"trust_anchors": root}, "verify": {"verify_trust": True}}
    with (
        c2pa.Context.from_dict(settings) as context,
        c2pa.Reader(media_type, io.BytesIO(content), context=context) as reader,
    ):
        told = json.loads(reader.json())
        return reader.get_validation_state(), told["manifests"][told["active_manifest"]]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_signed_picture_is_trusted_and_keeps_its_label_and_its_pixels(
    issued: Issued, credentials: ContentCredentials, form: str
):
    media_type = f"image/{form.lower()}"
    labelled = LABEL.mark(make_picture(form), media_type, ORIGIN)

    signed = credentials.mark(labelled, media_type, ORIGIN)

    state, manifest = read(signed, media_type, issued.root)
    assert state == "Trusted"
    [created] = manifest["assertions"][0]["data"]["actions"]
    assert created["action"] == "c2pa.created"
    assert created["digitalSourceType"] == f"{TERMS}trainedAlgorithmicMedia"
    assert created["softwareAgent"]["name"] == "diffusers"
    assert manifest["signature_info"]["issuer"] == PRODUCER
    assert see_pixels(signed) == see_pixels(labelled)
    assert SOURCE in read_properties(read_packet(signed))


def test_a_signed_clip_is_trusted_and_shows_the_same(
    tmp_path: Path, issued: Issued, credentials: ContentCredentials
):
    content = make_clip(tmp_path, *FORMS["index first"])
    labelled = LABEL.mark(content, "video/mp4", ORIGIN)

    signed = credentials.mark(labelled, "video/mp4", ORIGIN)

    assert read(signed, "video/mp4", issued.root)[0] == "Trusted"
    frames, keys = see_clip(signed, tmp_path / "signed.mp4")
    assert frames == see_clip(content, tmp_path / "made.mp4")[0]
    assert "AIGC" in keys


def test_a_changed_pixel_shows(issued: Issued, credentials: ContentCredentials):
    signed = bytearray(credentials.mark(make_picture("JPEG"), "image/jpeg", ORIGIN))

    signed[-9] ^= 1

    assert read(bytes(signed), "image/jpeg", issued.root)[0] == "Invalid"


def test_a_file_that_came_signed_is_neither_labelled_nor_signed_again(
    credentials: ContentCredentials,
):
    for form in ("PNG", "JPEG", "WEBP"):
        media_type = f"image/{form.lower()}"
        signed = credentials.mark(make_picture(form), media_type, ORIGIN)

        assert LABEL.mark(signed, media_type, ORIGIN) == signed
        assert credentials.mark(signed, media_type, ORIGIN) == signed


def test_keys_of_ed25519_and_of_other_curves_sign_too(tmp_path: Path):
    for key in (ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP384R1())):
        issued = issue(tmp_path, key=key)

        signed = load(issued).mark(make_picture("PNG"), "image/png", ORIGIN)

        assert read(signed, "image/png", issued.root)[0] == "Trusted"


def _with_another_key(issued: Issued) -> None:
    write_key(issued.key_file, ec.generate_private_key(ec.SECP256R1()))


TROUBLES: dict[str, tuple[Callable[[Issued], object], str]] = {
    "no chain": (lambda each: each.chain_file.unlink(), "KAIGA_C2PA_CERT=.* can't be read"),
    "no key": (lambda each: each.key_file.unlink(), "KAIGA_C2PA_KEY=.* can't be read"),
    "a chain of nothing": (
        lambda each: each.chain_file.write_text("nothing"),
        "KAIGA_C2PA_CERT=.* is no PEM file",
    ),
    "a key for all to read": (lambda each: each.key_file.chmod(0o644), "chmod 600"),
    "another's key": (_with_another_key, "is not the key of the first certificate"),
    "a broken key": (
        lambda each: each.key_file.write_text("-----BEGIN PRIVATE KEY-----\nx"),
        "holds no private key",
    ),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_certificate_that_can_not_be_used_is_told_in_one_line(tmp_path: Path, trouble: str):
    issued = issue(tmp_path)
    spoil, told = TROUBLES[trouble]
    spoil(issued)

    with pytest.raises(StartRefused, match=told) as refusal:
        load(issued)

    assert "\n" not in str(refusal.value)


def test_a_certificate_whose_time_is_over_is_refused(tmp_path: Path):
    with pytest.raises(StartRefused, match=r"KAIGA_C2PA_CERT=.* can't sign"):
        load(issue(tmp_path, days=-1))


def test_a_key_of_a_kind_that_c2pa_does_not_know_is_refused(tmp_path: Path):
    with pytest.raises(StartRefused, match="of a kind that C2PA does not sign with"):
        load(issue(tmp_path, key=dsa.generate_private_key(2048)))
