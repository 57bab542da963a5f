from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import credlint
from credlint import samples
from credlint.host.scrub import shaped_spans
from credlint.host.snapshot_file import SnapshotError, dump_snapshot, load_snapshot
from credlint.model.captured import CapturedValue, KeyId
from credlint.model.host_file import AwsLine, HostFile, PathFact
from credlint.model.metadata import ContainerEvidence, HttpAttempt, ImdsEvidence
from credlint.model.snapshot import EnvironmentVariable, HostSnapshot, Platform
from tests.host.test_capture import capture, everywhere

MINIMAL = HostSnapshot(captured_at="2026-07-01T12:00:00Z")
FULL = HostSnapshot(
    captured_at="2026-07-01T12:00:00Z",
    credlint_version="0.1.0",
    platform=Platform("Linux", 0, ("ec2", "ci"), "dmi:sys_vendor", (("botocore", "1.44.5"),)),
    environment=(
        EnvironmentVariable(
            "AWS_ACCESS_KEY_ID",
            CapturedValue(None, 20, "access-key-id", KeyId("AKIA", "WXYZ", "123456789012"), "ab"),
        ),
        EnvironmentVariable("AWS_PROFILE", CapturedValue("ü\udcff\x00", 3, flaws=("non-ascii",))),
    ),
    files=(
        HostFile(
            "config",
            "~/.aws/config",
            "default",
            "read",
            (AwsLine(1, "setting", 0, 1, "region", "=", CapturedValue("x", 1), 8, 9),),
            mode=0o600,
        ),
    ),
    paths=(PathFact("sso-token", "config/a/sso_session", "~/x", "present", newline=True),),
    imds=ImdsEvidence(probed=True, token=HttpAttempt(200, None, 1), role_names=("a",)),
    container=ContainerEvidence("X", "http", "localhost", 80, "yes", ("::1", "127.0.0.1")),
    skipped=(("imds", "no"),),
)

text = st.text(max_size=12).filter(lambda t: not list(shaped_spans(t, identifier=True)))
values = st.builds(
    CapturedValue,
    st.none() | text,
    st.integers(0, 99),
    st.sampled_from(["text", "other", "empty"]),
    st.none() | st.builds(KeyId, text, text, st.none() | text, st.booleans()),
    text,
    st.lists(text, max_size=2).map(tuple),
)
lines = st.builds(
    AwsLine,
    number=st.integers(),
    kind=st.sampled_from(["blank", "text", "setting"]),
    name=st.none() | text,
    value=st.none() | values,
    whole=st.none() | values,
    has_equals=st.booleans(),
)
files = st.builds(
    HostFile,
    st.sampled_from(["config", "boto2"]),
    text,
    text,
    text,
    st.lists(lines, max_size=2).map(tuple),
    mode=st.none() | st.integers(),
    symlink=st.booleans(),
)
snapshots = st.builds(
    HostSnapshot,
    captured_at=text,
    platform=st.builds(Platform, text, st.none() | st.integers(), st.lists(text).map(tuple)),
    environment=st.lists(st.builds(EnvironmentVariable, text, values), max_size=2).map(tuple),
    files=st.lists(files, max_size=2).map(tuple),
    skipped=st.lists(st.tuples(text, text), max_size=2).map(tuple),
)


@pytest.mark.parametrize("snapshot", [MINIMAL, FULL])
def test_round_trip(snapshot):
    assert load_snapshot(dump_snapshot(snapshot)) == snapshot


# One in some thousand digests holds what a key id begins with.
def test_round_trip_of_a_digest_with_the_head_of_a_key_id():
    value = CapturedValue(None, 20, "other", fingerprint="0f" * 6 + "acca" + "17" * 8)
    snapshot = replace(MINIMAL, environment=(EnvironmentVariable("X", value),))

    assert load_snapshot(dump_snapshot(snapshot)) == snapshot


# No deadline: how long one takes says how busy the machine is.
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(snapshots)
def test_round_trip_of_any_snapshot(snapshot):
    assert load_snapshot(dump_snapshot(snapshot)) == snapshot


def test_text_is_sorted_ascii_and_ends_with_a_newline():
    actual = dump_snapshot(FULL)

    assert actual.isascii()
    assert actual.endswith("}\n")
    assert list(json.loads(actual)) == sorted(json.loads(actual))
    assert dump_snapshot(load_snapshot(actual)) == actual


def test_fields_with_defaults_may_be_missing():
    assert load_snapshot('{"schema": "credlint-snapshot/1", "captured_at": "x"}') == HostSnapshot(
        "x"
    )


def changed(**changes):
    return json.dumps({**json.loads(dump_snapshot(FULL)), **changes})


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "the snapshot cannot be read: it is not JSON"),
        ("{", "the snapshot cannot be read: it is not JSON"),
        ("[" * 100_000, "the snapshot cannot be read: it is not JSON"),
        ("[]", 'the file is not a snapshot of the schema "credlint-snapshot/2"'),
        ("{}", 'the file is not a snapshot of the schema "credlint-snapshot/2"'),
        ('{"a": 1, "a": 2}', "the snapshot cannot be read: a field occurs twice"),
        ('{"a": NaN}', "the snapshot cannot be read: a number is not an integer"),
        ('{"a": 1.5}', "the snapshot cannot be read: a number is not an integer"),
        (
            changed(schema="credlint-snapshot/3"),
            (
                "the snapshot has schema 3 and needs a newer credlint; this one "
                f"({credlint.__version__}) reads schemas 1 and 2"
            ),
        ),
        (
            '{"schema": "credlint-snapshot/1"}',
            "the snapshot is malformed: snapshot.captured_at is missing",
        ),
        (changed(files=3), "the snapshot is malformed: snapshot.files is not a list"),
        (changed(files=[3]), "the snapshot is malformed: snapshot.files[0] is not an object"),
        (
            changed(hunter2=1),
            "the snapshot is malformed: snapshot has 1 field(s) that this version does not know",
        ),
        (
            changed(captured_at=None),
            "the snapshot is malformed: snapshot.captured_at is not of the type str",
        ),
        (
            changed(platform={"uid": True}),
            "the snapshot is malformed: snapshot.platform.uid is not of the type int",
        ),
        (
            changed(skipped=[["a"]]),
            "the snapshot is malformed: snapshot.skipped[0] has not 2 entries",
        ),
        (
            changed(container={"reachable": "hunter2"}),
            (
                "the snapshot is malformed: snapshot.container.reachable is none of "
                "not-probed, refused, timeout, unreachable, yes"
            ),
        ),
        (
            changed(credlint_version=samples.key_id()),
            (
                "the snapshot is malformed: snapshot.credlint_version holds something "
                "that looks like a secret"
            ),
        ),
    ],
)
def test_refusals_name_the_place_and_quote_nothing(source, message):
    with pytest.raises(SnapshotError) as raised:
        load_snapshot(source)

    assert str(raised.value) == message


@settings(max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=5
    )
)
@pytest.mark.parametrize("field", ["platform", "files", "imds", "environment"])
def test_any_value_anywhere_is_a_snapshot_or_a_snapshot_error(field, value):
    try:
        loaded = load_snapshot(changed(**{field: value}))
    except SnapshotError:
        return

    assert isinstance(loaded, HostSnapshot)


def test_texts_of_a_real_capture_pass_the_check(tmp_path):
    snapshot = capture(everywhere(tmp_path))

    assert load_snapshot(dump_snapshot(snapshot)) == snapshot


def test_snapshot_of_schema_1_is_converted():
    line = {"number": 1, "kind": "blank", "joined": False, "comment": False, "bare": None}
    file = {"role": "config", "path": "~/x", "origin": "default", "status": "read"}
    older = {
        "schema": "credlint-snapshot/1",
        "captured_at": "x",
        "files": [{**file, "lines": [line]}],
    }

    actual = load_snapshot(json.dumps(older))

    expected = HostFile("config", "~/x", "default", "read", (AwsLine(1, "blank"),), text=None)
    assert actual == HostSnapshot("x", files=(expected,))
