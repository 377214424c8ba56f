"""Which signature a private key makes, of those that C2PA knows (specification 2.2, 13.2.1)."""

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_OF_CURVES = {"secp256r1": b"es256", "secp384r1": b"es384", "secp521r1": b"es512"}


class UnusableKey(Exception):
    """A key can't sign; the message continues a sentence that begins with its file."""


def choose_algorithm(chain: bytes, key: bytes) -> bytes:
    """Give the name of the algorithm by which `key` signs for the first certificate of `chain`.

    Both are PEM.

    Raises:
        UnusableKey: it is of no such kind, or another certificate's.
    """
    try:
        private = load_pem_private_key(key, None)
    except (TypeError, ValueError) as error:
        raise UnusableKey("holds no private key, or one that asks for a password") from error
    try:
        owner = x509.load_pem_x509_certificate(chain).public_key()
    except ValueError as error:
        raise UnusableKey("can't be held against KAIGA_C2PA_CERT, which is unreadable") from error
    if private.public_key() != owner:
        raise UnusableKey("is not the key of the first certificate in KAIGA_C2PA_CERT")
    match private:
        case EllipticCurvePrivateKey() if private.curve.name in _OF_CURVES:
            return _OF_CURVES[private.curve.name]
        case RSAPrivateKey():
            return b"ps256"
        case Ed25519PrivateKey():
            return b"ed25519"
        case _:
            raise UnusableKey(
                "is of a kind that C2PA does not sign with; allowed are EC of P-256, P-384 and "
                "P-521, RSA, and Ed25519"
            )
