from __future__ import annotations

import socket

import pytest

from credlint.host.container import (
    FULL,
    RELATIVE,
    container_endpoint,
    other_endpoint,
    probe_container,
)
from credlint.model.metadata import ContainerEvidence
from tests.support.container_stand_in import ContainerStandIn


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ContainerEvidence()),
        ({RELATIVE: "/v2/x"}, ContainerEvidence(RELATIVE, "http", "169.254.170.2", 80)),
        ({RELATIVE: ""}, ContainerEvidence(RELATIVE, "http", "169.254.170.2", 80)),
        # Without its slash the relative part becomes part of the host.
        ({RELATIVE: "x"}, ContainerEvidence(RELATIVE, "http", "169.254.170.2x", 80)),
        (
            {RELATIVE: "/a", FULL: "http://localhost/b"},
            ContainerEvidence(RELATIVE, "http", "169.254.170.2", 80),
        ),
        ({FULL: "http://LOCALHOST:90/b"}, ContainerEvidence(FULL, "http", "localhost", 90)),
        ({FULL: "https://user:pw@h.example/b"}, ContainerEvidence(FULL, "https", "h.example", 443)),
        ({FULL: "http://[fd00:ec2::23]/v1"}, ContainerEvidence(FULL, "http", "fd00:ec2::23", 80)),
        ({FULL: "http://h:99999/"}, ContainerEvidence(FULL)),
        ({FULL: "http://[::1/"}, ContainerEvidence(FULL)),
        ({FULL: ""}, ContainerEvidence(FULL)),
    ],
)
def test_parts_of_the_endpoint(environment, expected):
    assert container_endpoint(environment) == expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ContainerEvidence()),
        ({FULL: "http://localhost/b"}, ContainerEvidence()),
        ({RELATIVE: "/a", FULL: "localhost:90/b"}, ContainerEvidence()),
        (
            {RELATIVE: "", FULL: "http://localhost/b"},
            ContainerEvidence(FULL, "http", "localhost", 80),
        ),
        ({FULL: "localhost:90/b"}, ContainerEvidence(FULL, "http", "localhost", 90)),
    ],
)
def test_the_endpoint_that_some_read_otherwise(environment, expected):
    assert other_endpoint(environment) == expected


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_reachable_endpoint_is_connected_to_but_never_asked(host):
    with ContainerStandIn() as service:
        evidence = ContainerEvidence(FULL, "http", host, service.port)
        actual = probe_container(evidence, patience=5)

    assert actual.reachable == "yes"
    assert "127.0.0.1" in actual.resolved
    assert service.requests == []


def test_refusing_endpoint():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        actual = probe_container(ContainerEvidence(FULL, "http", "127.0.0.1", port), patience=5)

    assert actual == ContainerEvidence(FULL, "http", "127.0.0.1", port, "refused", ("127.0.0.1",))


@pytest.mark.parametrize("host", ["metadata.example", "93.184.216.34", "2001:db8:ffff::1x"])
def test_other_hosts_are_neither_resolved_nor_connected_to(host, monkeypatch):
    def refuse(*_):
        raise AssertionError

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "socket", refuse)

    assert probe_container(ContainerEvidence(FULL, "https", host, 443)).reachable == "not-probed"


def test_no_endpoint_is_not_probed():
    assert probe_container(ContainerEvidence()) == ContainerEvidence()


@pytest.mark.parametrize("host", ["10.0.0.5", "192.0.2.1", "example.invalid"])
def test_an_address_beyond_this_host_is_not_connected_to(host):
    evidence = container_endpoint(
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"https://{host}/credentials"}
    )

    assert probe_container(evidence) == evidence
    assert evidence.reachable == "not-probed"
