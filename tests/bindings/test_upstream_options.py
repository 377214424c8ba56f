"""What kaiga.toml may say of an upstream, and where its key may lie."""

from pathlib import Path

import pytest

from kaiga.catalogue import read_catalogue
from kaiga.compose.engines.engine_keys import read_engine_key
from kaiga.compose.engines.engine_plan import read_plan
from kaiga.compose.engines.upstream import read_upstream_options
from kaiga.domain.errors import SettingInvalid
from kaiga.settings import read_settings

KEY = "sk-a-key-that-nobody-may-see"


def write_key(folder: Path, text: str, mode: int) -> str:
    file = folder / "key"
    file.write_text(text, "utf-8")
    file.chmod(mode)
    return str(file)


def test_a_key_is_read_from_a_file_that_only_its_owner_may_read(tmp_path: Path):
    assert read_engine_key("cloud", write_key(tmp_path, f"{KEY}\n", 0o600), "") == KEY


def test_a_key_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CLOUD_KEY", KEY)

    assert read_engine_key("cloud", "", "CLOUD_KEY") == KEY


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644], ids=oct)
def test_a_key_that_others_may_read_is_refused_with_what_to_do(tmp_path: Path, mode: int):
    file = write_key(tmp_path, KEY, mode)

    with pytest.raises(SettingInvalid, match="chmod 600") as refused:
        read_engine_key("cloud", file, "")
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("text", ["", "  \n", "two words", "schlüssel", f"{KEY}\nsecond"], ids=repr)
def test_what_is_no_key_is_refused_without_showing_it(tmp_path: Path, text: str):
    with pytest.raises(SettingInvalid, match="cloud") as refused:
        read_engine_key("cloud", write_key(tmp_path, text, 0o600), "")
    assert not text.strip() or text not in str(refused.value)


@pytest.mark.parametrize("places", [("", ""), ("a-file", "A_VARIABLE")], ids=str)
def test_exactly_one_place_of_the_key_is_named(places: tuple[str, str]):
    with pytest.raises(SettingInvalid, match="key_file") as refused:
        read_engine_key("cloud", *places)
    assert "key_env" in str(refused.value)


def read(folder: Path, engine: str, model: str = ""):
    file = folder / "kaiga.toml"
    binding = f"""
        [engines.cloud]
        kind = "model-studio"
        {engine}
        [models."wan2.5-t2i-preview"]
        engines = ["cloud"]
        [models."wan2.5-t2i-preview".cloud]
        {model}
    """
    file.write_text(binding, "utf-8")
    plan = read_plan(read_settings({}, file), read_catalogue(None))
    return read_upstream_options(plan.specs[0], plan)


def test_a_model_may_have_another_name_upstream(tmp_path: Path):
    options, names = read(tmp_path, 'url = "https://example.com/api/v1"', 'name = "wan2.6-t2i"')

    assert names == {"wan2.5-t2i-preview": "wan2.6-t2i"}
    assert not options.resend


@pytest.mark.parametrize(
    ("engine", "named"),
    [
        ("", "url"),
        ('url = "example.com/api/v1"', "url"),
        ('url = "https://me:secret@example.com/api/v1"', "url"),
        ('url = "https://example.com"\nconcurrency = 0', "concurrency"),
        ('url = "https://example.com"\nretry = true', "retry"),
        ('url = "https://example.com"\npoll_seconds = 20', "poll_seconds"),
    ],
)
def test_a_slip_is_told_by_its_place_and_name(tmp_path: Path, engine: str, named: str):
    with pytest.raises(SettingInvalid, match=named) as refused:
        read(tmp_path, engine)

    assert "[engines.cloud]" in str(refused.value)
    assert "secret" not in str(refused.value)
