"""What `kaiga doctor` asks of the endpoints that rewrite and judge: one small question each."""

import asyncio
import time
from collections.abc import Sequence

from kaiga.compose.doctor.checks import Finding, fail, ok, warn
from kaiga.compose.judging import build_check, build_rewriter
from kaiga.domain.errors import ContentCheckAway, RewriteFailed, SettingInvalid
from kaiga.settings import Settings

_PROMPT = "a cat"
_REWRITER, _CHECK = "Rewriter", "Content check"


def check_judging(settings: Settings) -> Sequence[Finding]:
    """Do the endpoints that are set answer; nothing is found out where none is."""
    findings: list[Finding] = []
    if settings.rewriter == "chat":
        findings.append(_check_rewriter(settings))
    if settings.content_check != "off":
        findings.append(_check_content_check(settings))
    return findings


def _check_rewriter(settings: Settings) -> Finding:
    hint = "See that KAIGA_REWRITER_URL, _MODEL and _KEY are right, and that the endpoint runs."
    began = time.monotonic()
    try:
        asyncio.run(build_rewriter(settings).rewrite(_PROMPT, 0))
    except SettingInvalid as error:
        return fail(_REWRITER, str(error), "Correct it; docs/settings.md lists what is allowed.")
    except RewriteFailed as failed:
        found = f"{settings.rewriter_url}: {failed.reason}"
        verdict = fail if settings.rewrite_failure == "fail" else warn
        return verdict(_REWRITER, found, hint)
    return ok(_REWRITER, f"{settings.rewriter_model} answered in {time.monotonic() - began:.1f} s")


def _check_content_check(settings: Settings) -> Finding:
    hint = "See that KAIGA_CONTENT_CHECK_URL and _KEY are right, and that the endpoint runs."
    began = time.monotonic()
    try:
        check = build_check(settings)
        if check is not None:
            asyncio.run(check.allows_text(_PROMPT))
    except SettingInvalid as error:
        return fail(_CHECK, str(error), "Correct it; docs/settings.md lists what is allowed.")
    except ContentCheckAway as away:
        found = f"{settings.content_check_url}: {away.reason}"
        verdict = warn if settings.content_check_failure == "pass" else fail
        return verdict(_CHECK, found, hint)
    return ok(_CHECK, f"{settings.content_check} answered in {time.monotonic() - began:.1f} s")
