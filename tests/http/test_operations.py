"""What stands beside the contract: health, metrics, descriptions, CORS and TLS."""

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import schemathesis
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from http_calls import CREATE_PATH, error_of, is_request_id, make_key

from kaiga.catalogue import read_catalogue
from running import MODEL, RunningKaiga

ORIGIN = "https://page.example.com"
MODELS = read_catalogue().list_models()
OPERATIONS = {each.operation for model in MODELS for each in model.endpoints}


@pytest.fixture(scope="module")
def open_to_pages(module_server) -> RunningKaiga:
    return module_server({"KAIGA_WORKERS": "0", "KAIGA_CORS_ORIGINS": f"{ORIGIN}, http://b.test"})


@pytest.fixture
def certified(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kaiga test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = tmp_path / "certificate.pem", tmp_path / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_file, key_file


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/healthz/", "/readyz/"])
def test_health_is_told_without_a_key(idle_server, path):
    response = httpx.get(idle_server.base_url + path)

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert is_request_id(response.headers["x-request-id"])


def test_metrics_are_told_on_this_machine_without_a_key(idle_server, client):
    def read() -> dict[str, float]:
        response = httpx.get(f"{idle_server.base_url}/metrics")
        assert response.headers["content-type"].startswith("text/plain")
        lines = [line for line in response.text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    before = read()
    idle_server.submit(client)
    after = read()

    created, state = (
        f'kaiga_tasks_created_total{{model="{MODEL}"}}',
        'kaiga_tasks{{model="{}",state="{}"}}',
    )
    pending, running = state.format(MODEL, "PENDING"), state.format(MODEL, "RUNNING")
    assert after[created] == before.get(created, 0) + 1
    assert after[pending] == before.get(pending, 0) + 1
    assert after[running] == 0


def test_metrics_through_a_proxy_need_an_admin_key(idle_server, client):
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    user = make_key(client, idle_server, role="user")["key"]
    url = f"{idle_server.base_url}/metrics"

    without = httpx.get(url, headers=forwarded)
    as_user = httpx.get(url, headers={**forwarded, "Authorization": f"Bearer {user}"})
    as_admin = client.get(url, headers=forwarded)

    assert error_of(without)[0] == 401
    assert error_of(as_user)[0] == 403
    assert as_admin.status_code == 200


def test_the_description_of_every_model_can_be_read_by_tools(idle_server):
    described = schemathesis.openapi.from_url(f"{idle_server.base_url}/openapi.json")

    operations = [found.ok() for found in described.get_all_operations()]

    assert len(operations) > len(OPERATIONS)
    for operation in operations:
        operation.as_strategy()


def test_the_models_are_told_with_their_engine(idle_server):
    answer = httpx.get(f"{idle_server.base_url}/kaiga/v1/models").json()

    assert [model["name"] for model in answer["models"]] == [model.name for model in MODELS]
    assert {model["engine"] for model in answer["models"]} == {"sketch"}


@pytest.mark.parametrize("path", ["/readyz", "/metrics", "/openapi.json", "/kaiga/v1/models"])
def test_what_is_read_can_not_be_written(idle_server, path):
    response = httpx.post(idle_server.base_url + path)

    assert error_of(response)[:2] == (400, "InvalidParameter")


def test_no_page_of_another_origin_may_read_answers_unless_a_setting_says_so(client):
    response = client.get("/tasks", headers={"Origin": ORIGIN})

    assert response.status_code == 200
    assert not [name for name in response.headers if name.startswith("access-control-")]


def test_pages_of_the_origins_in_the_setting_may_call(open_to_pages):
    with open_to_pages.client() as client:
        response = client.get("/tasks", headers={"Origin": ORIGIN})

    assert response.headers["access-control-allow-origin"] == ORIGIN


def test_a_pages_browser_is_told_before_the_call_that_it_may(open_to_pages):
    response = httpx.options(
        f"{open_to_pages.base_url}{CREATE_PATH}",
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-dashscope-async",
        },
    )

    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == ORIGIN
    allowed = response.headers["access-control-allow-headers"].lower()
    assert "authorization" in allowed
    assert "x-dashscope-async" in allowed


def test_pages_of_other_origins_may_not_call(open_to_pages):
    with open_to_pages.client() as client:
        response = client.get("/tasks", headers={"Origin": "https://evil.example.com"})

    assert "access-control-allow-origin" not in response.headers


@pytest.fixture
def over_tls(start_server, certified) -> Iterator[tuple[RunningKaiga, httpx.Client]]:
    certificate, key = certified
    server = start_server({"KAIGA_TLS_CERT": str(certificate), "KAIGA_TLS_KEY": str(key)})
    context = ssl.create_default_context(cafile=str(certificate))
    headers = {"Authorization": f"Bearer {server.key}"}
    with httpx.Client(base_url=server.api_url, headers=headers, verify=context) as client:
        yield server, client


def test_with_a_certificate_everything_goes_over_https_and_so_do_links(over_tls):
    server, client = over_tls

    answer = server.wait_for_end(client, server.submit(client))

    url = answer["output"]["results"][0]["url"]
    assert server.base_url.startswith("https://127.0.0.1:")
    assert url.startswith(f"{server.base_url}/1d/")
    assert client.get(url).content.startswith(b"\x89PNG")
