"""Slips of copying, which no placeholder of a sample can make."""

from __future__ import annotations

import pytest

from credlint.samples import key_id, secret_key
from tests.checks.running import findings_of

KEY = key_id("AKIA", "123456789012", "a")


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (KEY[:-1], "it begins like one but has 19 characters instead of 20"),
        (KEY[1:], "it begins like one but has 19 characters instead of 20"),
        (KEY + "A", "it begins like one but has 21 characters instead of 20"),
        (KEY.lower(), "its letters are in lower case"),
        ("AROA" + KEY[3:], "it is the id of a role or user and no key"),
    ],
)
def test_an_id_with_a_slip_is_told_by_its_kind(written, fault, tmp_path):
    environment = {"AWS_ACCESS_KEY_ID": written, "AWS_SECRET_ACCESS_KEY": secret_key("a")}

    (finding,) = findings_of("CHN212", {"environment": environment}, tmp_path)

    assert finding.message == f"AWS_ACCESS_KEY_ID does not look like an access key id: {fault}."
    assert written not in repr(finding)


def test_swapped_halves_of_a_file_are_exchanged_by_line(tmp_path):
    text = f"[default]\naws_access_key_id = {secret_key('a')}\naws_secret_access_key = {KEY}\n"

    (finding,) = findings_of("CHN212", {"files": {"credentials": text}}, tmp_path)

    assert finding.remedy == "Exchange the two values: lines 2 and 3 of ~/.aws/credentials."
    assert [place.line for place in finding.related] == [3]
    assert secret_key("a") not in repr(finding)
