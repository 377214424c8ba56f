"""The tracer of a service that traces nothing."""

from contextlib import AbstractContextManager, nullcontext

from kaiga.ports.tracer import Facts, Span


class _NoSpan:
    trace_parent = ""

    def tell(self, facts: Facts) -> None:
        """Say it to nobody."""

    def fail(self, reason: str) -> None:
        """Say it to nobody."""


_NOTHING = nullcontext[Span](_NoSpan())


class Untraced:
    """Implements the port `Tracer` by doing nothing."""

    def begin(
        self,
        name: str,  # noqa: ARG002  a port's parameter
        facts: Facts,  # noqa: ARG002  likewise
        *,
        parent: str = "",  # noqa: ARG002  likewise
        is_request: bool = False,  # noqa: ARG002  likewise
    ) -> AbstractContextManager[Span]:
        """See the port."""
        return _NOTHING
