from __future__ import annotations

import socket
import sys

import pytest

from credlint.demo.imds_stand_in import Behaviour, ImdsStandIn
from credlint.host.imds import Patience, probe_imds
from credlint.host.network import container_networks, network_kind
from credlint.host.platform import detect_platform
from credlint.model.metadata import ImdsEvidence

DOCKER_NETWORK = "br-" + "0a1b2c3d4e5f"


def host(tmp_path, *names, device=()):
    for name in (*names, *device):
        (tmp_path / "sys/class/net" / name).mkdir(parents=True)
    for name in device:
        (tmp_path / "sys/class/net" / name / "device").symlink_to("../../../0000:00:05.0")
    return tmp_path


def test_network_with_a_device_is_the_machines(tmp_path):
    assert network_kind(host(tmp_path, "lo", "docker0", device=["ens5"])) == "hardware"


def test_network_of_virtual_interfaces_is_a_containers(tmp_path):
    assert network_kind(host(tmp_path, "lo", "eth0")) == "virtual"


@pytest.mark.parametrize("names", [(), ("lo",)])
def test_nothing_is_told_without_an_interface(tmp_path, names):
    assert network_kind(host(tmp_path, *names)) is None


def test_file_among_the_interfaces_is_none(tmp_path):
    root = host(tmp_path, "lo")
    (root / "sys/class/net/bonding_masters").write_text("")

    assert network_kind(root) is None


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["docker0"], ("docker",)),
        ([DOCKER_NETWORK, "veth12ab34c"], ("docker",)),
        (["podman0"], ("podman",)),
        (["eni1a2b3c4d5e6"], ("kubernetes",)),
        (["cali1a2b3c4d5e6", "docker0"], ("docker", "kubernetes")),
        (["cilium_host"], ("kubernetes",)),
        (["vethabc"], ("other",)),
        (["virbr0", "tun0", "br-lan", "wlan0"], ()),
        ([], ()),
    ],
)
def test_engines_by_their_interfaces(tmp_path, names, expected):
    assert container_networks(host(tmp_path, "lo", *names, device=["ens5"])) == expected


def test_container_is_no_host_of_containers(tmp_path):
    assert container_networks(host(tmp_path, "lo", "eth0", "docker0")) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("350735.47 234388.90\n", 350735), ("", None), ("soon", None), ("-1.0 2", None)],
)
def test_uptime(tmp_path, text, expected):
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/uptime").write_text(text)

    assert detect_platform({}, tmp_path, 0, ImdsEvidence()).uptime == expected


@pytest.mark.skipif(sys.platform != "linux", reason="the option is Linux'")
@pytest.mark.parametrize(("limit", "travels"), [(1, False), (2, True), (64, True)])
def test_whether_a_token_travels_is_measured_by_its_time_to_live(limit, travels):
    with ImdsStandIn(Behaviour(hop_limit=limit)) as service:
        actual = probe_imds(service.endpoint, Patience(5, 5, 20), measure_hops=True)

    assert (actual.token.status, actual.token_travels) == (200, travels)
    assert actual.role == "demo-instance-role"


def test_nothing_is_measured_unless_asked_for():
    with ImdsStandIn() as service:
        actual = probe_imds(service.endpoint, Patience(5, 5, 20))

    assert actual.token_travels is None
    assert service.paths.count("/latest/api/token") == 1


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_hops_are_measured_over_ipv6_too():
    with ImdsStandIn(Behaviour(hop_limit=1), "::1") as service:
        actual = probe_imds(service.endpoint, Patience(5, 5, 20), measure_hops=True)

    assert (actual.token.status, actual.token_travels) == (200, False)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], None),
        (["root:x:0:0:root:/root:/bin/bash"], 0),
        (["ec2-user:x:1000:1000:EC2:/home/ec2-user:/bin/bash"], 1),
        (["a:x:1000:1000::/home/a:/bin/sh", "b:x:1001:1001::/home/b:/bin/zsh"], 2),
        (["app:x:1001:1001::/srv:/sbin/nologin", "d:x:1002:1002::/:/bin/false"], 0),
        (["nobody:x:65534:65534::/:/bin/sh", "odd", "x:x:many:1::/:/bin/sh"], 0),
    ],
)
def test_accounts_that_people_log_in_with(tmp_path, lines, expected):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text("".join(f"{line}\n" for line in lines))

    assert detect_platform({}, tmp_path, 0, ImdsEvidence()).logins == expected
