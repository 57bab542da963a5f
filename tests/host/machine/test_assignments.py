"""From raw lines to what may be kept of them."""

from __future__ import annotations

from credlint import samples
from credlint.host.captured import Capturer
from credlint.host.machine.assignments import (
    RawAssignment,
    capture_assignment,
    is_wanted,
    iter_secrets,
)

SECRET = samples.expand("@@secret-key:a@@")


def raw(variable: str, value: str, **more) -> RawAssignment:
    return RawAssignment("crontab", "/etc/crontab", 3, 5, 9, variable, value, **more)


def test_facts_are_kept_and_a_secret_is_not():
    one = raw("AWS_SECRET_ACCESS_KEY", SECRET, user="alice", units=("a.service",), named_by="x:1")
    captured = capture_assignment(one, Capturer(b"k"))

    assert captured.value.text is None
    assert captured.value.shape == "secret-access-key"
    assert captured.value.fingerprint == Capturer(b"k").fingerprint(SECRET)
    assert (captured.path, captured.line, captured.column) == ("/etc/crontab", 3, 5)
    assert (captured.user, captured.units, captured.named_by) == ("alice", ("a.service",), "x:1")
    assert SECRET not in repr(captured)
    assert SECRET not in repr(one)


def test_what_is_of_no_interest_is_left_out():
    assert capture_assignment(raw("HOME", "/root"), Capturer(b"k")) is None
    assert capture_assignment(raw("PATH", "/bin"), Capturer(b"k")) is None
    assert capture_assignment(raw("LANG", "C"), Capturer(b"k")) is None
    assert not is_wanted("EDITOR")
    assert capture_assignment(raw("AWS_REGION", "eu-west-1"), Capturer(b"k")).value.text


def test_what_a_jvm_is_started_with_is_kept_without_its_text():
    options = f"-Daws.secretKey={SECRET} -Xmx1g"
    one = raw("JAVA_TOOL_OPTIONS", options)

    assert capture_assignment(one, Capturer(b"k")).value.text is None
    assert list(iter_secrets([one])) == [SECRET]


def test_secrets_are_told_to_the_capturer():
    lines = [
        raw("AWS_SECRET_ACCESS_KEY", SECRET),
        raw("AWS_REGION", "eu-west-1"),
        raw("AWS_SESSION_TOKEN", "$(get token)", literal=False),
    ]

    assert list(iter_secrets(lines)) == [SECRET]


def test_a_pattern_of_ssh_is_kept_whatever_it_matches():
    one = RawAssignment("ssh-accept-env", "/etc/ssh/sshd_config", 2, 3, 4, "*", "", literal=False)

    assert capture_assignment(one, Capturer(b"k")).variable == "*"
