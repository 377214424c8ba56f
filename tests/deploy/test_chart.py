"""The Helm chart, as Helm's own code renders it."""

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.tools import DEPLOY, ROOT, judge
from kaiga.settings import list_settings

CHART = DEPLOY / "helm" / "kaiga"
LEAST: dict[str, Any] = {
    "publicUrl": "https://kaiga.example.com",
    "database": {
        "url": "postgresql://kaiga@database:5432/kaiga",
        "passwordSecret": {"name": "database", "key": "password"},
    },
    "objects": {"url": "s3://kaiga/objects"},
    "apiKey": {"secret": {"name": "kaiga", "key": "api-key"}},
}
GPU = {
    "name": "gpu",
    "replicas": 3,
    "args": ["--engine", "gpu"],
    "graceSeconds": 300,
    "image": {"repository": "kaiga-engines"},
    "resources": {"limits": {"nvidia.com/gpu": 1}},
    "runtimeClassName": "nvidia",
    "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
    "nodeSelector": {"card": "h100"},
    "volumes": [{"name": "models", "persistentVolumeClaim": {"claimName": "models"}}],
    "volumeMounts": [{"name": "models", "mountPath": "/models", "readOnly": True}],
}
ALL: dict[str, Any] = LEAST | {
    "config": '[engines.gpu]\nkind = "diffusers"\n',
    "database": LEAST["database"] | {"directUrl": "postgresql://kaiga@primary:5432/kaiga"},
    "objects": {
        "url": "s3://kaiga/objects",
        "endpoint": "http://objects:8333",
        "credentialsSecret": {"name": "objects"},
    },
    "settings": {"KAIGA_RETENTION_HOURS": "72"},
    "extraEnvFrom": [{"secretRef": {"name": "more"}}],
    "imagePullSecrets": [{"name": "registry"}],
    "serviceAccount": {"annotations": {"example.com/role": "kaiga"}},
    "api": {"autoscaling": {"enabled": True}, "nodeSelector": {"disk": "ssd"}},
    "workers": [GPU, {"name": "sketch"}],
    "ingress": {
        "enabled": True,
        "host": "kaiga.example.com",
        "className": "nginx",
        "tlsSecret": "certificate",
        "annotations": {"nginx.ingress.kubernetes.io/proxy-body-size": "101m"},
    },
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
}


@pytest.fixture(scope="module")
def helm() -> None:
    if find_spec("helm_python") is None:
        pytest.skip("helm-python-sdk is not installed, and has no package for this machine")


@pytest.fixture(scope="module")
def rendered(request: pytest.FixtureRequest) -> list[list[dict[str, Any]]]:
    """The manifests of the least values, and of all that can be given."""
    request.getfixturevalue("helm")
    told = []
    for each in render(LEAST, ALL):
        assert each["faults"] == []
        texts = [text for name, text in each["files"].items() if name.endswith(".yaml")]
        told.append([found for text in texts for found in yaml.safe_load_all(text) if found])
    return told


def render(*values: dict[str, Any]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("render_chart.py")), str(CHART)],
        input=json.dumps(values),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode:
        raise ValueError(done.stderr)
    return json.loads(done.stdout)


def find(manifests: list[dict[str, Any]], kind: str, name: str = "") -> dict[str, Any]:
    found = (each for each in manifests if each["kind"] == kind)
    return next(each for each in found if each["metadata"]["name"].endswith(name))


def pods_of(manifests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    deployments = [each for each in manifests if each["kind"] == "Deployment"]
    return [each["spec"]["template"]["spec"] for each in deployments]


def environment_of(pod: dict[str, Any]) -> dict[str, Any]:
    [container] = pod["containers"]
    return {each["name"]: each.get("value") or each["valueFrom"] for each in container["env"]}


@pytest.mark.parametrize("which", [0, 1], ids=["least", "all"])
def test_every_manifest_is_of_the_form_that_kubernetes_wants(
    rendered: list[list[dict[str, Any]]], which: int, tmp_path: Path
) -> None:
    known = [each for each in rendered[which] if each["kind"] != "ServiceMonitor"]
    for number, each in enumerate(known):
        (tmp_path / f"{number}.yaml").write_text(yaml.safe_dump(each))

    judge("kubernetes-validate", "--strict", *sorted(tmp_path.iterdir()))


def test_every_kind_is_there_once_all_is_asked_for(rendered: list[list[dict[str, Any]]]) -> None:
    least, everything = ({each["kind"] for each in manifests} for manifests in rendered)

    assert least == {"Deployment", "PodDisruptionBudget", "Service", "ServiceAccount"}
    assert everything - least == {
        "ConfigMap", "HorizontalPodAutoscaler", "Ingress", "ServiceMonitor",
    }  # fmt: skip


def test_a_pod_may_do_no_more_than_it_needs(rendered: list[list[dict[str, Any]]]) -> None:
    pods = [pod for manifests in rendered for pod in pods_of(manifests)]

    assert len(pods) == 5
    for pod in pods:
        [container] = pod["containers"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_a_pod_is_given_the_time_that_its_stop_may_take(
    rendered: list[list[dict[str, Any]]],
) -> None:
    for pod in pods_of(rendered[1]):
        grace = int(environment_of(pod)["KAIGA_GRACE_SECONDS"])

        assert pod["terminationGracePeriodSeconds"] >= 2 * grace + 10 + 5


def test_secrets_are_named_and_never_written_down(rendered: list[list[dict[str, Any]]]) -> None:
    api = environment_of(find(rendered[1], "Deployment", "-api")["spec"]["template"]["spec"])

    for name in ("PGPASSWORD", "KAIGA_API_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        assert list(api[name]) == ["secretKeyRef"]
    assert not any(each["kind"] == "Secret" for each in rendered[1])


def test_a_group_of_workers_has_cards_lanes_and_an_image_of_its_own(
    rendered: list[list[dict[str, Any]]],
) -> None:
    workers = find(rendered[1], "Deployment", "-gpu")["spec"]
    pod = workers["template"]["spec"]
    [container] = pod["containers"]

    assert workers["replicas"] == 3
    assert container["image"].startswith("kaiga-engines:")
    assert container["args"] == ["worker", "--engine", "gpu"]
    assert container["resources"] == {"limits": {"nvidia.com/gpu": 1}}
    assert pod["tolerations"] == GPU["tolerations"]
    assert {"name": "models", "mountPath": "/models", "readOnly": True} in container["volumeMounts"]


def test_the_service_leads_to_api_nodes_alone(rendered: list[list[dict[str, Any]]]) -> None:
    wanted = find(rendered[1], "Service")["spec"]["selector"].items()

    led_to = [
        each["metadata"]["name"]
        for each in rendered[1]
        if each["kind"] == "Deployment"
        and wanted <= each["spec"]["template"]["metadata"]["labels"].items()
    ]
    assert led_to == ["studio-kaiga-api"]


def test_every_setting_that_the_chart_gives_exists(rendered: list[list[dict[str, Any]]]) -> None:
    known = {name for name, _, _ in list_settings()}

    given = {name for pod in pods_of(rendered[1]) for name in environment_of(pod)}

    own = {name for name in given if name.startswith("KAIGA_")}
    assert own - known - {"KAIGA_CONFIG"} == set()


@pytest.mark.usefixtures("helm")
def test_the_values_of_the_page_on_deploying_are_good_ones() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    [values] = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)

    [told] = render(yaml.safe_load(values))

    assert told["faults"] == []


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({}, "/publicUrl"),
        (LEAST | {"publicUrl": "kaiga.example.com"}, "/publicUrl"),
        (LEAST | {"replicas": 3}, "replicas"),
        (
            LEAST | {"database": LEAST["database"] | {"url": "postgresql://kaiga:secret@db/kaiga"}},
            "/database/url",
        ),
        (LEAST | {"ingress": {"enabled": True}}, "/ingress/host"),
        (LEAST | {"workers": [{"name": "GPU 1"}]}, "/workers/0/name"),
    ],
)
@pytest.mark.usefixtures("helm")
def test_values_that_make_no_sense_are_refused_by_name(values: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        render(values)
