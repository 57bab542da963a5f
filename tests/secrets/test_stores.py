"""What other tools' files say of a line: the setting's name, and whether the keys are AWS'."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.secrets.stores import Setting, read_store

SHAPE = "A" * 20


def _of(tool: str, text: str) -> list[tuple[int, str, bool]]:
    return [(one.line, one.name, one.foreign) for one in read_store(tool, text.encode()).values()]


def test_s3cmd():
    text = "[default]\naccess_key = x\nhost_base = s3.amazonaws.com\nsecret_key = y\n"

    assert _of("s3cmd", text) == [
        (2, "[default] access_key", False),
        (3, "[default] host_base", False),
        (4, "[default] secret_key", False),
    ]


def test_s3cmd_for_another_service():
    text = "[default]\naccess_key = x\nhost_base = minio.example.org\n"

    assert read_store("s3cmd", text.encode())[2] == Setting(2, "[default] access_key", foreign=True)


@pytest.mark.parametrize(
    ("lines", "foreign"),
    [
        ("type = s3\nprovider = AWS", False),
        ("type = s3\nprovider = Minio", True),
        ("type = s3\nendpoint = https://s3.eu-west-1.amazonaws.com", False),
        ("type = s3\nendpoint = s3.example.org", True),
        ("type = s3", False),
    ],
)
def test_rclone_tells_each_remote(lines, foreign):
    text = f"[one]\n{lines}\nsecret_access_key = x\n[two]\nprovider = AWS\naccess_key_id = y\n"
    found = {name: other for _, name, other in _of("rclone", text)}

    assert found["[one] secret_access_key"] is foreign
    assert found["[two] access_key_id"] is False


def test_boto_knows_googles_keys():
    text = "[Credentials]\naws_access_key_id = x\ngs_secret_access_key = y\n"

    assert _of("boto", text) == [
        (2, "[Credentials] aws_access_key_id", False),
        (3, "[Credentials] gs_secret_access_key", True),
    ]


def test_mc_tells_each_alias():
    text = """{"version": "10", "aliases": {
      "play": {"url": "https://play.example.org", "accessKey": "x",
               "secretKey": "y"},
      "s3": {"url": "https://s3.amazonaws.com", "accessKey": "x", "secretKey": "y"}
    }}"""

    assert _of("mc", text) == [
        (2, "play accessKey", True),
        (3, "play secretKey", True),
        (4, "s3 secretKey", False),
    ]


@pytest.mark.parametrize(
    ("endpoint", "foreign"),
    [("s3.eu-west-1.amazonaws.com", False), ("http://minio:9000", True), ("${endpoint}", False)],
)
def test_hadoop(endpoint, foreign):
    text = f"""<configuration>
<property><name>fs.s3a.endpoint</name><value>{endpoint}</value></property>
<property>
  <name>fs.s3a.secret.key</name>
  <value>y</value>
</property></configuration>"""

    assert (5, "fs.s3a.secret.key", foreign) in _of("hadoop", text)


def test_spark():
    text = "spark.hadoop.fs.s3a.secret.key  y\nspark.hadoop.fs.s3a.endpoint  minio:9000\n"

    assert (1, "spark.hadoop.fs.s3a.secret.key", True) in _of("spark", text)


def test_s3fs_names_the_bucket():
    assert _of("s3fs", f"{SHAPE}:y\nphotos:{SHAPE}:y\n") == [
        (1, "", False),
        (2, "bucket photos", False),
        (3, "", False),
    ]


def test_a_kubeconfig_names_the_user():
    text = """apiVersion: v1
clusters:
- name: not-a-user
users:
- name: arn:aws:eks:eu-west-1:123456789012:cluster/shop
  user:
    exec:
      env:
      - name: AWS_ACCESS_KEY_ID
        value: x
- name: jo
  user: {}
contexts:
- name: neither
"""
    found = {line: name for line, name, _ in _of("kubernetes", text)}

    assert found[10] == "user arn:aws:eks:eu-west-1:123456789012:cluster/shop"
    assert found[12] == "user jo"
    assert sorted(found) == [5, 6, 7, 8, 9, 10, 11, 12]


@pytest.mark.parametrize("tool", ["s3cmd", "mc", "hadoop", "spark", "s3fs", "unknown"])
def test_names_that_may_be_values_are_not_shown(tool):
    value = "QWERTZUIOPASDFGHJKLYXCVB"
    texts = [
        f"[{value}]\nsecret_key = x\n",
        f"{value} = 1\n{value} 1\n",
        f'{{"{value}": {{"accessKey": "x"}}}}',
        f"<name>a.{value}</name><value>x</value>",
        f"{value.lower()}:{SHAPE}:y",
    ]

    for text in texts:
        names = " ".join(one.name for one in read_store(tool, text.encode()).values())
        assert value.lower() not in names.lower()


@given(
    st.sampled_from(["s3cmd", "mc", "hadoop", "spark", "s3fs", "kubernetes"]),
    st.binary(max_size=300),
)
def test_nothing_raises(tool, data):
    read_store(tool, data)
    read_store(tool, b'[x]\n"a":{"url":"' + data + b'"}<name>a</name><value>' + data)
