"""Each family of models has its own words for what is wrong with an input."""

import string
from pathlib import Path

import pytest

from kaiga.domain.media_faults import (
    FaultStyle,
    MediaFault,
    MediaProblem,
    MediaTrouble,
    make_media_fault,
)
from kaiga.domain.media_formats import MediaKind
from kaiga.domain.media_wordings import find_wording

URL = "https://media.example.com:8443/a.png?Signature=x"


def fault(
    problem: MediaProblem, style: FaultStyle, kind: MediaKind = MediaKind.IMAGE
) -> MediaFault:
    trouble = MediaTrouble(problem=problem, detail="why")
    return make_media_fault(trouble, kind=kind, where="input.x", style=style, url=URL)


@pytest.mark.parametrize("style", FaultStyle)
@pytest.mark.parametrize("kind", MediaKind)
@pytest.mark.parametrize("problem", MediaProblem)
def test_every_family_has_words_for_every_problem(
    style: FaultStyle, kind: MediaKind, problem: MediaProblem
):
    wording = find_wording(style, problem, kind)

    names = {name for _, name, _, _ in string.Formatter().parse(wording.text) if name}
    assert names <= {"url", "host"}
    assert not wording.text.endswith(".")
    assert fault(problem, style, kind).message.endswith(". input.x: why.")


@pytest.mark.parametrize("style", FaultStyle)
def test_every_word_of_a_family_is_documented(style: FaultStyle):
    page = (Path(__file__).parents[2] / "docs" / "media-inputs.md").read_text("utf-8")
    wordings = {
        find_wording(style, problem, kind) for problem in MediaProblem for kind in MediaKind
    }

    assert {each for each in wordings if f"| `{each.code}` | {each.text} |" not in page} == set()
    assert f"(`{style}`)" in page


P, S = MediaProblem, FaultStyle


@pytest.mark.parametrize(
    ("problem", "style", "code", "text"),
    [
        (
            P.CONNECTION_REFUSED,
            S.PICTURE,
            "InvalidURL.ConnectionRefused",
            "Connection to media.example.com:8443 refused, please provide available URL.",
        ),
        (
            P.TIMED_OUT,
            S.VIDEO,
            "InvalidURL.Timeout",
            f"Download {URL} timeout, please check network connection.",
        ),
        (P.NOT_FOUND, S.VIDEO, "InvalidParameter", f"Failed to download {URL}."),
        (
            P.NOT_FOUND,
            S.PICTURE,
            "BadRequest.InputDownloadFailed",
            f"Failed to download the input file: {URL}.",
        ),
        (P.ADDRESS_REFUSED, S.VIDEO, "InvalidURL", "Invalid URL provided in your request."),
        (
            P.NOT_FOUND,
            S.MESSAGES,
            "InvalidParameter.DataInspection",
            "Failed to find the requested media resource during the data inspection process.",
        ),
        (
            P.TIMED_OUT,
            S.MESSAGES,
            "InvalidParameter.DataInspection",
            "Download the media resource timed out during the data inspection process.",
        ),
        (P.DOWNLOAD_FAILED, S.PEOPLE, "InvalidFile.DownloadFailed", f"Failed to download {URL}."),
        (P.SIDES, S.PEOPLE, "InvalidFile.ImageSize", "The size of image is beyond limit."),
        (
            P.DOWNLOAD_FAILED,
            S.RESTYLE,
            "InvalidParameter.FileDownload",
            "download for input video error.",
        ),
        (P.DOWNLOAD_FAILED, S.TOOL, "InvalidParameter.FileDownload", "oss download error."),
        (P.UNREADABLE, S.TOOL, "InvalidParameter.ImageFormat", "read image error."),
        (
            P.ALPHA,
            S.TOOL,
            "BadRequest.UnsupportedFileFormat",
            "Input file format is not supported.",
        ),
        (
            P.SIDES,
            S.REPAINT,
            "InvalidImageResolution",
            "The input image resolution is too large or small.",
        ),
        (P.BYTES, S.TRY_ON, "InvalidInputLength", "The input image is beyond limit."),
        (
            P.UNREADABLE,
            S.PICTURE,
            "InvalidParameter",
            "Invalid image format or corrupted file.",
        ),
    ],
)
def test_a_family_uses_the_contracts_code_and_text(
    problem: MediaProblem, style: FaultStyle, code: str, text: str
):
    assert fault(problem, style) == MediaFault(code=code, message=f"{text} input.x: why.")


@pytest.mark.parametrize(
    ("problem", "kind", "code"),
    [
        (P.SIDES, MediaKind.VIDEO, "InvalidFile.Resolution"),
        (P.DURATION, MediaKind.VIDEO, "InvalidFile.Duration"),
        (P.DURATION, MediaKind.AUDIO, "InvalidFile.AudioLengthError"),
        (P.FRAME_RATE, MediaKind.VIDEO, "InvalidFile.FPS"),
        (P.RATIO, MediaKind.IMAGE, "InvalidFile.AspectRatio"),
        (P.BYTES, MediaKind.VIDEO, "InvalidFile.Size"),
        (P.FORMAT, MediaKind.VIDEO, "InvalidFile.Format"),
        (P.UNREADABLE, MediaKind.AUDIO, "InvalidFile.Openerror"),
    ],
)
def test_models_of_people_name_the_very_thing_in_their_code(
    problem: MediaProblem, kind: MediaKind, code: str
):
    assert fault(problem, FaultStyle.PEOPLE, kind).code == code


def test_a_long_url_is_shortened_and_braces_in_it_do_no_harm():
    trouble = MediaTrouble(problem=P.NOT_FOUND, detail="why")
    url = "https://example.com/{0}{secret}" + "a" * 5000

    told = make_media_fault(trouble, kind=MediaKind.IMAGE, where="input.x", style=S.VIDEO, url=url)

    assert "{0}{secret}aaa" in told.message
    assert len(told.message) < 700


def test_a_user_in_a_url_is_not_told_as_its_host():
    trouble = MediaTrouble(problem=P.CONNECTION_REFUSED, detail="why")

    told = [
        make_media_fault(
            trouble, kind=MediaKind.IMAGE, where="input.x", style=S.PICTURE, url=url
        ).message
        for url in ("http://name:word@example.com/", "http://[half")
    ]

    assert told[0].startswith("Connection to example.com refused")
    assert told[1].startswith("Connection to the host refused")
