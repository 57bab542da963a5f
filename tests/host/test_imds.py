from __future__ import annotations

import socket
import time
from dataclasses import replace

import pytest

from credlint.demo.imds_stand_in import Behaviour, ImdsStandIn
from credlint.host.imds import Patience, choose_endpoint, probe_imds, reason_to_skip
from credlint.model.metadata import HttpAttempt, ImdsEvidence

PATIENT = Patience(connection=5, one_request=5, everything=20)
HASTY = Patience(connection=0.2, one_request=0.15, everything=0.4)
NOT_MADE = HttpAttempt()


def timeless(evidence: ImdsEvidence) -> ImdsEvidence:
    names = ("token", "roles_with_token", "roles_without_token")
    return replace(
        evidence,
        **{name: replace(getattr(evidence, name), milliseconds=None, date=None) for name in names},
    )


def probe(behaviour: Behaviour, patience: Patience = PATIENT) -> tuple[ImdsEvidence, ImdsStandIn]:
    with ImdsStandIn(behaviour) as service:
        return replace(timeless(probe_imds(service.endpoint, patience)), endpoint=""), service


FULL = ImdsEvidence(
    endpoint="",
    probed=True,
    connected=True,
    token=HttpAttempt(200),
    roles_with_token=HttpAttempt(200),
    roles_without_token=HttpAttempt(200),
    role_names=("demo-instance-role",),
    info_code="Success",
    instance_profile_arn="arn:aws:iam::123456789012:instance-profile/demo-instance-role",
    account="123456789012",
    region="eu-west-1",
    instance_id="i-0123456789abcdef0",
    availability_zone="eu-west-1a",
    placement_region="eu-west-1",
)


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (Behaviour(), FULL),
        (Behaviour(manner="chunked"), FULL),
        (Behaviour(v1=False), replace(FULL, roles_without_token=HttpAttempt(401))),
        (
            Behaviour(v2=False),
            replace(FULL, token=HttpAttempt(403), roles_with_token=NOT_MADE, placement_region=None),
        ),
        (
            Behaviour(role=None),
            replace(
                FULL,
                roles_with_token=HttpAttempt(404),
                roles_without_token=HttpAttempt(404),
                role_names=(),
                info_code=None,
                instance_profile_arn=None,
            ),
        ),
        (
            Behaviour(info_code="AssumeRoleUnauthorizedAccess"),
            replace(FULL, info_code="AssumeRoleUnauthorizedAccess"),
        ),
        (
            Behaviour(manner="lies"),
            ImdsEvidence(
                endpoint="",
                probed=True,
                connected=True,
                reason="the role list holds something else than role names",
                token=HttpAttempt(200),
                roles_without_token=HttpAttempt(200),
            ),
        ),
    ],
)
def test_evidence_of_a_service_that_answers(behaviour, expected):
    actual, service = probe(behaviour)

    assert actual == expected
    assert service.credential_requests == ()


@pytest.mark.parametrize("status", [400, 403, 404, 405, 500])
def test_token_status_is_kept(status):
    actual, _ = probe(Behaviour(token_status=status))

    assert actual == replace(
        FULL, token=HttpAttempt(status), roles_with_token=NOT_MADE, placement_region=None
    )


@pytest.mark.parametrize(
    ("manner", "attempt"),
    [
        ("redirect", HttpAttempt(302, "redirect")),
        ("megabyte", HttpAttempt(None, "too-large")),
        ("garbage", HttpAttempt(None, "malformed")),
        ("close", HttpAttempt(None, "reset")),
    ],
)
def test_misbehaving_service_is_an_error_of_each_request(manner, attempt):
    actual, _ = probe(Behaviour(manner=manner))

    assert actual == ImdsEvidence(
        endpoint="",
        probed=True,
        connected=True,
        reason="the metadata service gives no usable answer",
        token=attempt,
        roles_without_token=attempt,
    )


@pytest.mark.parametrize("manner", ["hang", "drip"])
def test_service_that_does_not_finish_is_cut_off(manner):
    begin = time.monotonic()
    actual, _ = probe(Behaviour(manner=manner), HASTY)

    assert (actual.token.error, actual.roles_without_token.error) == ("timeout", "timeout")
    # The stand-in would go on for half a minute.
    assert time.monotonic() - begin < 10


def test_lost_token_answer_falls_back_to_version_one():
    actual, _ = probe(Behaviour(manner="token-hang"), Patience(5, 0.3, 20))

    assert actual == replace(
        FULL, token=HttpAttempt(None, "timeout"), roles_with_token=NOT_MADE, placement_region=None
    )


def test_redirect_is_not_followed():
    with ImdsStandIn() as other:
        behaviour = Behaviour(manner="redirect", redirect_to=other.endpoint + "/latest/")
        probe(behaviour)

    assert other.requests == []


def test_requests_in_order_and_the_document_is_never_among_them():
    _, service = probe(Behaviour())

    assert service.requests == [
        ("PUT", "/latest/api/token", False),
        ("GET", "/latest/meta-data/iam/security-credentials/", True),
        ("GET", "/latest/meta-data/iam/security-credentials/", False),
        ("GET", "/latest/meta-data/iam/info", True),
        ("GET", "/latest/dynamic/instance-identity/document", True),
        ("GET", "/latest/meta-data/placement/availability-zone", True),
        ("GET", "/latest/meta-data/placement/region", True),
    ]


def test_no_proxy_is_used(monkeypatch):
    with ImdsStandIn() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.endpoint)
        actual, _ = probe(Behaviour())

    assert (actual, proxy.requests) == (FULL, [])


def test_nobody_listens():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        actual = probe_imds(f"http://127.0.0.1:{port}", PATIENT)

    assert timeless(actual) == ImdsEvidence(
        endpoint=f"http://127.0.0.1:{port}",
        probed=True,
        connected=False,
        reason="nothing answers at the metadata address",
        token=HttpAttempt(None, "refused"),
    )


@pytest.fixture
def swallowing_port():
    """A port whose backlog is full: the kernel drops further connection requests."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting = []
    for _ in range(8):
        client = socket.socket()
        client.settimeout(0)
        client.connect_ex(listener.getsockname())
        waiting.append(client)
    time.sleep(0.05)
    yield listener.getsockname()[1]
    for client in (*waiting, listener):
        client.close()


def test_address_that_swallows_packets_costs_one_connection_deadline(swallowing_port):
    begin = time.monotonic()
    actual = timeless(probe_imds(f"http://127.0.0.1:{swallowing_port}", Patience(0.1, 5, 20)))

    assert (actual.token, actual.roles_without_token) == (HttpAttempt(None, "timeout"), NOT_MADE)
    assert time.monotonic() - begin < 4


def test_prefix_of_the_endpoint_is_kept():
    with ImdsStandIn() as service:
        probe_imds(service.endpoint + "/some/prefix/", PATIENT)

    assert service.paths[0] == "/some/prefix/latest/api/token"


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://127.0.0.1:1",
        "file:///etc/passwd",
        "127.0.0.1",
        "http://",
        "http://127.0.0.1:99999",
        "http://a b/",
        "http://127.0.0.1/\r\nX-Injected: 1",
        "",
    ],
)
def test_only_plain_http_addresses_are_asked(endpoint):
    actual = probe_imds(endpoint)

    assert actual == ImdsEvidence(
        endpoint="(not http)", reason="the endpoint is not a plain http address"
    )


def test_user_info_and_query_of_the_endpoint_are_not_kept():
    with ImdsStandIn() as service:
        address = service.endpoint.replace("//", "//user:hunter2@") + "/?q=hunter2"
        actual = probe_imds(address, PATIENT)

    assert actual.endpoint == service.endpoint
    assert actual.role == "demo-instance-role"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((None, None, None), "http://169.254.169.254"),
        ((None, None, "IPv6"), "http://[fd00:ec2::254]"),
        ((None, "http://b", "ipv6"), "http://b"),
        (("http://a", "http://b", None), "http://a"),
        (("", "", ""), "http://169.254.169.254"),
    ],
)
def test_choice_of_the_endpoint(arguments, expected):
    assert choose_endpoint(*arguments) == expected


def test_another_makers_machine_is_not_asked():
    reason = reason_to_skip("http://127.255.0.1", is_ec2=False, overridden=False)

    assert reason == "the machine's firmware says that it is not an EC2 instance"


def test_metadata_address_of_our_own_is_asked_on_any_machine():
    """aws-vault and others serve instance metadata from an address of the laptop itself."""
    assert reason_to_skip("http://127.0.0.1", is_ec2=False, overridden=False) is None


@pytest.mark.parametrize("is_ec2", [True, None])
def test_instance_or_unknown_machine_is_asked(is_ec2):
    assert reason_to_skip("http://127.255.0.1", is_ec2=is_ec2, overridden=False) is None


def test_named_endpoint_is_asked_on_any_machine():
    assert reason_to_skip("http://127.255.0.1", is_ec2=False, overridden=True) is None
