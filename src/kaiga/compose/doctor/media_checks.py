"""What `kaiga doctor` looks at beside the core: what some models and some settings need."""

import importlib.util
import subprocess

from kaiga.compose.doctor.checks import Finding, fail, ok, warn
from kaiga.compose.marking import build_credentials
from kaiga.domain.errors import StartRefused
from kaiga.engines.sketch.lettering.fonts import Typecase
from kaiga.engines.sketch.making import Refused
from kaiga.media.inspecting import find_ffmpeg
from kaiga.settings import Settings

_FFMPEG_SECONDS = 20.0
_ENCODER = "libx264"
"""What clips are written with (docs/adr/0010)."""
_WRITING = {"Chinese": ("zh", "春天的花店"), "Japanese": ("ja", "絵画の店はこちら")}


def check_ffmpeg(settings: Settings) -> Finding:
    """Is there an ffmpeg that runs and writes clips."""
    hint = "Install ffmpeg with its encoder libx264, or name one in KAIGA_FFMPEG."
    try:
        program = find_ffmpeg(settings.ffmpeg)
        told = subprocess.run(  # noqa: S603  the program that the settings name
            [program, "-hide_banner", "-v", "error", "-encoders"],
            capture_output=True,
            check=True,
            stdin=subprocess.DEVNULL,
            timeout=_FFMPEG_SECONDS,
        )
    except StartRefused as error:
        return warn("ffmpeg", str(error), hint)
    except (OSError, subprocess.SubprocessError) as error:
        return warn("ffmpeg", f"it does not run: {error}", hint)
    if _ENCODER not in told.stdout.decode("utf-8", "replace"):
        return warn("ffmpeg", f"{program} has no {_ENCODER}, so no clip can be made", hint)
    return ok("ffmpeg", program)


def check_fonts() -> Finding:
    """Are there fonts for the writing of posters and word art."""
    missing = [name for name, (language, text) in _WRITING.items() if not _can_set(text, language)]
    if missing:
        hint = "Install 'kaiga[fonts]', or a font of this system such as Noto Sans CJK."
        return warn("Fonts", f"none for {' and '.join(missing)}", hint)
    return ok("Fonts", f"for {' and '.join(_WRITING)}")


def check_detector() -> Finding:
    """Is there what finds faces, for the models that judge pictures of people."""
    if importlib.util.find_spec("cv2") is None:
        hint = "Install 'kaiga[detect]'; without it, only plain signs of a face are looked for."
        return warn("Face detector", "OpenCV is not installed", hint)
    return ok("Face detector", "OpenCV")


def check_certificate(settings: Settings) -> Finding:
    """Can results be signed with the certificate that the settings name."""
    try:
        credentials = build_credentials(settings)
    except StartRefused as error:
        return fail("C2PA certificate", str(error), "Correct it; docs/provenance.md tells how.")
    if credentials is None:
        return ok("C2PA certificate", "none is set, so results are not signed")
    return ok("C2PA certificate", f"{settings.c2pa_cert} signs")


def _can_set(text: str, language: str) -> bool:
    try:
        Typecase().runs(text, language)
    except Refused:
        return False
    return True
