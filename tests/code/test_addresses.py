"""Which addresses are of AWS, of this machine, and of other stores."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from credlint.code.addresses import SUFFIXES, Address, is_of_aws, names_host_of_aws
from credlint.code.other_stores import (
    goes_elsewhere,
    is_host_of_other,
    is_other_owner,
    points_elsewhere,
)


def test_suffixes_are_those_of_botocore():
    botocore = pytest.importorskip("botocore")
    data = Path(botocore.__file__).parent / "data" / "partitions.json"
    outputs = [each["outputs"] for each in json.loads(data.read_text())["partitions"]]
    known = {each[name] for each in outputs for name in ("dnsSuffix", "dualStackDnsSuffix")}

    assert known <= set(SUFFIXES)


@pytest.mark.parametrize(
    "address",
    [
        "https://s3.amazonaws.com",
        "HTTPS://S3.EU-CENTRAL-1.AMAZONAWS.COM:443/bucket",
        "sqs.cn-north-1.amazonaws.com.cn",
        "https://s3.${var.region}.amazonaws.com",
        "s3.dualstack.eu-west-1.api.aws:443",
    ],
)
def test_of_aws(address):
    assert is_of_aws(address)
    assert names_host_of_aws(f"curl {address} -o x")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://localhost:4566",
        "https://amazonaws.com.evil.example",
        "https://notamazonaws.com",
        "https://x-amazonaws.com",
        "https://evil.example/s3.amazonaws.com",
        "minio:9000",
    ],
)
def test_not_of_aws(address):
    assert not is_of_aws(address)


@pytest.mark.parametrize("text", ["notamazonaws.com", "x-amazonaws.com", "amazonaws.community"])
def test_no_host_of_aws(text):
    assert not names_host_of_aws(text)


@pytest.mark.parametrize(
    ("address", "is_loopback", "is_stand_in"),
    [
        ("http://localhost:4566", True, True),
        ("localhost", True, True),
        ("http://127.0.0.1:9000", True, True),
        ("http://[::1]:4566/", True, True),
        ("https://s3.localhost.localstack.cloud:4566", True, True),
        ("http://host.docker.internal:4566", False, True),
        ("localstack:4566", False, True),
        ("http://minio.storage.svc:9000", False, True),
        ("http://localhost.example.com", False, False),
        ("http://mini.example.com", False, False),
        ("https://s3.amazonaws.com", False, False),
    ],
)
def test_of_this_machine(address, is_loopback, is_stand_in):
    assert Address(address).is_loopback is is_loopback
    assert Address(address).is_stand_in is is_stand_in


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("abc.r2.cloudflarestorage.com", True),
        ("k0s5.la.idrivee2-30.com", True),
        ("s3.gra.io.cloud.ovh.net", True),
        ("wasabisys.com.example.org", False),
        ("s3.amazonaws.com", False),
    ],
)
def test_hosts_of_others(host, expected):
    assert is_host_of_other(host) is expected
    assert goes_elsewhere(f"rclone copy https://{host}/x y".encode()) is expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("AWS_ENDPOINT_URL", "http://minio:9000", True),
        ("S3_HOST", "s3.example.org", True),
        ("AWS_ENDPOINT_URL", "https://s3.eu-west-1.amazonaws.com", False),
        ("AWS_ENDPOINT_URL", "", False),
        ("AWS_ENDPOINT_URL", None, False),
        ("DB_HOST", "postgres", False),
    ],
)
def test_variables(name, value, expected):
    assert points_elsewhere(name, value) is expected


def test_owners():
    assert is_other_owner("R2_ACCESS_KEY_ID")
    assert is_other_owner("do-spaces-key")
    assert not is_other_owner("AWS_SECRET_ACCESS_KEY")
