"""Builds the console's pages, and the routes that are there for them."""

from collections.abc import Sequence

from kaiga.compose.objects import find_link_signer
from kaiga.compose.parts import Parts
from kaiga.compose.routes.overseeing import build_overseeing_routes
from kaiga.compose.routes.shared import RouteGroup, Shared
from kaiga.http.console.pages import ConsolePages
from kaiga.http.console.session import SessionRoutes
from kaiga.http.operations.forms import FormRoutes
from kaiga.service.keys.sign_in import SignIn


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
    return session, forms, ConsolePages(_find_origin(parts)), *build_overseeing_routes(parts)


def _find_origin(parts: Parts) -> str:
    signer = find_link_signer(parts.settings, parts.objects)
    return signer.origin if signer else ""
