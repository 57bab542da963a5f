"""What the rules about named files say of botocore, asked of the installed botocore itself."""

from __future__ import annotations

import botocore.credentials
import botocore.exceptions
import botocore.session
import botocore.utils
import pytest

from tests.checks.running import rule
from tests.support.scenario import build_request

VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ROLE_ARN")
# boto3 starts none of these; the rest of CHN220's samples is about other SDKs or luck.
STARTED = ("a name on PATH of a laptop: note", "a name on PATH elsewhere: warning")


@pytest.fixture
def host(tmp_path, monkeypatch):
    """Write a sample's files and let botocore see them, and nothing else."""

    def write(sample):
        scenario = {k: v for k, v in sample.items() if k not in ("description", "expect", "sdk")}
        request = build_request(scenario, tmp_path)
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in request.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

    return write


def samples(code, kind):
    return [
        pytest.param(sample, id=f"{code}: {sample['description']}")
        for sample in getattr(rule(code), kind)
    ]


@pytest.mark.parametrize("sample", samples("CHN307", "match"))
def test_botocore_refuses_the_session(sample, host):
    host(sample)
    (name,) = [
        name
        for name, profile in botocore.session.Session().full_config["profiles"].items()
        if "sso_session" in profile
    ]

    with pytest.raises(botocore.exceptions.InvalidConfigError):
        botocore.session.Session(profile=name).get_credentials().get_frozen_credentials()


@pytest.mark.parametrize("sample", samples("CHN307", "no_match"))
def test_botocore_accepts_the_session(sample, host):
    host(sample)

    credentials = botocore.session.Session().get_credentials()

    # There is no token: the session is found whole before that is seen.
    with pytest.raises(botocore.exceptions.SSOTokenLoadError):
        credentials.get_frozen_credentials()


@pytest.mark.parametrize("sample", samples("CHN308", "match"))
def test_botocore_stops_at_the_cached_session(sample, tmp_path, host):
    host(sample)
    cache = botocore.utils.JSONFileCache(str(tmp_path / "home/.aws/cli/cache"))
    fetcher = botocore.credentials.AssumeRoleCredentialFetcher(
        None, None, "arn:aws:iam::123456789012:role/r", cache=cache
    )
    fetcher._cache_key = "0a1b"

    with pytest.raises((KeyError, TypeError)):
        fetcher.fetch_credentials()


@pytest.mark.parametrize(
    "sample",
    [
        one
        for one in samples("CHN220", "match")
        if one.values[0]["description"] not in STARTED
        and "boto3" in one.values[0]["expect"].get("sdks", ["boto3"])
    ],
)
def test_botocore_gets_nothing_from_the_process(sample, host):
    host(sample)
    name = next(iter(botocore.session.Session().available_profiles))

    with pytest.raises((OSError, ValueError, botocore.exceptions.CredentialRetrievalError)):
        botocore.session.Session(profile=name).get_credentials().get_frozen_credentials()


@pytest.mark.parametrize("sample", samples("CHN222", "match"))
def test_botocore_passes_a_missing_file_over(sample, host):
    host(sample)

    profiles = botocore.session.Session().full_config["profiles"]

    # What Go takes for missing is there for botocore, which expands ~ and $NAME.
    assert bool(profiles) == ("expand" in sample["expect"]["message"])
