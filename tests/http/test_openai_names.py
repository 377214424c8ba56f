"""Names that stand for models, and media in the many ways in which they may be given."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from kaiga.catalogue import read_catalogue
from kaiga.compose.routes.openai import check_names
from kaiga.domain.errors import ModelNameUnknown, ParameterRefused, SettingInvalid
from kaiga.http.openai.media import GivenMedium, read_media
from kaiga.http.openai.model_names import ModelNames
from kaiga.http.openai.ordering import _choose
from kaiga.http.openai.orders import Wish
from kaiga.settings import read_settings

CATALOGUE = read_catalogue()
PICTURE = GivenMedium(parameter="image", kind="image", uri="https://pictures.example/a.png")


class TestNames:
    NAMES = ModelNames(
        CATALOGUE,
        {"sora-2": ("wan2.6-t2v", "wan2.6-i2v"), "default": ("wan2.5-t2i-preview",)},
    )

    def test_a_mapped_name_stands_for_its_models_in_their_order(self):
        found = self.NAMES.find_models("sora-2", "video")

        assert [model.name for model in found] == ["wan2.6-t2v", "wan2.6-i2v"]

    def test_a_call_without_a_name_is_for_the_default(self):
        assert self.NAMES.find_models("", "image")[0].name == "wan2.5-t2i-preview"

    def test_without_a_default_a_name_is_asked_for(self):
        with pytest.raises(ParameterRefused) as refused:
            ModelNames(CATALOGUE, {}).find_models("", "image")

        assert refused.value.parameter == "model"
        assert '"default" = ' in str(refused.value)

    def test_an_unknown_name_is_told_how_to_be_mapped(self):
        with pytest.raises(ModelNameUnknown, match=r'"dall-e-3" = "MODEL"'):
            self.NAMES.find_models("dall-e-3", "image")

    def test_a_model_of_another_kind_is_sent_to_its_path(self):
        with pytest.raises(ParameterRefused, match="called at /v1/videos"):
            self.NAMES.find_models("wan2.6-t2v", "image")

    def test_what_no_engine_answers_is_not_listed_and_asked_last(self):
        names = ModelNames(
            CATALOGUE, {"sora-2": ("wan2.6-t2v", "wan2.6-i2v")}, lambda name: name == "wan2.6-i2v"
        )

        assert names.list_names() == ["sora-2", "wan2.6-i2v"]
        assert [model.name for model in names.find_models("sora-2", "video")] == ["wan2.6-i2v"]
        assert names.find_models("wan2.6-t2v", "video")[0].name == "wan2.6-t2v"

    @pytest.mark.parametrize(("media", "chosen"), [((), "wan2.6-t2v"), ((PICTURE,), "wan2.6-i2v")])
    def test_the_first_that_can_do_what_is_asked_is_chosen(self, media: object, chosen: str):
        wish = Wish(model="sora-2", prompt="a fox", media=media)

        _, made = _choose(self.NAMES.find_models("sora-2", "video"), wish)

        assert made["model"] == chosen

    def test_where_none_can_the_refusal_is_that_of_one_that_takes_the_media(self):
        wish = Wish(model="sora-2", prompt="a fox", size="7x9", media=(PICTURE,))

        with pytest.raises(ParameterRefused, match=r"size must be .* the model wan2\.6-i2v"):
            _choose(self.NAMES.find_models("sora-2", "video"), wish)


class TestSetting:
    TABLE = (
        '[openai.models]\n"gpt-image-1" = "wan2.5-t2i-preview"\n'
        'sora-2 = ["wan2.6-t2v", "wan2.6-i2v"]\n'
    )
    NAMES: Mapping[str, object] = {
        "gpt-image-1": ("wan2.5-t2i-preview",),
        "sora-2": ("wan2.6-t2v", "wan2.6-i2v"),
    }

    def test_names_are_a_table_of_the_file(self, tmp_path: Path):
        file = tmp_path / "kaiga.toml"
        file.write_text(f"port = 9000\n{self.TABLE}")

        settings = read_settings({}, file)

        assert settings.openai_models == self.NAMES
        assert settings.port == 9000

    def test_names_are_a_text_of_the_environment(self):
        text = "gpt-image-1=wan2.5-t2i-preview, sora-2=wan2.6-t2v + wan2.6-i2v"

        assert read_settings({"KAIGA_OPENAI_MODELS": text}).openai_models == self.NAMES
        assert read_settings({}).openai_models == {}

    @pytest.mark.parametrize("text", ["sora-2", "=wan2.6-t2v", "sora-2=", "sora-2=wan2.6-t2v+"])
    def test_what_says_no_name_or_no_model_stops_the_start(self, text: str):
        with pytest.raises(SettingInvalid, match="sora-2=wan2"):
            read_settings({"KAIGA_OPENAI_MODELS": text})

    def test_a_table_that_holds_no_settings_is_named(self, tmp_path: Path):
        file = tmp_path / "kaiga.toml"
        file.write_text("[openai.names]\nsora-2 = 'wan2.6-t2v'\n")

        with pytest.raises(SettingInvalid, match="openai_names_sora-2"):
            read_settings({}, file)

    @pytest.mark.parametrize("model", ["wan9", "emo-detect-v1"])
    def test_a_model_that_cannot_be_asked_so_stops_the_start(self, model: str):
        settings = read_settings({"KAIGA_OPENAI_MODELS": f"sora-2={model}"})

        with pytest.raises(SettingInvalid, match=f"sora-2 stand for {model}, which is no model"):
            check_names(settings, CATALOGUE)


class TestMedia:
    @pytest.mark.parametrize(
        ("value", "kind", "uri"),
        [
            ("https://a.example/b", "image", "https://a.example/b"),
            ("data:video/mp4;base64,AA==", "video", "data:video/mp4;base64,AA=="),
            ({"image_url": "https://a.example/b"}, "image", "https://a.example/b"),
            ({"image_url": {"url": "https://a.example/b"}}, "image", "https://a.example/b"),
            ({"video_url": "https://a.example/b"}, "video", "https://a.example/b"),
            (b"https://a.example/b", "image", "https://a.example/b"),
            (b'{"audio_url": "https://a.example/b"}', "audio", "https://a.example/b"),
            (b"\x89PNG\r\n\x1a\n", "image", "data:image/png;base64,iVBORw0KGgo="),
        ],
    )
    def test_a_medium_may_come_in_many_ways(self, value: object, kind: str, uri: str):
        expected = GivenMedium(parameter="image", kind=kind, uri=uri)

        assert read_media("image", value, "image") == [expected]
        assert read_media("image", [value], "image") == [expected]

    @pytest.mark.parametrize("value", [7, {"url": "x"}, b"\xff\xfe\x00", b"{", {"image_url": 5}])
    def test_what_is_no_medium_is_refused_by_name(self, value: object):
        with pytest.raises(ParameterRefused) as refused:
            read_media("image", value, "image")

        assert refused.value.parameter == "image"

    def test_the_id_of_a_file_is_refused_with_what_to_give_instead(self):
        with pytest.raises(ParameterRefused, match="Give image_url instead"):
            read_media("image", {"file_id": "file-1"}, "image")

    def test_nothing_is_no_medium(self):
        assert read_media("image", None, "image") == read_media("image", "", "image") == []
