"""The header that names the engine."""

from collections.abc import Callable

from kaiga.http.asgi import Header

EngineOf = Callable[[str], str]
"""Gives the name of the engine that is to answer a model, by the catalogue's name of that."""


def name_engine(engine: str) -> Header:
    """Make the header."""
    return (b"x-kaiga-engine", engine.encode())
