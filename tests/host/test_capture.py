from __future__ import annotations

import base64
import os
from pathlib import Path
from urllib.parse import quote

import pytest

from credlint import __version__, samples
from credlint.demo.imds_stand_in import Behaviour, ImdsStandIn
from credlint.host.capture import CaptureRequest, capture
from credlint.host.imds import NO_ROUTE, NOT_EC2
from credlint.host.snapshot_file import dump_snapshot
from credlint.model.metadata import ContainerEvidence, HttpAttempt, ImdsEvidence
from credlint.model.snapshot import HostSnapshot
from tests.support.container_stand_in import ContainerStandIn

NOW = "2026-07-01T12:00:00Z"
CANARIES = {
    "id": samples.key_id("AKIA", "123456789012", "canary"),
    "secret": samples.secret_key("canary"),
    "token": samples.session_token("canary"),
    "other": samples.secret_key("other"),
    "word": "correct-horse/battery+staple",
    "role": samples.base62(30, "external"),
}


def request(tmp_path: Path, **changes) -> CaptureRequest:
    values = {
        "environment": {"HOME": str(tmp_path)},
        "now": NOW,
        "uid": 1000,
        "root": tmp_path / "root",
        "probe_network": False,
        "entry_home": tmp_path,
    }
    return CaptureRequest(**{**values, **changes})


def write(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_empty_host(tmp_path):
    actual = capture(request(tmp_path, environment={}, home=tmp_path))

    assert [(f.path, f.status) for f in actual.files] == [
        ("~/.aws/config", "absent"),
        ("~/.aws/credentials", "absent"),
        ("/etc/boto.cfg", "absent"),
        ("~/.boto", "absent"),
    ]
    assert (actual.captured_at, actual.credlint_version) == (NOW, __version__)
    assert (actual.platform.contexts, actual.platform.uid) == (("laptop",), 1000)
    assert (actual.environment, actual.paths, actual.container) == ((), (), ContainerEvidence())
    assert actual.skipped == (("imds", "the network was not to be used"),)


def test_key_is_random_unless_given(tmp_path):
    wanted = request(tmp_path)

    assert capture(wanted, b"k") == capture(wanted, b"k")
    assert capture(wanted) != capture(wanted)


def test_home_comes_from_the_environment(tmp_path):
    write(tmp_path, ".aws/config", "[default]\n")

    assert capture(request(tmp_path)).file("config").status == "read"


LATE = HttpAttempt(error="timeout")
NO_ANSWER = "no answer in the time that is waited for it; an SDK may wait longer"


@pytest.mark.parametrize(
    ("token", "with_token", "without_token", "expected"),
    [
        (LATE, HttpAttempt(), HttpAttempt(), NO_ANSWER),
        (LATE, HttpAttempt(), HttpAttempt(401), NO_ANSWER),
        (HttpAttempt(200), LATE, HttpAttempt(200), NO_ANSWER),
        (
            HttpAttempt(200),
            HttpAttempt(200),
            LATE,
            "whether it answers without a session token could not be told in time",
        ),
        (LATE, HttpAttempt(), HttpAttempt(200), None),
        (HttpAttempt(200), HttpAttempt(200), HttpAttempt(401), None),
    ],
)
def test_what_a_slow_metadata_service_did_not_tell_is_told(
    token, with_token, without_token, expected, tmp_path
):
    evidence = ImdsEvidence(
        probed=True, token=token, roles_with_token=with_token, roles_without_token=without_token
    )

    actual = capture(request(tmp_path, imds=evidence))

    assert dict(actual.skipped).get("imds") == expected


def test_what_was_not_looked_at_is_told(tmp_path):
    (tmp_path / ".aws").mkdir()
    os.mkfifo(tmp_path / ".aws/config")
    (tmp_path / ".boto").write_bytes(b"x" * (1024 * 1024 + 1))
    (tmp_path / ".aws/credentials").symlink_to("credentials")

    reasons = dict(capture(request(tmp_path)).skipped)

    assert reasons["~/.aws/config"] == "is not a regular file"
    assert reasons["~/.boto"] == "is larger than 1048576 bytes or 20000 lines"
    assert reasons["~/.aws/credentials"] == "cannot be read (ELOOP)"


def everywhere(tmp_path: Path) -> CaptureRequest:
    """A host with a canary in every place that capture reads."""
    c = CANARIES
    write(
        tmp_path,
        ".aws/config",
        f"""# old key {c["secret"]}
[profile {c["word"]}]
region = {c["other"]}
source_profile = {c["id"]}
{c["secret"]} = x
{c["secret"]}
credential_process = /bin/helper --token {c["token"]} {c["word"]}
web_identity_token_file = /run/{c["secret"]}/token
external_id = {c["role"]}
role_arn = arn:aws:iam::123456789012:role/{c["role"]}
sso_start_url = https://{c["word"]}@host/{c["other"]}
sso_session = {c["word"]}
login_session = {c["secret"]}
# credlint: ignore[CHN101] because of {c["word"]} and {c["other"]}
s3 =
  addressing_style = {c["secret"]}
[sso-session {c["other"]}]
[{c["secret"]}] {c["word"]}
""",
    )
    write(
        tmp_path,
        ".aws/credentials",
        f"""[default]
aws_access_key_id = {c["id"]}
aws_secret_access_key = {c["secret"]}
aws_session_token = {c["token"]}
password = {c["word"]}
note = {c["other"]}
""",
    )
    write(tmp_path, ".boto", f"[Credentials]\naws_secret_access_key = {c['other']}\n")
    write(tmp_path, f"{c['secret']}.txt".replace("/", "_"), f"AWSSecretKey={c['word']}\n")
    environment = {
        "HOME": str(tmp_path),
        "PATH": f"/usr/bin:/{c['secret']}",
        "AWS_ACCESS_KEY_ID": c["id"],
        "AWS_SECRET_ACCESS_KEY": c["secret"],
        "AWS_SESSION_TOKEN": c["token"],
        "AWS_PROFILE": c["word"],
        "AWS_DEFAULT_REGION": f"eu-west-1 # {c['secret']}",
        "AWS_CREDENTIAL_FILE": str(tmp_path / f"{c['secret']}.txt".replace("/", "_")),
        f"AWS_{c['other']}": c["other"],
        "HTTPS_PROXY": f"http://user:{c['word']}@proxy:3128",
        "AWS_ENDPOINT_URL": f"https://host/?{quote(c['word'], safe='')}",
        "AWS_CA_BUNDLE": "/x/" + base64.b64encode(c["word"].encode()).decode(),
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{c['word']}@127.0.0.1:1/{c['secret']}?{c['other']}",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": c["word"],
        "AWS_WEB_IDENTITY_TOKEN_FILE": f"/t/{c['other']}",
        "AWS_EXTERNAL_ID": c["role"],
    }
    imds = ImdsEvidence(
        endpoint="http://127.0.0.1:1",
        probed=True,
        role_names=(c["secret"], c["id"]),
        info_code=c["other"],
        instance_profile_arn=f"arn:aws:iam::123456789012:instance-profile/{c['id']}",
    )
    return request(tmp_path, environment=environment, imds=imds)


@pytest.mark.parametrize("name", sorted(CANARIES))
def test_no_canary_survives_whole_encoded_or_in_pieces(tmp_path, name):
    text = dump_snapshot(capture(everywhere(tmp_path)))

    secret = CANARIES[name]
    for form in (secret, base64.b64encode(secret.encode()).decode(), quote(secret, safe="")):
        pieces = {form[i : i + 8] for i in range(len(form) - 7)}
        assert [piece for piece in pieces if piece in text] == []


def test_the_request_shows_no_environment():
    wanted = CaptureRequest(environment={"AWS_SECRET_ACCESS_KEY": CANARIES["secret"]}, now=NOW)

    assert CANARIES["secret"] not in repr(wanted)


def test_imds_is_probed_where_the_option_says(tmp_path):
    with ImdsStandIn(Behaviour(v1=False)) as service:
        actual = capture(
            request(tmp_path, probe_network=True, imds_endpoint=service.endpoint),
        )

    assert (actual.imds.endpoint, actual.imds.role) == (service.endpoint, "demo-instance-role")
    assert (actual.platform.contexts, actual.platform.ec2_evidence) == (("ec2",), "imds")
    assert (actual.skipped, service.credential_requests) == ((), ())


def test_imds_is_probed_where_the_sdks_variable_says(tmp_path):
    with ImdsStandIn() as service:
        environment = {"HOME": str(tmp_path), "AWS_EC2_METADATA_SERVICE_ENDPOINT": service.endpoint}
        actual = capture(request(tmp_path, probe_network=True, environment=environment))

    assert actual.imds.role == "demo-instance-role"
    # The chain compares the two.
    assert actual.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT").text == actual.imds.endpoint


def test_imds_of_another_makers_machine_is_not_asked_and_that_is_an_answer(tmp_path):
    write(tmp_path, "root/sys/class/dmi/id/sys_vendor", "LENOVO\n")
    # No route or another maker: either way nothing is sent to the link-local address.
    actual = capture(request(tmp_path, probe_network=True))

    assert actual.imds.reason in (NO_ROUTE, NOT_EC2)
    assert actual.imds.probed == (actual.imds.reason == NO_ROUTE)
    assert actual.skipped == ()


def test_imds_that_is_not_asked_on_request_is_told(tmp_path):
    actual = capture(request(tmp_path, probe_network=False, imds=None))

    assert actual.skipped == (("imds", "the network was not to be used"),)


def test_container_endpoint_is_connected_to_only(tmp_path):
    with ImdsStandIn(Behaviour(role=None)) as imds, ContainerStandIn() as service:
        environment = {"HOME": str(tmp_path), "AWS_CONTAINER_CREDENTIALS_FULL_URI": service.url}
        wanted = request(
            tmp_path, probe_network=True, imds_endpoint=imds.endpoint, environment=environment
        )
        actual = capture(wanted)

    assert (actual.container.reachable, service.requests) == ("yes", [])


def test_packages_are_passed_on(tmp_path):
    actual = capture(request(tmp_path, packages=(("botocore", "1.44.5"),)))

    assert actual.platform.packages == (("botocore", "1.44.5"),)


def test_surrogates_and_nuls_in_the_environment(tmp_path):
    environment = {"HOME": str(tmp_path), "AWS_PROFILE": "a\udcff", "AWS_CONFIG_FILE": "a\0b"}

    actual = capture(request(tmp_path, environment=environment))

    assert isinstance(actual, HostSnapshot)
    assert actual.file("config").status == "absent"
