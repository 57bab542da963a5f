from __future__ import annotations

import pytest

from credlint.host.platform import detect_platform, ec2_evidence
from credlint.model.metadata import ImdsEvidence


def machine(tmp_path, **facts):
    for name, text in facts.items():
        folder = "sys/hypervisor" if name == "uuid" else "sys/class/dmi/id"
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / name).write_text(text + "\n")
    return tmp_path


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, (None, None)),
        ({"sys_vendor": "Amazon EC2"}, (True, "dmi:sys_vendor")),
        ({"sys_vendor": "Xen", "bios_vendor": "Amazon EC2"}, (True, "dmi:bios_vendor")),
        ({"sys_vendor": "Xen", "uuid": "ec2e1916-9099-7caf"}, (True, "xen:uuid")),
        ({"sys_vendor": "Xen", "product_uuid": "EC2E1916-9099"}, (True, "dmi:product_uuid")),
        ({"sys_vendor": "Xen"}, (None, None)),
        ({"sys_vendor": "LENOVO", "product_uuid": "4c4c4544"}, (False, "dmi:sys_vendor")),
        ({"product_uuid": "4c4c4544"}, (None, None)),
    ],
)
def test_what_the_machine_says(tmp_path, facts, expected):
    assert ec2_evidence(machine(tmp_path, **facts)) == expected


def contexts(tmp_path, imds=None, **environment):
    return detect_platform(environment, tmp_path, 1000, imds or ImdsEvidence()).contexts


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ("laptop",)),
        ({"AWS_LAMBDA_FUNCTION_NAME": "f"}, ("lambda",)),
        ({"CODEBUILD_BUILD_ID": "b:1"}, ("codebuild", "ci")),
        ({"ECS_CONTAINER_METADATA_URI_V4": "http://x"}, ("ecs", "container")),
        ({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, ("container",)),
        (
            {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "AWS_WEB_IDENTITY_TOKEN_FILE": "/t"},
            ("eks", "container"),
        ),
        ({"CI": "true"}, ("ci",)),
        ({"CI": "false"}, ("laptop",)),
        ({"GITHUB_ACTIONS": "true"}, ("ci",)),
        ({"JENKINS_URL": "http://j"}, ("ci",)),
    ],
)
def test_contexts_of_an_environment(tmp_path, environment, expected):
    assert contexts(tmp_path, **environment) == expected


def test_contexts_stack(tmp_path):
    machine(tmp_path, sys_vendor="Amazon EC2")

    assert contexts(tmp_path, CI="true") == ("ec2", "ci")


def test_container_told_by_its_marker(tmp_path):
    (tmp_path / ".dockerenv").touch()

    assert contexts(tmp_path) == ("container",)


def test_container_told_by_its_control_group(tmp_path):
    (tmp_path / "proc/1").mkdir(parents=True)
    (tmp_path / "proc/1/cgroup").write_text("0::/system.slice/docker-abc.scope\n")

    assert contexts(tmp_path) == ("container",)


def test_identity_document_makes_an_instance(tmp_path):
    imds = ImdsEvidence(probed=True, instance_id="i-0123456789abcdef0")

    actual = detect_platform({}, tmp_path, 1000, imds)

    assert (actual.contexts, actual.ec2_evidence, actual.uid) == (("ec2",), "imds", 1000)


def test_the_namespace_of_a_pod_stands_beside_its_token(tmp_path):
    folder = tmp_path / "var/run/secrets/kubernetes.io/serviceaccount"
    folder.mkdir(parents=True)
    (folder / "namespace").write_text("shop")

    assert detect_platform({}, tmp_path, 0, ImdsEvidence()).namespace == "shop"


@pytest.mark.parametrize("text", ["", "Two Words", "a" * 64, "x\ny"])
def test_what_is_no_namespace_is_left_out(tmp_path, text):
    folder = tmp_path / "run/secrets/kubernetes.io/serviceaccount"
    folder.mkdir(parents=True)
    (folder / "namespace").write_text(text)

    assert detect_platform({}, tmp_path, 0, ImdsEvidence()).namespace is None
