"""Where traces go is Kaiga's own setting, or what OpenTelemetry's programs are told."""

import pytest

from kaiga.domain.errors import SettingInvalid
from kaiga.settings import read_settings

OTHER = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({OTHER: ""}, None),
        ({OTHER: "http://a:4318"}, "http://a:4318"),
        ({OTHER: "http://a:4318", "KAIGA_OTEL_ENDPOINT": "http://b:4318"}, "http://b:4318"),
        ({OTHER: "http://a:4318", "KAIGA_OTEL_ENDPOINT": ""}, None),
    ],
)
def test_the_own_setting_comes_first_and_may_turn_traces_off(environment, expected):
    assert read_settings(environment).otel_endpoint == expected


def test_what_can_t_be_used_is_refused_by_the_name_under_which_it_was_given():
    with pytest.raises(SettingInvalid, match=f"^{OTHER}=localhost"):
        read_settings({OTHER: "localhost:4318"})
