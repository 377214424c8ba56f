"""What is set about a bucket, and by which variables."""

import pytest

from kaiga.domain.errors import SettingInvalid
from kaiga.settings import read_settings

BUCKET = {"KAIGA_OBJECTS": "s3://bucket/prefix"}


def test_the_usual_variables_count_where_ours_are_unset():
    usual = {
        "AWS_ENDPOINT_URL_S3": "http://objects:9000",
        "AWS_ENDPOINT_URL": "http://everything:9000",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "true",
    }
    ours = {"KAIGA_S3_ENDPOINT": "https://ours", "KAIGA_S3_VIRTUAL_HOSTS": "false"}

    told = read_settings({**BUCKET, **usual})
    both = read_settings({**BUCKET, **usual, **ours})

    assert (told.s3_endpoint, told.s3_region) == ("http://objects:9000", "eu-west-1")
    assert told.s3_virtual_hosts
    assert (both.s3_endpoint, both.s3_region) == ("https://ours", "eu-west-1")
    assert not both.s3_virtual_hosts


def test_links_lead_through_kaiga_unless_told_otherwise():
    assert read_settings(BUCKET).links == "kaiga"
    assert read_settings({**BUCKET, "KAIGA_LINKS": "presigned"}).links == "presigned"


@pytest.mark.parametrize(
    "other", [{"KAIGA_OBJECTS": "file:///srv/objects"}, {"KAIGA_EMULATOR": "true"}]
)
def test_presigned_links_are_refused_where_they_can_not_be(other: dict[str, str]):
    with pytest.raises(SettingInvalid, match="KAIGA_LINKS=presigned"):
        read_settings({**BUCKET, "KAIGA_LINKS": "presigned", **other})
