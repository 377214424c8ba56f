"""Certificates to sign results with, made for one test run and trusted by nobody else."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PRODUCER = "Blumen & Söhne <studio>"


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A chain and its key as PEM files, and the root of the chain as PEM."""

    chain_file: Path
    key_file: Path
    root: str


def issue(folder: Path, *, days: int = 30, key: PrivateKeyTypes | None = None) -> Issued:
    """Issue a certificate that is good from 40 days ago until `days` from now."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    own_key = key or ec.generate_private_key(ec.SECP256R1())
    root = _make("Root of a test", root_key, root_key, is_root=True, days=365)
    own = _make("Flower shop", own_key, root_key, is_root=False, days=days)
    chain_file, key_file = folder / "chain.pem", folder / "key.pem"
    chain_file.write_bytes(own.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM))
    write_key(key_file, own_key)
    return Issued(
        chain_file=chain_file, key_file=key_file, root=root.public_bytes(Encoding.PEM).decode()
    )


def write_key(file: Path, key: PrivateKeyTypes) -> None:
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)


def _name(common: str) -> x509.Name:
    names = {NameOID.ORGANIZATION_NAME: PRODUCER, NameOID.COMMON_NAME: common}
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in names.items()])


def _make(
    subject: str,
    key: PrivateKeyTypes,
    root_key: ec.EllipticCurvePrivateKey,
    *,
    is_root: bool,
    days: int,
) -> x509.Certificate:
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=not is_root,
        key_cert_sign=is_root,
        crl_sign=is_root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    root_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name("Root of a test"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=40))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(root_id, critical=False)
    )
    if not is_root:
        mail = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        made = made.add_extension(mail, critical=False)
    return made.sign(root_key, hashes.SHA256())
