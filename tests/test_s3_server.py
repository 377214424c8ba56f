"""The S3-compatible server of the tests is one that can tell right from wrong."""

from datetime import timedelta

import httpx
import obstore
import pytest
from obstore.store import S3Store

from s3_server import BUCKET, S3Server


def open_store(place: dict[str, str], **other: str) -> S3Store:
    said = {
        "endpoint": place["AWS_ENDPOINT_URL_S3"],
        "region": place["AWS_REGION"],
        "access_key_id": place["AWS_ACCESS_KEY_ID"],
        "secret_access_key": place["AWS_SECRET_ACCESS_KEY"],
    }
    options = {"client_options": {"allow_http": True}, "retry_config": {"max_retries": 0}}
    return S3Store(**{"bucket": BUCKET, "prefix": "aside", **said, **other}, **options)


def test_a_wrong_secret_a_changed_link_and_another_bucket_are_refused(s3_server: S3Server):
    place = s3_server.make_place()
    store = open_store(place)
    obstore.put(store, "a/b", b"hello")
    link = obstore.sign(store, "GET", "a/b", timedelta(minutes=1))

    with pytest.raises(obstore.exceptions.PermissionDeniedError, match="SignatureDoesNotMatch"):
        obstore.get(open_store(place, secret_access_key="wrong"), "a/b")
    with pytest.raises(FileNotFoundError, match="NoSuchBucket"):
        obstore.get(open_store(place, bucket="another"), "a/b")

    assert httpx.get(link).content == b"hello"
    assert httpx.get(link.replace("a/b", "a/c")).status_code == 403


def test_the_keys_of_a_place_are_its_own(s3_server: S3Server):
    place, other = s3_server.make_place(), s3_server.make_place()
    for key in ("1/b", "1/a"):
        s3_server.put(place, key, b"hello")

    assert s3_server.list_keys(place) == ["1/a", "1/b"]
    assert s3_server.list_keys(other) == []

    s3_server.delete_all(place)

    assert s3_server.list_keys(place) == []
