"""The settings of fetching are read strictly, and open nothing unless they say so."""

from ipaddress import ip_network

import pytest

from kaiga.domain.errors import SettingInvalid
from kaiga.domain.fetch_rules import AllowedPlace
from kaiga.settings import read_settings


def test_nothing_but_the_internet_is_open_by_default():
    settings = read_settings({})

    assert settings.fetch_allow == ()
    assert settings.fetch_timeout_seconds == 60
    assert settings.ffmpeg is None


def test_hosts_addresses_and_networks_are_read():
    written = "minio:9000, 10.0.0.0/8 ,[::1]:80,fd00::/8"

    assert read_settings({"KAIGA_FETCH_ALLOW": written}).fetch_allow == (
        AllowedPlace(host="minio", port=9000),
        AllowedPlace(network=ip_network("10.0.0.0/8")),
        AllowedPlace(network=ip_network("::1/128"), port=80),
        AllowedPlace(network=ip_network("fd00::/8")),
    )


@pytest.mark.parametrize("written", ["http://minio", "10.0.0.1/8", "a b", "minio:0"])
def test_what_is_no_place_stops_the_start(written: str):
    with pytest.raises(SettingInvalid, match="KAIGA_FETCH_ALLOW="):
        read_settings({"KAIGA_FETCH_ALLOW": written})
