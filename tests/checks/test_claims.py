"""What the file checks say of botocore, asked of the installed botocore itself."""

from __future__ import annotations

import botocore.configloader
import botocore.exceptions
import botocore.session
import pytest

from tests.checks.running import rule
from tests.support.scenario import build_request

PARSING = ("CHN204", "CHN207")
ROLES = {
    "CHN213": botocore.exceptions.InvalidConfigError,
    "CHN214": botocore.exceptions.InfiniteLoopConfigError,
    "CHN215": botocore.exceptions.PartialCredentialsError,
    "CHN216": botocore.exceptions.InvalidConfigError,
}


def samples(codes, kind):
    return [
        pytest.param(code, sample, id=f"{code}: {sample['description']}")
        for code in codes
        for sample in getattr(rule(code), kind)
    ]


@pytest.fixture
def home_of(tmp_path, monkeypatch):
    """Write a sample's files and let botocore see them, and nothing else."""

    def write(sample):
        scenario = {k: v for k, v in sample.items() if k not in ("description", "expect")}
        build_request(scenario, tmp_path)
        folder = tmp_path / "home/.aws"
        for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "config"))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "credentials"))
        return [path for path in (folder / "config", folder / "credentials") if path.is_file()]

    return write


def read_all(paths):
    return [botocore.configloader.raw_config_parse(str(path)) for path in paths]


def error_of(profile):
    """Return the exception of resolving a profile; deferred credentials come without a call."""
    try:
        botocore.session.Session(profile=profile).get_credentials()
    except botocore.exceptions.BotoCoreError as error:
        return error
    return None


@pytest.mark.parametrize(("code", "sample"), samples(PARSING, "match"))
def test_botocore_refuses_the_file(code, sample, home_of):
    del code
    paths = home_of(sample)

    with pytest.raises(botocore.exceptions.ConfigParseError):
        read_all(paths)


@pytest.mark.parametrize(("code", "sample"), samples(PARSING, "no_match"))
def test_botocore_reads_the_file(code, sample, home_of):
    del code

    paths = home_of(sample)

    assert len(read_all(paths)) == len(paths)


@pytest.mark.parametrize(("code", "sample"), samples(ROLES, "match"))
def test_botocore_stops_with_the_named_error(code, sample, home_of):
    home_of(sample)
    first = next(iter(botocore.session.Session().available_profiles))

    with pytest.raises(ROLES[code]):
        botocore.session.Session(profile=first).get_credentials()


@pytest.mark.parametrize(("code", "sample"), samples(ROLES, "no_match"))
def test_botocore_does_not_stop_with_that_error(code, sample, home_of):
    home_of(sample)

    errors = [error_of(profile) for profile in botocore.session.Session().available_profiles]

    assert [error for error in errors if isinstance(error, ROLES[code])] == []


@pytest.mark.parametrize(("code", "sample"), samples(["CHN210"], "match"))
def test_botocore_does_not_see_the_indented_line(code, sample, home_of):
    del code
    (path,) = home_of(sample)

    (section,) = botocore.configloader.raw_config_parse(str(path)).values()

    assert {"aws_secret_access_key", "profile dev"}.isdisjoint(section)


@pytest.mark.parametrize(("code", "sample"), samples(["CHN209"], "match"))
def test_botocore_keeps_the_comment(code, sample, home_of):
    del code
    (path,) = home_of(sample)

    (section,) = botocore.configloader.raw_config_parse(str(path)).values()

    assert any(" #" in value or " ;" in value for value in section.values())


@pytest.mark.parametrize(("code", "sample"), samples(["CHN202", "CHN203"], "match"))
def test_botocore_does_not_know_the_profile_by_its_name(code, sample, home_of):
    home_of(sample)
    known = botocore.session.Session().available_profiles
    wanted = {"CHN202": {"dev", "my team"}, "CHN203": {"dev"}}[code]

    assert wanted.isdisjoint(known)
