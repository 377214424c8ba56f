"""Spans of work that belong to one trace, from a request to the engine; never an order's words."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

Facts = Mapping[str, str | int | float | bool]
"""What a span says of its work: ids, the model, counts. Never a prompt, a key or a signature."""


class Span(Protocol):
    """One piece of work under way."""

    @property
    def trace_parent(self) -> str:
        """Its own place in its trace, as a W3C `traceparent`; empty where nothing is traced."""
        ...

    def tell(self, facts: Facts) -> None:
        """Add what has become known."""
        ...

    def fail(self, reason: str) -> None:
        """Mark it as failed; `reason` is the name of an error or a code, never its message."""
        ...


class Tracer(Protocol):
    """Begins spans."""

    def begin(
        self, name: str, facts: Facts, *, parent: str = "", is_request: bool = False
    ) -> AbstractContextManager[Span]:
        """Begin a span that ends with the context.

        `parent` is a W3C `traceparent`; one that is empty or nonsense makes the request that the
        caller serves the parent, and where there is none, the span begins a trace. An exception
        that leaves the context marks the span as failed, by the exception's name.
        """
        ...
