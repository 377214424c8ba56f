import pytest

from kaiga.domain.errors import SettingInvalid
from kaiga.settings import read_settings

EMULATOR = {"KAIGA_EMULATOR": "true", "KAIGA_EMULATOR_MEMORY": "true"}


@pytest.mark.parametrize(
    "environment",
    [
        {"KAIGA_EMULATOR_MEMORY": "true"},
        {"KAIGA_EMULATOR_SEED": "seed.toml"},
        {**EMULATOR, "KAIGA_STORE": "sqlite:///tmp/kaiga.db"},
        {**EMULATOR, "KAIGA_OBJECTS": "file:///tmp/objects"},
        {"KAIGA_EMULATOR": "true", "KAIGA_EMULATOR_MAX_ACCOUNTS": "0"},
    ],
)
def test_what_makes_no_sense_for_an_emulator_is_refused(environment: dict[str, str]):
    with pytest.raises(SettingInvalid, match=r"KAIGA_EMULATOR"):
        read_settings(environment)
