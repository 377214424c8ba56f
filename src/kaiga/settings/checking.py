"""What settings have to be together."""

import ipaddress

from kaiga.domain.errors import SettingInvalid
from kaiga.settings.settings import Settings, name_variable


def check_together(settings: Settings) -> Settings:
    """Give settings that can be together.

    Raises:
        SettingInvalid: they can't; the message names the variables.
    """
    _check_emulator(settings)
    _check_links(settings)
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise SettingInvalid("KAIGA_TLS_CERT and KAIGA_TLS_KEY are needed together.")
    _check_signing(settings)
    _check_endpoints(settings)
    if settings.max_in_flight_bytes < settings.max_body_bytes:
        raise SettingInvalid(
            "KAIGA_MAX_IN_FLIGHT_BYTES must be at least KAIGA_MAX_BODY_BYTES, "
            f"which is {settings.max_body_bytes}."
        )
    return settings


def _check_links(settings: Settings) -> None:
    if settings.links != "presigned":
        return
    if settings.emulator:
        raise SettingInvalid(
            "KAIGA_LINKS=presigned can't be with KAIGA_EMULATOR, whose results are drawn when "
            "they are fetched. Allowed: kaiga."
        )
    if not settings.objects.startswith("s3://"):
        raise SettingInvalid("KAIGA_LINKS=presigned needs KAIGA_OBJECTS=s3://bucket/prefix.")


def _check_signing(settings: Settings) -> None:
    if (settings.c2pa_cert is None) != (settings.c2pa_key is None):
        raise SettingInvalid("KAIGA_C2PA_CERT and KAIGA_C2PA_KEY are needed together.")
    if settings.c2pa_timestamp_url and settings.c2pa_cert is None:
        raise SettingInvalid("KAIGA_C2PA_TIMESTAMP_URL needs KAIGA_C2PA_CERT and KAIGA_C2PA_KEY.")


def _check_endpoints(settings: Settings) -> None:
    """See that what is to be asked or read is named."""
    needs = {
        ("rewriter", "chat"): ("rewriter_url", "rewriter_model"),
        ("content_check", "words"): ("content_check_words",),
        ("content_check", "moderation"): ("content_check_url",),
    }
    for (name, value), needed in needs.items():
        missing = [each for each in needed if not getattr(settings, each)]
        if getattr(settings, name) == value and missing:
            raise SettingInvalid(
                f"{name_variable(name)}={value} needs {name_variable(missing[0])}."
            )
    for name in ("rewriter_key", "content_check_key"):
        if getattr(settings, name) and getattr(settings, f"{name}_file"):
            raise SettingInvalid(
                f"{name_variable(name)} and {name_variable(name)}_FILE exclude each other."
            )


def _check_emulator(settings: Settings) -> None:
    if settings.emulator and not settings.emulator_remote and not _is_loopback(settings.host):
        raise SettingInvalid(
            f"An emulator lets every key in, so KAIGA_HOST={settings.host} needs "
            "KAIGA_EMULATOR_REMOTE=true beside KAIGA_EMULATOR=true."
        )
    if not settings.emulator:
        for name in ("emulator_memory", "emulator_seed"):
            if getattr(settings, name):
                raise SettingInvalid(f"{name_variable(name)} needs KAIGA_EMULATOR=true.")
    if settings.emulator and settings.ray_address:
        raise SettingInvalid("An emulator draws on this machine: leave KAIGA_RAY_ADDRESS unset.")
    if settings.emulator_memory and (settings.store or settings.objects):
        raise SettingInvalid(
            "KAIGA_EMULATOR_MEMORY keeps everything in memory: leave KAIGA_STORE and "
            "KAIGA_OBJECTS unset."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
