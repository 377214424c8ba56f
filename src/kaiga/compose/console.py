"""Builds the console's pages, and the routes that are there for them."""

from collections.abc import Sequence

from kaiga.compose.overseeing import build_overseeing_routes
from kaiga.compose.parts import Parts
from kaiga.compose.shared import RouteGroup, Shared
from kaiga.http.console.pages import ConsolePages
from kaiga.http.console.session import SessionRoutes
from kaiga.http.operations.forms import FormRoutes
from kaiga.service.sign_in import SignIn


def build_console_routes(parts: Parts, shared: Shared) -> Sequence[RouteGroup]:
    """Build pages, sessions, forms, and what the service is overseen with."""
    session = SessionRoutes(
        sign_in=SignIn(
            key_ring=parts.key_ring, calendar=parts.calendar, pepper=parts.manage_keys.pepper
        ),
        key_ring=parts.key_ring,
        address=shared.address,
        bodies=shared.bodies,
        is_emulator=parts.settings.emulator,
    )
    forms = FormRoutes(catalogue=parts.catalogue)
    return session, forms, ConsolePages(), *build_overseeing_routes(parts)
