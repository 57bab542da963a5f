"""Docker's configuration: which logins it stores, where, and when they end."""

from __future__ import annotations

import base64
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.secrets.registry_auth import read_registry_auths

ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


def _auth(user: str = "jo", password: str = "a word") -> str:  # noqa: S107
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def _read(table) -> list[tuple]:
    data = json.dumps(table, indent=1).encode()
    found = read_registry_auths(data)
    for one in found:
        entry = json.loads(data)
        written = entry.get("auths", entry)
        assert any(data[one.start : one.end].decode() == e.get(one.field) for e in written.values())
    return [(one.host, one.field, one.value.reveal(), one.ecr) for one in found]


def test_auths():
    table = {
        "auths": {
            "https://index.docker.io/v1/": {"auth": _auth()},
            ECR: {"auth": _auth("AWS", "x")},
        }
    }

    assert _read(table) == [
        ("index.docker.io", "auth", "a word", False),
        (ECR, "auth", "x", True),
    ]


def test_the_old_form():
    assert _read({"registry.example.org:5000": {"auth": _auth()}}) == [
        ("registry.example.org:5000", "auth", "a word", False)
    ]


def test_tokens():
    assert _read({"auths": {"r.example.org": {"identitytoken": "t1", "registrytoken": "t2"}}}) == [
        ("r.example.org", "identitytoken", "t1", False),
        ("r.example.org", "registrytoken", "t2", False),
    ]


def test_two_hosts_with_one_password_are_two_places():
    found = read_registry_auths(
        json.dumps({"auths": {"a": {"auth": _auth()}, "b": {"auth": _auth()}}}).encode()
    )

    assert [one.host for one in found] == ["a", "b"]
    assert found[0].start < found[1].start


@pytest.mark.parametrize(
    "table",
    [
        {"auths": {"r.example.org": {}}, "credsStore": "ecr-login"},
        {"credHelpers": {ECR: "ecr-login"}},
        {"auths": {"r.example.org": {"auth": ""}}},
        {"auths": {"r.example.org": {"auth": "not base64!"}}},
        {"auths": {"r.example.org": {"auth": base64.b64encode(b"user:").decode()}}},
        {"auths": ["x"]},
        ["x"],
        None,
    ],
)
def test_nothing_is_stored(table):
    assert read_registry_auths(json.dumps(table).encode()) == ()


@pytest.mark.parametrize("unit", [1, 1000])
def test_an_ecr_password_tells_when_it_ends(unit):
    password = base64.b64encode(
        json.dumps({"payload": "x", "expiration": 1782907200 * unit}).encode()
    )
    (found,) = read_registry_auths(
        json.dumps({"auths": {ECR: {"auth": _auth("AWS", password.decode())}}}).encode()
    )

    assert found.expires == "2026-07-01T12:00:00+00:00"


def test_what_is_no_host_is_not_shown():
    assert _read({"auths": {"a b\nc": {"auth": _auth()}}})[0][0] == "a registry"


def test_ten_thousand_hosts_with_one_password_take_no_time():
    auths = {f"h{number}": {"auth": _auth()} for number in range(10_000)}
    start = time.monotonic()

    assert len(read_registry_auths(json.dumps({"auths": auths}).encode())) == 10_000
    assert time.monotonic() - start < 5


def test_an_escaped_slash_is_part_of_the_value():
    auth = base64.b64encode(b"jo:???>>>").decode()
    (found,) = read_registry_auths(
        b'{"auths": {"a": {"auth": "%s"}}}' % auth.replace("/", "\\/").encode()
    )

    assert "/" in auth
    assert found.value.reveal() == "???>>>"


@given(st.binary(max_size=200))
def test_nothing_raises(data):
    read_registry_auths(data)
    read_registry_auths(b'{"auths": {"x": {"auth": "' + base64.b64encode(data) + b'"}}}')
