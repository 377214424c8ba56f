"""Which font writes which letters, and what is said where none does."""

from pathlib import Path

import pytest

from kaiga.engines.sketch.lettering.fonts import FontFile, Typecase
from kaiga.engines.sketch.making import Refused

BUILT_IN = Typecase(package="", folders=())
WITH_PACKAGE = Typecase(folders=())


def test_plain_latin_needs_no_font_file_at_all() -> None:
    runs = BUILT_IN.runs("Happy New Year 2026!")

    assert [(run.text, run.font) for run in runs] == [("Happy New Year 2026!", FontFile(""))]


@pytest.mark.parametrize("text", ["新年快乐", "こんにちは", "カイガ", "안녕하세요", "繪畫"])
def test_the_package_has_the_letters_of_east_asia(text: str) -> None:
    runs = WITH_PACKAGE.runs(text)

    assert "".join(run.text for run in runs) == text
    assert len(runs) == 1
    assert "NotoSansCJK" in runs[0].font.path


def test_a_mixed_text_is_cut_where_the_font_changes() -> None:
    runs = WITH_PACKAGE.runs("Kaiga 绘画 1.0")

    assert [run.text for run in runs] == ["Kaiga ", "绘画 ", "1.0"]
    assert runs[0].font == runs[2].font != runs[1].font


def test_each_language_gets_its_own_forms_of_shared_letters() -> None:
    faces = {language: WITH_PACKAGE.runs("直", language)[0].font for language in ("zh", "ja")}

    assert faces["zh"].path == faces["ja"].path
    assert faces["zh"].at(20).getname()[0] == "Noto Sans CJK SC"
    assert faces["ja"].at(20).getname()[0] == "Noto Sans CJK JP"


@pytest.mark.parametrize(
    ("text", "script"), [("你好", "Chinese"), ("ひらがな", "Japanese"), ("한글", "Korean")]
)
def test_letters_that_no_font_has_are_refused_with_what_to_install(text: str, script: str) -> None:
    with pytest.raises(Refused) as refusal:
        BUILT_IN.runs(f"Hi {text}")

    assert refusal.value.code == "InvalidParameter"
    assert f"{script} letters ({text[0]})" in refusal.value.message
    assert "kaiga[fonts]" in refusal.value.message


def test_a_script_outside_the_package_is_named_with_another_advice() -> None:
    with pytest.raises(Refused, match=r"Thai letters.*Noto family"):
        BUILT_IN.runs("สวัสดี")


def test_an_accent_that_no_font_has_is_left_off_rather_than_the_letter() -> None:
    runs = BUILT_IN.runs("café “olé” — voilà…")

    assert "".join(run.text for run in runs).startswith("caf")
    assert len("".join(run.text for run in runs)) >= len("cafe ole  voila")


def test_signs_that_no_font_has_are_left_out() -> None:
    runs = BUILT_IN.runs("Sale 🎉 now")

    assert "".join(run.text for run in runs) == "Sale  now"


def test_a_text_of_nothing_but_such_signs_is_refused() -> None:
    with pytest.raises(Refused):
        BUILT_IN.runs("🎉🎊")


def test_the_systems_fonts_are_asked_when_the_package_is_not_there(tmp_path: Path) -> None:
    installed = Path(WITH_PACKAGE.runs("字")[0].font.path)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / installed.name).symlink_to(installed)
    (tmp_path / "broken.ttf").write_bytes(b"no font")

    runs = Typecase(package="", folders=(tmp_path,)).runs("字")

    assert runs[0].font.path == str(tmp_path / "deep" / "er" / installed.name)


def test_a_clients_font_comes_first(tmp_path: Path) -> None:
    own = tmp_path / "own.ttc"
    own.symlink_to(WITH_PACKAGE.runs("字")[0].font.path)

    runs = Typecase(own=str(own), package="", folders=()).runs("A字")

    assert [run.font.path for run in runs] == [str(own)]


def test_a_clients_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.ttf"
    own.write_bytes(b"<html>")

    with pytest.raises(Refused, match="ttf_url"):
        Typecase(own=str(own)).runs("A")
