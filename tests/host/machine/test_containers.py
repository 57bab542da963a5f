"""Containers' environments from their engines' state files."""

from __future__ import annotations

import json

from credlint.host.machine.containers import read_containers
from tests.host.machine.trees import build

ID = "0123456789abcdef" * 4


def test_docker(tmp_path):
    document = {
        "Name": "/web",
        "State": {"Running": True},
        "Config": {"Image": "app:1", "Env": ["PATH=/bin", 'AWS_PROFILE=a"b&c', "broken", 7, "=x"]},
    }
    text = json.dumps(document).replace("&", "\\u0026")
    path = f"var/lib/docker/containers/{ID}/config.v2.json"

    (found,) = read_containers(build(tmp_path, {path: text})).containers

    assert (found.engine, found.name, found.short, found.image, found.running) == (
        "docker",
        "web",
        ID[:12],
        "app:1",
        True,
    )
    assert found.environment == {"PATH": "/bin", "AWS_PROFILE": 'a"b&c'}
    line = found.assignments[1]
    assert (line.kind, line.path, line.container, line.line) == ("container", f"/{path}", "web", 1)
    assert text[line.column - 1 : line.end_column - 1] == 'a\\"b\\u0026c'


def test_containerd_and_podman(tmp_path):
    runtime = {
        "process": {"env": ["AWS_REGION=x"]},
        "annotations": {
            "io.kubernetes.cri.container-name": "app",
            "io.kubernetes.cri.image-name": "img",
        },
    }
    tasks = "run/containerd/io.containerd.runtime.v2.task"
    podman = "var/lib/containers/storage/overlay-containers"
    listed = [{"id": "b" * 64, "names": ["pod"], "metadata": json.dumps({"image-name": "p:2"})}]
    system = build(
        tmp_path,
        {
            f"{tasks}/k8s.io/{ID}/config.json": json.dumps(runtime, indent=1),
            f"{tasks}/moby/{'c' * 64}/config.json": json.dumps(runtime),
            f"var/lib/docker/containers/{'c' * 64}/config.v2.json": "{}",
            f"{podman}/{'b' * 64}/userdata/config.json": json.dumps({"process": {"env": ["A=b"]}}),
            f"{podman}/containers.json": json.dumps(listed),
        },
    )

    read = read_containers(system)

    assert [(one.engine, one.name, one.image) for one in read.containers] == [
        ("docker", "c" * 12, ""),
        ("containerd", "app", "img"),
        ("podman", "pod", "p:2"),
    ]
    assert [(one.container, one.variable, one.line) for one in read.assignments] == [
        ("app", "AWS_REGION", 4),
        ("pod", "A", 1),
    ]
    assert read.skipped == ()


def test_what_is_no_state_file_is_told(tmp_path):
    folder = "var/lib/docker/containers"
    system = build(
        tmp_path,
        {
            f"{folder}/a/config.v2.json": "{",
            f"{folder}/b/config.v2.json": "[]",
            f"{folder}/c/config.v2.json": '{"Config": {"Env": "x"}, "Name": 3, "State": []}',
            f"{folder}/d/config.v2.json": "[" * 100_000,
            "var/lib/containers/storage/overlay-containers/containers.json": "{",
        },
    )

    read = read_containers(system)

    assert [(one.name, one.environment) for one in read.containers] == [("c", {})]
    assert len(read.skipped) == 4
