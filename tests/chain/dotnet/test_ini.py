"""The ini reader of .NET (IniFile.cs, ProfileIniFile.cs) and the files that it is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from tests.chain.support import ACCOUNT, SSO, SSO_CACHE, pair, trace_of, verdict

FOUND = "static_credentials_file P1"
P1 = pair("P1")
KEY_LINE, SECRET_LINE = P1.splitlines()
TOKEN = "aws_session_token = @@session-token:P1@@\n"  # noqa: S105  a placeholder

# What stands in the credentials file, and whether the profile p1 is found there.
TEXTS: dict[str, tuple[str, str]] = {
    "IniFile.Validate: a line without = takes everything away": (f"[p1]\n{P1}garbage\n", "none"),
    "IniFile.Validate: a colon is none": (f"[p1]\n{P1}[x]\nregion: r1\n", "none"),
    "IniFile.Validate: text behind a header": (f"[p1] # team\n{P1}", "none"),
    "IniFile.Validate: = in the text behind a header makes it a property": (
        f"[p1] # a=b\n{P1}",
        "none",
    ),
    "IniFile.Validate: a setting above all headers is passed over": (f"x = y\n[p1]\n{P1}", FOUND),
    "IniFile.Validate: a setting without a name": (f"[p1]\n{P1}= y\n", FOUND),
    "IniFile.IsCommentOrBlank: comments of both kinds, indented": (
        f"  # a\n[p1]\n ; b\n{P1}\t#c\n",
        FOUND,
    ),
    "IniFile.TryParseSection: blanks around and inside": (f"  [  p1  ]  \n{P1}", FOUND),
    "IniFile.TryParseSection: quotes belong to the name": (f'["p1"]\n{P1}', "none"),
    "IniFile.TryParseSection: an empty header": (f"[]\n{P1}[p1]\n{P1}", FOUND),
    "IniFile.TryParseProperty: indented settings": (
        f"[p1]\n  {KEY_LINE}\n\t{SECRET_LINE}\n",
        FOUND,
    ),
    "IniFile.TryParseProperty: a header with = is a property inside a section": (
        f"[p1]\n{KEY_LINE}\n[a=b]\n{SECRET_LINE}\n",
        FOUND,
    ),
    "IniFile.TryGetSection: the first of two sections": (f"[p1]\n{P1}[p1]\n{TOKEN}", FOUND),
    "IniFile.TryGetSection: the first of two sections, empty": (f"[p1]\n[p1]\n{P1}", "none"),
    "IniFile.IsDuplicateProperty: twice in any case": (
        f"[p1]\n{P1}AWS_ACCESS_KEY_ID = x\n",
        "none",
    ),
    "IniFile.IsDuplicateProperty: twice in another profile": (
        f"[p1]\n{P1}[p2]\nx = 1\nx = 2\n",
        FOUND,
    ),
    "ProfileIniFile.TryGetSection: with the marker": (f"[profile p1]\n{P1}", FOUND),
    "ProfileIniFile.TryGetSection: blanks behind the marker": (f"[profile \t p1]\n{P1}", FOUND),
    "ProfileIniFile.TryGetSection: the marker with its case": (f"[Profile p1]\n{P1}", "none"),
    "ProfileIniFile.TryGetSection: the plain one first": (
        f"[profile p1]\n{P1}{TOKEN}[p1]\n{P1}",
        FOUND,
    ),
    "ProfileIniFile.TryGetSection: the marked one when the plain one has a property twice": (
        f"[p1]\nx = 1\nx = 2\n[profile p1]\n{P1}",
        FOUND,
    ),
    "IniFile.TryParseSubproperties: a block below an empty value": (
        f"[p1]\ns3 =\n  aws_session_token = x\n{P1}",
        FOUND,
    ),
    "IniFile.TryParseSubproperties: a blank line goes on": (
        f"[p1]\ns3 =\n\n  aws_session_token = x\n{P1}",
        FOUND,
    ),
    "IniFile.TryParseSubproperties: an indented header ends it": (
        f"[x]\ns3 =\n  [p1]\n{P1}",
        FOUND,
    ),
    "IniFile.TryParseSubproperties: a value keeps indented settings out of the block": (
        f"[p1]\n{P1}s3 = x\n  {TOKEN}",
        f"{FOUND}+token",
    ),
    "OptimisticLockedTextFile: carriage returns alone": (f"[p1]\n{P1}".replace("\n", "\r"), FOUND),
    "OptimisticLockedTextFile: both": (f"[p1]\n{P1}".replace("\n", "\r\n"), FOUND),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text(tmp_path: Path, name: str) -> None:
    text, expected = TEXTS[name]
    scenario = {"environment": {"AWS_PROFILE": "p1"}, "files": {"credentials": text}}

    assert verdict(trace_of(tmp_path, scenario, "dotnet-v3")) == expected


def test_comment_behind_a_value_belongs_to_it(tmp_path: Path) -> None:
    text = f"[default]\n{KEY_LINE} # team\n{SECRET_LINE}\n"

    trace = trace_of(tmp_path, {"files": {"credentials": text}}, "dotnet-v3")

    assert trace.winner is not None
    assert trace.winner.detail == 'a malformed key id in profile "default" of the credentials file'


def test_byte_order_mark_is_no_part_of_the_first_header(tmp_path: Path) -> None:
    text = f"[default]\nregion = eu-west-1\n{P1.replace('@@key', 'x@@key')}"
    data = b"\xef\xbb\xbf" + text.replace("@@", "").encode()
    scenario = {"files": {"credentials": {"hex": data.hex()}}}

    trace = trace_of(tmp_path, scenario, "dotnet-v3")

    assert trace.region.value == "eu-west-1"


CONFIG = f"[profile p1]\n{pair('CFG')}"
OWN = f"[p1]\n{P1}"
ROWS: dict[str, tuple[dict[str, Any], Optional[str], str]] = {
    "SharedCredentialsFile.TryGetSection: the credentials file's settings win": (
        {"files": {"config": f"{CONFIG}{TOKEN}", "credentials": OWN}},
        "p1",
        f"{FOUND}+token",
    ),
    "SharedCredentialsFile.TryGetSection: a pair may stand in two files": (
        {
            "files": {
                "config": f"[profile p1]\n{SECRET_LINE}\n",
                "credentials": f"[p1]\n{KEY_LINE}\n",
            }
        },
        "p1",
        FOUND,
    ),
    "SharedCredentialsFile.TryGetSection: the config file's spelling stays": (
        {
            "files": {
                "config": "[profile p1]\nAWS_ACCESS_KEY_ID = x\n",
                "credentials": OWN,
            }
        },
        "p1",
        "InvalidDataException",
    ),
    "SharedCredentialsFile.TryGetSection: no marker, no profile in the config file": (
        {"files": {"config": OWN}},
        "p1",
        "AmazonClientException",
    ),
    "SharedCredentialsFile.TryGetSection: default without marker": (
        {"files": {"config": f"[default]\n{P1}"}},
        "default",
        "static_config_file P1",
    ),
    "SharedCredentialsFile.TryGetSection: default with marker": (
        {"files": {"config": f"[profile default]\n{P1}"}},
        "default",
        "static_config_file P1",
    ),
    "SharedCredentialsFile..cctor: a variable that names no file counts for none": (
        {
            "environment": {"AWS_SHARED_CREDENTIALS_FILE": "{home}/gone"},
            "files": {"credentials": OWN},
        },
        "p1",
        FOUND,
    ),
    "SharedCredentialsFile..cctor: a folder is no file": (
        {
            "environment": {"AWS_SHARED_CREDENTIALS_FILE": "{home}"},
            "files": {"credentials": OWN},
        },
        "p1",
        FOUND,
    ),
    "SharedCredentialsFile..cctor: the tilde is not expanded": (
        {
            "environment": {"AWS_CONFIG_FILE": "~/mine"},
            "files": {"mine": CONFIG, "config": f"[profile p1]\n{P1}"},
        },
        "p1",
        "static_config_file P1",
    ),
    "SharedCredentialsFile.Refresh: the config file beside the credentials file": (
        {
            "environment": {"AWS_SHARED_CREDENTIALS_FILE": "{home}/other/keys"},
            "files": {"other/keys": "[x]\n", "other/config": f"[profile p1]\n{P1}"},
        },
        "p1",
        "static_config_file P1",
    ),
    "SharedCredentialsFile.Refresh: not the usual config file then": (
        {
            "environment": {"AWS_SHARED_CREDENTIALS_FILE": "{home}/other/keys"},
            "files": {"other/keys": "[x]\n", "config": CONFIG},
        },
        "p1",
        "AmazonClientException",
    ),
    "SharedCredentialsFile.Refresh: but the variable's, or the usual one where it names none": (
        {
            "environment": {
                "AWS_SHARED_CREDENTIALS_FILE": "{home}/other/keys",
                "AWS_CONFIG_FILE": "{home}/gone",
            },
            "files": {"other/keys": "[x]\n", "config": f"[profile p1]\n{P1}"},
        },
        "p1",
        "static_config_file P1",
    ),
    "SharedCredentialsFile.Refresh: the usual files named by a variable": (
        {
            "environment": {"AWS_SHARED_CREDENTIALS_FILE": "{home}/.aws/credentials"},
            "files": {"credentials": "[x]\n", "config": f"[profile p1]\n{P1}"},
        },
        "p1",
        "static_config_file P1",
    ),
    "SharedCredentialsFile.TryGetProfile: services without a config file": (
        {"files": {"credentials": f"{OWN}services = x\n"}},
        "p1",
        "NullReferenceException",
    ),
    "SharedCredentialsFile.TryGetProfile: services are not looked up when ignored": (
        {"files": {"credentials": f"{OWN}services = x\nignore_configured_endpoint_urls = true\n"}},
        "p1",
        FOUND,
    ),
    "SharedCredentialsFile.TryGetProfile: services with a config file": (
        {"files": {"credentials": f"{OWN}services = x\n", "config": "[x]\n"}},
        "p1",
        FOUND,
    ),
    "RegionEndpoint.GetBySystemName: a region that is none": (
        {"files": {"credentials": f"{OWN}region = eu west\n"}},
        "p1",
        "ArgumentException",
    ),
    "RegionEndpoint.GetBySystemName: an empty region": (
        {"files": {"credentials": f"{OWN}region =\n"}},
        "p1",
        "ArgumentException",
    ),
    "SharedCredentialsFile.TryGetProfile: an IMDS address that is none": (
        {"files": {"credentials": f"{OWN}ec2_metadata_service_endpoint = nonsense\n"}},
        "p1",
        "AmazonClientException",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_file(tmp_path: Path, name: str) -> None:
    scenario, profile, expected = ROWS[name]

    assert verdict(trace_of(tmp_path, scenario, "dotnet-v3", profile)) == expected


# SharedCredentialsFile.TryGetProfile: one value of another form, and the profile is not found.
VALUES = {
    "retry_mode = Standard": True,
    "retry_mode = turbo": False,
    "retry_mode = 1": True,
    "retry_mode = standard , legacy": True,
    "max_attempts = 3": True,
    "max_attempts =  +3 ": True,
    "max_attempts = 0": False,
    "max_attempts = many": False,
    "max_attempts = 99999999999": False,
    "use_fips_endpoint = True": True,
    "use_fips_endpoint = yes": False,
    "use_fips_endpoint =": False,
    "s3_use_arn_region = 1": False,
    "ec2_metadata_v1_disabled = false": True,
    "ec2_metadata_service_endpoint_mode = IPV6": True,
    "ec2_metadata_service_endpoint_mode = both": False,
    "request_min_compression_size_bytes = -1": False,
    "request_min_compression_size_bytes = 10485760": True,
    "request_checksum_calculation = WHEN_REQUIRED": True,
    "request_checksum_calculation = never": False,
    "account_id_endpoint_mode = preferred # comment": False,
    "toolkit_artifact_guid = 6b8a1b6e-0000-0000-0000-000000000000": True,
    "toolkit_artifact_guid = none": False,
    "sts_regional_endpoints = regional": True,
    "sts_regional_endpoints = global": False,
    "defaults_mode = InRegion": True,
}


@pytest.mark.parametrize("line", VALUES)
def test_value(tmp_path: Path, line: str) -> None:
    scenario = {"files": {"credentials": f"{OWN}{line}\n"}}

    found = verdict(trace_of(tmp_path, scenario, "dotnet-v3", "p1"))

    assert found == (FOUND if VALUES[line] else "AmazonClientException")


def test_account_of_the_keys_is_told(tmp_path: Path) -> None:
    trace = trace_of(tmp_path, {"files": {"credentials": OWN}}, "dotnet-v3", "p1")

    assert trace.winner is not None
    assert trace.winner.offer is not None
    assert trace.winner.offer.account == ACCOUNT
    assert trace.winner.location is not None
    assert trace.winner.location.display() == "~/.aws/credentials:2"


def test_files_that_stand_in_are_looked_at_too(tmp_path: Path) -> None:
    scenario = {
        "environment": {"AWS_CONFIG_FILE": "{home}"},
        "files": {"config": f"[profile p1]\n{SSO}"},
        "sso_cache": SSO_CACHE,
    }

    assert verdict(trace_of(tmp_path, scenario, "dotnet-v3", "p1")) == "sso_profile"
