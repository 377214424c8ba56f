"""Reads what is known of Kaiga beside the real service, point by point."""

import tomllib
from importlib import resources
from typing import Literal

import msgspec

Kind = Literal["differs", "missing", "chosen text", "chosen", "lenient", "added", "exact"]


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One point of the contract and what Kaiga does there; `source` is a section of the notes."""

    point: str
    here: str
    kind: Kind
    mark: str = ""
    source: str = ""


class Subject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of one part of the contract."""

    title: str
    facts: tuple[Fact, ...]


class _Facts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    subjects: tuple[Subject, ...]


def read_facts() -> tuple[Subject, ...]:
    """Give every subject, in the data's order."""
    text = (resources.files(__package__) / "parity.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _Facts).subjects
