"""Which system properties a JVM of an environment has, and what is kept of them."""

from __future__ import annotations

from pathlib import Path

from credlint.host.capture import CaptureRequest, capture
from credlint.host.captured import Capturer
from credlint.host.snapshot_file import dump_snapshot, load_snapshot
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


def test_files_of_java_are_read_and_can_be_loaded_again(tmp_path: Path) -> None:
    """HOME is one folder, the password entry's another, and two more are named."""
    for name in ("entry/.aws/credentials", "home/.aws/credentials", "profiles", "config"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("[default]\nregion = r1\n")
    environment = {
        "HOME": str(tmp_path / "home"),
        "AWS_CREDENTIAL_PROFILES_FILE": str(tmp_path / "profiles"),
        "JAVA_TOOL_OPTIONS": f"-Daws.configFile={tmp_path}/config",
    }
    request = CaptureRequest(
        environment=environment,
        now="2026-07-01T12:00:00Z",
        root=tmp_path / "root",
        probe_network=False,
        entry_home=tmp_path / "entry",
    )

    snapshot = load_snapshot(dump_snapshot(capture(request)))

    of_java = {
        file.role: file.status
        for file in snapshot.files
        if file.role.endswith(("-property", "-profiles", "-user-home"))
    }
    assert of_java == {
        "config-property": "read",
        "credentials-profiles": "read",
        "config-user-home": "absent",
        "credentials-user-home": "read",
    }


def test_an_entry_without_a_home_leaves_HOME(tmp_path: Path) -> None:  # noqa: N802
    request = CaptureRequest(
        environment={"HOME": str(tmp_path)},
        now="2026-07-01T12:00:00Z",
        root=tmp_path / "root",
        probe_network=False,
        entry_home=Path("/"),
    )

    snapshot = capture(request)

    assert not [file for file in snapshot.files if file.role.endswith("-user-home")]
