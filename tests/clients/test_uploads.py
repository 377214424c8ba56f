"""Files of the caller's own machine, through the official SDK and the temporary upload."""

from pathlib import Path
from typing import Any

import pytest

from clients.opening import open_picture
from clients.programs import SDKS, Report, run_program
from running import RunningKaiga

MODEL = "wan2.5-i2i-preview"
EDIT = "/services/aigc/image2image/image-synthesis"


@pytest.fixture(scope="module", params=SDKS)
def classic(server: RunningKaiga, pictures: Path, request: pytest.FixtureRequest) -> Report:
    return run_program("local_files", server, pictures, sdk=request.param)


@pytest.fixture(scope="module")
def address(server: RunningKaiga, pictures: Path) -> str:
    """The address of an uploaded picture."""
    return run_program("uploading", server, pictures)["uploaded"]


@pytest.fixture(scope="module")
def new_client(server: RunningKaiga, pictures: Path) -> Report:
    return run_program("local_files_new_client", server, pictures)


def order(address: str) -> dict[str, Any]:
    return {"model": MODEL, "input": {"prompt": "make it night", "images": [address]}}


def end_of(
    server: RunningKaiga, address: str, key: str | None = None, **headers: str
) -> dict[str, Any]:
    """Order an edit of an uploaded picture; gives the `output` of the task's end."""
    with server.client(key) as client:
        asked = {"X-DashScope-Async": "enable", **headers}
        created = client.post(EDIT, json=order(address), headers=asked).json()
        return server.wait_for_end(client, created["output"]["task_id"])["output"]


def shape_of(described: Report) -> str:
    """Tell how the one picture of a finished task lies."""
    assert described["status"] == "SUCCEEDED", described
    (url,) = described["urls"]
    picture = open_picture(url)
    return "wide" if picture.width > picture.height else "high"


class TestClassic:
    def test_a_picture_is_given_by_its_path(self, classic: Report):
        assert shape_of(classic["by_path"]) == "wide"

    def test_a_picture_is_given_by_a_file_address_with_any_name(self, classic: Report):
        assert shape_of(classic["by_address"]) == "high"

    def test_two_pictures_go_under_one_policy(self, classic: Report):
        assert shape_of(classic["two"]) == "high"

    def test_a_picture_is_given_from_a_loop(self, classic: Report):
        assert shape_of(classic["in_a_loop"]) == "high"

    def test_two_files_of_one_name_are_refused_instead_of_mixed_up(self, classic: Report):
        """Trap 21: the SDK sends both under one policy and one key."""
        if classic["sdk"].startswith("1.24."):  # it asks for a policy for each file
            assert classic["same_name"] == "taken"
        else:
            assert classic["same_name"].startswith("UploadFileException: ")
            assert "FileAlreadyExists" in classic["same_name"]

    def test_a_missing_file_is_the_clients_own_error(self, classic: Report):
        assert classic["missing"].startswith("InvalidInput: ")


class TestNewClient:
    def test_a_picture_is_given_by_its_path(self, new_client: Report):
        assert shape_of(new_client["edited"]) == "wide"

    def test_models_are_listed(self, new_client: Report):
        assert len(new_client["models"]) == new_client["total"]
        assert MODEL in new_client["models"]
        assert new_client["one"] == MODEL

    def test_an_unknown_model_is_not_found(self, new_client: Report):
        assert "not found" in new_client["missing"]["message"]


class TestAddresses:
    def test_an_uploaded_file_is_named_by_its_address(self, address: str):
        assert address.startswith("oss://dashscope-instant/")
        assert address.endswith("/wide.png")

    def test_an_address_works_with_the_header_that_resolves_it(
        self, server: RunningKaiga, address: str
    ):
        output = end_of(server, address, **{"X-DashScope-OssResourceResolve": "enable"})

        assert output["task_status"] == "SUCCEEDED"

    def test_without_the_header_it_is_no_address(self, server: RunningKaiga, address: str):
        output = end_of(server, address)

        assert output["task_status"] == "FAILED"
        assert output["code"] == "InvalidParameter"
        assert output["message"].startswith(
            "The provided URL does not appear to be valid. Ensure it is correctly formatted."
        )

    @pytest.mark.parametrize("change", ["x", " "])
    def test_an_address_of_nothing_fails_the_task(
        self, server: RunningKaiga, address: str, change: str
    ):
        nothing = address.replace("wide", f"wi{change}de")
        output = end_of(server, nothing, **{"X-DashScope-OssResourceResolve": "enable"})

        assert output["task_status"] == "FAILED"
        assert output["code"]

    def test_another_accounts_address_is_one_of_nothing(self, server: RunningKaiga, address: str):
        with server.client() as admin:
            stranger = admin.post(
                f"{server.base_url}/kaiga/v1/keys", json={"account": "1000000000000009"}
            ).json()["key"]
        resolve = {"X-DashScope-OssResourceResolve": "enable"}
        missing = address + "x"

        theirs = end_of(server, address, stranger, **resolve)
        nothing = end_of(server, missing, stranger, **resolve)

        assert theirs["task_status"] == "FAILED"
        assert theirs["code"] == nothing["code"]
        assert theirs["message"].replace(address, "") == nothing["message"].replace(missing, "")
