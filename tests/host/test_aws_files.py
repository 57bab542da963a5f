from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credlint import samples
from credlint.host.aws_files import capture_file, iter_secrets
from credlint.host.aws_lines import read_lines
from credlint.host.aws_reading import (
    LINE_LIMIT,
    FileRequest,
    ReadFile,
    read_aws_file,
    read_aws_files,
    requested_files,
)
from credlint.host.capture import CaptureRequest, capture
from credlint.host.captured import Capturer
from credlint.host.files import RawFile
from credlint.host.masking import Masker
from credlint.model.host_file import AwsLine

KEY = b"k" * 32


def captured(text: str, role: str = "config"):
    file = ReadFile(
        FileRequest(role, "/x", "~/x", "default"), RawFile("read"), lines=read_lines(text)
    )
    return capture_file(file, Masker(Capturer(KEY, iter_secrets(file))))


def on_disk(tmp_path, data: bytes, role: str = "config"):
    path = tmp_path / "file"
    path.write_bytes(data)
    file = read_aws_file(FileRequest(role, str(path), "~/x", "default"))
    return capture_file(file, Masker(Capturer(KEY, iter_secrets(file))))


def files(**environment):
    wanted = requested_files(environment, "/home/alice", Path("/root-of-host"))
    return [(f.role, f.path, f.shown, f.origin) for f in wanted]


def test_usual_files():
    assert files() == [
        ("config", "/home/alice/.aws/config", "~/.aws/config", "default"),
        ("credentials", "/home/alice/.aws/credentials", "~/.aws/credentials", "default"),
        ("boto2", "/root-of-host/etc/boto.cfg", "/etc/boto.cfg", "default"),
        ("boto2", "/home/alice/.boto", "~/.boto", "default"),
    ]


def test_files_named_by_variables():
    actual = files(
        AWS_CONFIG_FILE="$BASE/config",
        AWS_SHARED_CREDENTIALS_FILE="~/keys",
        AWS_CREDENTIAL_FILE="$BASE/tools",
        BOTO_CONFIG="${BASE}/boto",
        BASE="/srv",
    )

    assert actual == [
        ("config", "/srv/config", "/srv/config", "AWS_CONFIG_FILE"),
        ("credentials", "/home/alice/keys", "~/keys", "AWS_SHARED_CREDENTIALS_FILE"),
        # OriginalEC2Provider expands the home alone.
        ("ec2-credential-file", "$BASE/tools", "$BASE/tools", "AWS_CREDENTIAL_FILE"),
        ("boto2", "/srv/boto", "/srv/boto", "BOTO_CONFIG"),
        # Go expands nothing.
        ("config-unexpanded", "$BASE/config", "$BASE/config", "AWS_CONFIG_FILE"),
        # JavaScript v2 goes by the variables only when AWS_SDK_LOAD_CONFIG is set.
        ("config-default", "/home/alice/.aws/config", "~/.aws/config", "default"),
        ("credentials-unexpanded", "~/keys", "~/keys", "AWS_SHARED_CREDENTIALS_FILE"),
        ("credentials-default", "/home/alice/.aws/credentials", "~/.aws/credentials", "default"),
    ]


def test_config_file_beside_the_credentials_file():
    actual = files(AWS_SHARED_CREDENTIALS_FILE="/srv/keys")

    assert actual[-1] == (
        "config-beside-credentials",
        "/srv/config",
        "/srv/config",
        "AWS_SHARED_CREDENTIALS_FILE",
    )


def test_config_file_beside_is_told_of_once_and_only_where_it_is(tmp_path):
    (tmp_path / "config").write_text("[default]\n")
    requests = [
        FileRequest("config", str(tmp_path / "gone"), "gone", "AWS_CONFIG_FILE"),
        FileRequest("config-beside-credentials", str(tmp_path / "gone"), "gone", "X"),
        FileRequest("config-beside-credentials", str(tmp_path / "config"), "config", "X"),
        FileRequest("config-beside-credentials", str(tmp_path / "config"), "config", "X"),
    ]

    found = [(file.request.role, file.raw.status) for file in read_aws_files(requests)]

    assert found == [("config", "absent"), ("config-beside-credentials", "read")]


def test_empty_variable_counts_as_set():
    assert files(AWS_CONFIG_FILE="")[0] == ("config", "", "", "AWS_CONFIG_FILE")


def test_plain_setting_is_kept_with_its_columns():
    capturer = Capturer(KEY)

    assert captured("  region  =  eu-west-1  \n").lines == (
        AwsLine(
            number=1,
            kind="setting",
            indent=2,
            column=3,
            name="region",
            delimiter="=",
            value=capturer.capture_text("eu-west-1"),
            value_column=14,
            end_column=23,
            whole=capturer.capture_text("region  =  eu-west-1"),
            has_equals=True,
        ),
    )


@pytest.mark.parametrize(
    "name",
    ["aws_access_key_id", "aws_secret_access_key", "external_id", "made_up", "sso_client_secret"],
)
def test_other_settings_are_facts_only(name):
    (line,) = captured(f"{name} = hunter2-hunter2").lines

    assert (line.name, line.value.text, line.value.length, line.whole.text) == (
        name,
        None,
        15,
        None,
    )


def test_key_id_in_a_file_tells_prefix_last_four_and_account():
    key_id = samples.key_id("AKIA", "210987654321")

    (line,) = captured(f"aws_access_key_id={key_id}").lines

    assert line.value.key_id.display() == f"AKIA…{key_id[-4:]}"
    assert line.value.key_id.account == "210987654321"


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("/opt/helper --password hunter2", "/opt/helper [18 more characters]"),
        ('"/opt/my helper" x', "/opt/my helper [1 more characters]"),
        ("helper", "helper"),
        ("'unclosed hunter2", " [17 more characters]"),
        ("", ""),
    ],
)
def test_of_a_command_only_the_program_is_kept(command, text):
    (line,) = captured(f"credential_process = {command}").lines

    assert line.value.text == text
    assert line.value.length == len(command)
    assert line.whole.text is None


def test_section_with_trailing_text_keeps_its_name_alone():
    (line,) = captured("[profile a] aws_secret = hunter2").lines

    assert (line.kind, line.name, line.trailing, line.whole.text) == (
        "section",
        "profile a",
        True,
        None,
    )


def test_bare_text_is_facts_only():
    (line,) = captured("just-a-password").lines

    assert (line.kind, line.name, line.whole.text, line.whole.length) == ("text", None, None, 15)


def test_comment_keeps_a_directive_alone():
    secret = "correct-horse-battery"  # noqa: S105  made up
    text = (
        f"# old: {secret}\n# credlint: ignore[HST201] as agreed with {secret}\npassword={secret}\n"
    )

    first, second, _ = captured(text).lines

    assert (first.kind, first.ignore) == ("comment", None)
    assert second.ignore.startswith("ignore[HST201] as agreed with [REDACTED-")


def test_half_of_a_key_before_an_equals_sign_is_no_name():
    (line,) = captured("not a name, hunter2 = x").lines

    assert line.name == Capturer(KEY).mark("not a name, hunter2")


def test_redacted_names_are_equal_whatever_their_case():
    one, two = captured("Some Name=1\nsome name=2").lines

    assert one.name == two.name


def test_profile_and_section_with_the_same_secret_in_their_names_still_match():
    text = "[profile x-hunter2hunter2]\nsource_profile=x-hunter2hunter2\npassword=hunter2hunter2\n"

    section, setting, _ = captured(text).lines

    assert section.name == f"profile {setting.value.text}"
    assert "hunter2h" not in section.name


def test_byte_order_mark_stays_part_of_the_line(tmp_path):
    actual = on_disk(tmp_path, b"\xef\xbb\xbf[default]\nregion=x\n")

    assert (actual.status, actual.encoding) == ("read", "utf-8-bom")
    assert (actual.lines[0].kind, actual.lines[0].whole.text) == ("text", "\ufeff[default]")


def test_utf_16_is_undecodable_but_its_lines_are_told(tmp_path):
    actual = on_disk(tmp_path, "[default]\r\nregion=x\r\n".encode("utf-16"))

    assert (actual.status, actual.encoding, actual.undecodable_line) == ("undecodable", "utf-16", 1)
    assert [line.name for line in actual.lines] == ["default", "region"]


def test_undecodable_line_is_numbered(tmp_path):
    actual = on_disk(tmp_path, b"[default]\nregion=x\n# caf\xe9\n")

    assert (actual.status, actual.encoding, actual.undecodable_line) == (
        "undecodable",
        "undecodable",
        3,
    )


def test_file_of_too_many_lines_is_not_taken_apart(tmp_path):
    actual = on_disk(tmp_path, b"\n" * (LINE_LIMIT + 1))

    assert (actual.status, actual.lines) == ("too-large", ())


def test_tools_file_knows_equals_signs_alone(tmp_path):
    actual = on_disk(tmp_path, b"[x]=1\nAWSAccessKeyId:a=b\nwords\n", "ec2-credential-file")

    assert [line.kind for line in actual.lines] == ["setting", "setting", "text"]


@given(st.text(max_size=300))
def test_capture_never_raises(text):
    assert captured(text).status == "read"


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_any_bytes_are_read(tmp_path_factory, data):
    assert on_disk(tmp_path_factory.mktemp("any"), data).status in ("read", "undecodable")


def test_a_comment_behind_a_key_does_not_blank_out_the_same_comment_elsewhere(tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\nregion = eu-west-1 # comment\n")
    (tmp_path / ".aws" / "credentials").write_text(
        f"[default]\naws_access_key_id = {samples.key_id()} # comment\n"
    )

    snapshot = _snapshot_of(tmp_path)

    (region,) = [line for line in snapshot.file("config").lines if line.name == "region"]
    assert region.value.text == "eu-west-1 # comment"


def test_a_secret_in_a_comment_behind_a_key_is_scrubbed_elsewhere(tmp_path):
    old = "-".join(("Zq7Lm2", "Xw9rT4"))  # noqa: FLY002  kept apart for scanners
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(f"[default]\nregion = x {old}\n")
    (tmp_path / ".aws" / "credentials").write_text(
        f"[default]\naws_secret_access_key = {samples.secret_key()} # was {old}\n"
    )

    snapshot = _snapshot_of(tmp_path)

    (region,) = [line for line in snapshot.file("config").lines if line.name == "region"]
    assert old not in region.value.text


def _snapshot_of(home):
    return capture(
        CaptureRequest(
            environment={"HOME": str(home)},
            now="2026-01-01T00:00:00Z",
            home=home,
            root=home,
            probe_network=False,
        )
    )
