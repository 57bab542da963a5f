"""What the rules of the network say of botocore, asked of the installed botocore itself."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import botocore
import botocore.session
import botocore.utils
import pytest

from credlint.checks.partitions import is_opt_in, partitions
from tests.checks.running import findings_of, rule

IMDS = "http://169.254.169.254/"


@pytest.fixture
def surroundings(monkeypatch, tmp_path):
    """Let botocore see these variables and no files."""
    for name in ("HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))

    def put(variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return put


def host_of(service, region="eu-west-1"):
    session = botocore.session.Session()
    session.set_credentials("x", "x")
    client = session.create_client(service, region_name=region)
    return urlsplit(client.meta.endpoint_url).hostname


def test_the_regions_are_those_of_botocore():
    path = Path(botocore.__file__).parent / "data" / "partitions.json"
    table = json.loads(path.read_text("utf-8"))["partitions"]
    expected = {one["id"]: {n for n in one["regions"] if not n.endswith("global")} for one in table}

    assert {one.id: set(one.names) for one in partitions()} == expected


def test_every_region_has_the_prefix_of_its_partition():
    for one in partitions():
        assert all(name.startswith(one.prefixes) for name in one.names)


def test_botocore_asks_the_own_endpoint_of_regions_that_are_switched_on(surroundings):
    surroundings({"AWS_STS_REGIONAL_ENDPOINTS": "legacy"})
    names = [name for one in partitions() if one.id == "aws" for name in one.names]

    asked_globally = {name for name in names if host_of("sts", name) == "sts.amazonaws.com"}

    assert asked_globally
    assert not any(is_opt_in(name) for name in asked_globally)


@pytest.mark.parametrize(
    ("flag", "host"),
    [("1", "localhost"), ("yes", "localhost"), ("True", "sts.eu-west-1.amazonaws.com")],
)
def test_only_true_makes_botocore_ignore_endpoints(flag, host, surroundings):
    surroundings(
        {
            "AWS_ENDPOINT_URL": "http://localhost:4566",
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": flag,
        }
    )

    assert host_of("sts") == host


def proxied_samples():
    for code in ("CHN412", "CHN413"):
        for kind in ("match", "no_match"):
            for sample in getattr(rule(code), kind):
                variables = sample.get("environment", {})
                keys = "AWS_ACCESS_KEY_ID" in variables
                if "ec2" in sample.get("contexts", ()) and sample.get("imds") and not keys:
                    yield pytest.param(sample, id=f"{code}: {sample['description']}")


@pytest.mark.parametrize("sample", list(proxied_samples()))
def test_botocore_asks_the_proxy_where_the_rules_say_so(sample, surroundings, tmp_path):
    surroundings(sample["environment"])
    asked = {**sample, "sdk": ["boto3"]}

    told = findings_of("CHN412", asked, tmp_path) + findings_of("CHN413", asked, tmp_path)

    assert bool(told) == ("http" in botocore.utils.get_environ_proxies(IMDS))
