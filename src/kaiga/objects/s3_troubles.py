"""What may be told of errors of an S3-compatible store.

Its own texts hold ids of keys and what was to be signed, and the library's quote them and its own
insides. Told are a status and a code, or what became of the connection, and nothing else.
"""

import re

_STATUS = re.compile(r"status code: (\d{3}(?: [A-Z][A-Za-z]*)*)")
_CODE = re.compile(r"<Code>([A-Za-z0-9.]{1,80})</Code>")
_INSTANCE = re.compile(r"/latest/(?:api/token|meta-data)")
"""Where a machine in a cloud is asked for credentials of its own."""
_CONNECTIONS = (
    (re.compile(r"kind: (?:Timeout|TimedOut)"), "it did not answer in time"),
    (re.compile(r"dns error"), "its host is not known"),
    (re.compile(r"(?i)certificate"), "its certificate is not trusted"),
    (re.compile(r"kind: ConnectionRefused"), "the connection was refused"),
    (re.compile(r"kind: Connect"), "it can't be connected to"),
    (re.compile(r"kind: (?:Interrupted|Decode)"), "the connection was cut"),
)
"""The first that is in a text of the library's is what became of the connection."""

_NO_SUCH_BUCKET = "NoSuchBucket"


class S3Trouble(Exception):
    """Why a store gave or took nothing, in words that any log may hold."""


def explain(error: Exception) -> S3Trouble:
    """Tell what may be told of an error of the library's."""
    text = str(error)
    if _INSTANCE.search(text):
        return S3Trouble("no credentials are set, and this machine has none of its own")
    status, code = _STATUS.search(text), _CODE.search(text)
    if status is not None:
        return S3Trouble(" ".join([status[1], *([code[1]] if code else [])]))
    happened = (words for pattern, words in _CONNECTIONS if pattern.search(text))
    return S3Trouble(next(happened, type(error).__name__))


def names_no_bucket(error: Exception) -> bool:
    """Tell whether an error means that the bucket itself is not there."""
    code = _CODE.search(str(error))
    return code is not None and code[1] == _NO_SUCH_BUCKET
