from __future__ import annotations

import socket
import time
from dataclasses import replace

import pytest

from credlint.demo.imds_stand_in import Behaviour, ImdsStandIn
from credlint.host.imds import Patience
from credlint.host.user_data import fetch_user_data
from credlint.model.metadata import HttpAttempt

TEXT = b"#!/bin/sh\n\x00\xff binary too\n"
PATIENT = Patience(5, 5, 20)


def fetch(behaviour: Behaviour, patience: Patience = PATIENT):
    with ImdsStandIn(behaviour) as service:
        answer = fetch_user_data(service.endpoint, patience)
        return replace(answer.attempt, milliseconds=None, date=None), answer.body, service


@pytest.mark.parametrize("behaviour", [Behaviour(), Behaviour(v1=False), Behaviour(v2=False)])
def test_every_byte_with_or_without_a_token(behaviour):
    attempt, body, service = fetch(replace(behaviour, user_data=TEXT))

    assert (attempt, body) == (HttpAttempt(200), TEXT)
    assert service.paths == ("/latest/api/token", "/latest/user-data")


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (Behaviour(), HttpAttempt(404)),
        (Behaviour(v1=False, v2=False), HttpAttempt(401)),
        (Behaviour(manner="shut"), HttpAttempt(403)),
        (Behaviour(manner="redirect"), HttpAttempt(302, "redirect")),
        (Behaviour(manner="megabyte"), HttpAttempt(None, "too-large")),
        (Behaviour(manner="garbage"), HttpAttempt(None, "malformed")),
    ],
)
def test_what_is_no_user_data_gives_no_bytes(behaviour, expected):
    attempt, body, _ = fetch(behaviour)

    assert (attempt, body) == (expected, b"")


def test_who_never_answers_is_cut_off():
    begin = time.monotonic()
    attempt, body, _ = fetch(Behaviour(manner="hang"), Patience(1, 0.2, 0.4))

    assert (attempt.error, body) == ("timeout", b"")
    assert time.monotonic() - begin < 10


def test_nobody_listens():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        answer = fetch_user_data(f"http://127.0.0.1:{closed.getsockname()[1]}", PATIENT)

    assert (answer.attempt.error, answer.connected) == ("refused", False)


def test_only_plain_http_addresses_are_asked():
    assert fetch_user_data("https://127.0.0.1").attempt == HttpAttempt(error="malformed")


def test_the_bytes_are_in_no_repr():
    with ImdsStandIn(Behaviour(user_data=b"secret words")) as service:
        assert "secret words" not in repr(fetch_user_data(service.endpoint, PATIENT))
