"""Which system properties a JVM of an environment has, and what is kept of them."""

from __future__ import annotations

from credlint.host.captured import Capturer
from credlint.host.system_properties import (
    capture_system_properties,
    definitions,
    iter_secrets,
)


def test_the_last_definition_counts() -> None:
    environment = {
        "_JAVA_OPTIONS": "-Daws.region=r3",
        "JAVA_TOOL_OPTIONS": "-Xmx1g -Daws.region=r1 -Daws.region=r2 -Daws.profile",
    }

    found = definitions(environment)

    assert found == {
        "aws.region": ("r3", "_JAVA_OPTIONS"),
        "aws.profile": ("", "JAVA_TOOL_OPTIONS"),
    }


def test_quotes_keep_white_space() -> None:
    options = """-Daws.profile='my own' "-Daws.region=a b"c -Dother=x"""

    found = definitions({"JDK_JAVA_OPTIONS": options})

    assert {name: value for name, (value, _) in found.items()} == {
        "aws.profile": "my own",
        "aws.region": "a bc",
    }


def test_secrets_are_told_by_name_and_not_kept() -> None:
    environment = {"JAVA_TOOL_OPTIONS": "-Daws.secretKey=made-up-value -Daws.region=r1"}

    assert list(iter_secrets(environment)) == ["made-up-value"]
    kept = capture_system_properties(environment, Capturer(b"k", iter_secrets(environment)))
    assert [(one.name, one.value.text, one.variable) for one in kept] == [
        ("aws.region", "r1", "JAVA_TOOL_OPTIONS"),
        ("aws.secretKey", None, "JAVA_TOOL_OPTIONS"),
    ]


def test_the_proxy_of_the_jvm_is_kept() -> None:
    environment = {"JAVA_TOOL_OPTIONS": "-Dhttp.proxyHost=h -Dhttp.other=x"}

    assert list(definitions(environment)) == ["http.proxyHost"]


def test_a_query_is_not_kept() -> None:
    environment = {"JAVA_TOOL_OPTIONS": "-Daws.containerCredentialsFullUri=http://h/x?id=abc"}

    (kept,) = capture_system_properties(environment, Capturer(b"k"))

    assert kept.value.text == "http://h/x?[6 characters]"
