"""Builds what results are marked with."""

from kaiga.domain.engines import SKETCH, EnginePlan
from kaiga.domain.errors import StartRefused
from kaiga.ports.result_marker import ResultMarker
from kaiga.provenance import FileLabel
from kaiga.service.running.mark_results import MarkResults
from kaiga.settings import Settings


def build_marking(settings: Settings, plan: EnginePlan) -> MarkResults:
    """Build it for the engines of `plan`; with a certificate, this signs once to see that it can.

    Raises:
        StartRefused: it can't; the message says why.
    """
    markers: list[ResultMarker] = []
    if settings.label:
        markers.append(FileLabel(producer=settings.label_producer))
    credentials = build_credentials(settings)
    if credentials is not None:
        markers.append(credentials)
    by_rules = frozenset(spec.name for spec in plan.specs if spec.kind == SKETCH)
    return MarkResults(markers=markers, engines_of_rules=by_rules)


def build_credentials(settings: Settings) -> ResultMarker | None:
    """Build what signs results, None where no certificate is set.

    Raises:
        StartRefused: the certificate can't be used; the message says why.
    """
    if settings.c2pa_cert is None or settings.c2pa_key is None:
        return None
    try:
        from kaiga.provenance.content_credentials import (  # noqa: PLC0415  an extra
            Certificate,
            load_credentials,
        )
    except ImportError as error:
        raise StartRefused(
            "KAIGA_C2PA_CERT needs the package c2pa-python: install 'kaiga[c2pa]'."
        ) from error
    return load_credentials(
        Certificate(
            chain_file=settings.c2pa_cert,
            key_file=settings.c2pa_key,
            timestamp_url=settings.c2pa_timestamp_url,
        )
    )
