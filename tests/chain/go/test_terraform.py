"""What Terraform does with its provider block around what Go v2 does."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from tests.chain.support import (
    ACCOUNT,
    ARN,
    DEFAULT,
    THREE,
    TOKENS,
    WEB,
    config,
    ecs,
    env,
    pair,
    trace_of,
    verdict,
)

REGION = {"AWS_REGION": "eu-west-1"}
KEYS = f'  access_key = "@@key-id:AKIA:{ACCOUNT}:ALL@@"\n  secret_key = "@@secret-key:ALL@@"\n'
ROLE = f'  assume_role {{\n    role_arn = "{ARN}"\n  }}\n'
OTHER_ARN = ARN.replace("worker", "other")
INSTANCE = {
    "contexts": ["ec2"],
    "imds": {"role": "r", "v1": True, "v2": True, "region": "us-east-1"},
}


def _web(token: str) -> str:
    return f'  assume_role_with_web_identity {{\n    role_arn = "{ARN}"\n    {token}\n  }}\n'


def tf(body: str, **more: Any) -> dict[str, Any]:
    environment = {**REGION, **more.pop("environment", {})}
    text = f'provider "aws" {{\n{body}}}\n'
    return {"terraform": {"main.tf": text}, "environment": environment, **more}


ROWS: dict[str, tuple[dict[str, Any], Optional[str], str]] = {
    "keys of the environment without a block": (
        {"environment": env(**REGION)},
        None,
        "env ENV",
    ),
    "keys of the block come first": (tf(KEYS, environment=env()), None, "provider_block ALL"),
    "half a pair of the block": (
        tf('  access_key = "x"\n', environment=env()),
        None,
        "StaticCredentialsEmptyError",
    ),
    "a token alone": (
        tf('  token = "x"\n', environment=env()),
        None,
        "StaticCredentialsEmptyError",
    ),
    "empty keys are none": (tf('  access_key = ""\n', environment=env()), None, "env ENV"),
    "keys need sound files all the same": (
        tf(KEYS + '  profile = "gone"\n'),
        None,
        "SharedConfigProfileNotExistError",
    ),
    "keys that are variables": (tf("  access_key = var.key\n"), None, "none?"),
    "the profile of the block beats keys of the environment": (
        tf('  profile = "p1"\n', environment=env(), files=THREE),
        None,
        "static_credentials_file P1",
    ),
    "and AWS_PROFILE": (
        tf('  profile = "p1"\n', environment={"AWS_PROFILE": "p2"}, files=THREE),
        None,
        "static_credentials_file P1",
    ),
    "AWS_PROFILE does not beat keys": (
        tf("", environment=env(AWS_PROFILE="p2"), files=THREE),
        None,
        "env ENV",
    ),
    "files of the block": (
        tf(
            '  shared_credentials_files = ["~/own"]\n',
            files={**DEFAULT, "own": f"[default]\n{pair('P1')}"},
        ),
        None,
        "static_credentials_file P1",
    ),
    "of several files the last counts": (
        tf(
            '  shared_credentials_files = ["{home}/own", "$HOME/more"]\n',
            files={"own": f"[default]\n{pair('P1')}", "more": f"[default]\n{pair('P2')}"},
        ),
        None,
        "static_credentials_file P2",
    ),
    "another user's home": (tf('  shared_config_files = ["~x/y"]\n'), None, "error"),
    "a role on top": (tf(ROLE, environment=env()), None, "provider_assume_role"),
    "a role without arn is passed over": (
        tf("  assume_role {\n  }\n", environment=env()),
        None,
        "env ENV",
    ),
    "not where there are two": (
        tf(f"  assume_role {{\n  }}\n{ROLE}", environment=env()),
        None,
        "validation",
    ),
    "a role that is no ARN": (
        tf('  assume_role {\n    role_arn = "short"\n  }\n', environment=env()),
        None,
        "validation",
    ),
    "a role that is a variable": (
        tf("  assume_role {\n    role_arn = var.role\n  }\n", environment=env()),
        None,
        "provider_assume_role",
    ),
    "a key that no request can carry": (
        tf(ROLE, files={"credentials": DEFAULT["credentials"].replace("\n", "\n  more\n", 2)}),
        None,
        "CannotAssumeRoleError",
    ),
    "which is no one's concern without a role": (
        tf("", files={"credentials": DEFAULT["credentials"].replace("\n", "\n  more\n", 2)}),
        None,
        "static_credentials_file",
    ),
    "a role without credentials": (tf(ROLE), None, "none"),
    "a web identity of the block beats keys of the environment": (
        tf(_web('web_identity_token_file = "~/tokens/web"'), environment=env(), files=TOKENS),
        None,
        "provider_web_identity",
    ),
    "but what Go would have chosen must be sound": (
        tf(
            _web('web_identity_token = "made.up"'),
            environment={"AWS_WEB_IDENTITY_TOKEN_FILE": "/x"},
        ),
        None,
        "error",
    ),
    "a web identity without its file": (
        tf(_web('web_identity_token_file = "/gone"')),
        None,
        "CannotAssumeRoleWithWebIdentityError",
    ),
    "a web identity without a token": (tf(_web("")), None, "validation"),
    "what fails at first use elsewhere ends Terraform": (
        {
            **config("[default]\ncredential_process = /gone/x\n"),
            "environment": REGION,
        },
        None,
        "NoValidCredentialSourcesError",
    ),
    "no region": ({"environment": env()}, None, "InvalidRegionError"),
    "an unknown region": (
        tf('  region = "eu-north-9"\n', environment=env()),
        None,
        "InvalidRegionError",
    ),
    "which may be allowed": (
        tf('  region = "eu-north-9"\n  skip_region_validation = true\n', environment=env()),
        None,
        "env ENV",
    ),
    "a region that is a variable is taken to be one": (
        tf("  region = var.region\n", environment=env()),
        None,
        "env ENV",
    ),
    "a role without a region": (
        {"environment": WEB, "files": TOKENS},
        None,
        "NoValidCredentialSourcesError",
    ),
    "a role of the block without a region": (
        {**tf(ROLE), "environment": env()},
        None,
        "CannotAssumeRoleError",
    ),
    "the instance gives its region with its role": (INSTANCE, None, "imds"),
    "but not through a container": (ecs(), None, "InvalidRegionError"),
    "the block may turn the instance off": (
        {**tf("  skip_metadata_api_check = true\n"), **INSTANCE},
        None,
        "none",
    ),
    "or on": (
        {
            **tf("  skip_metadata_api_check = false\n"),
            **INSTANCE,
            "environment": {"AWS_EC2_METADATA_DISABLED": "true"},
        },
        None,
        "imds",
    ),
    "certificates of the block": (tf('  custom_ca_bundle = "~/gone"\n'), None, "error"),
    "two blocks without alias": (
        {"terraform": {"a.tf": 'provider "aws" {\n}\nprovider "aws" {\n}\n'}},
        None,
        "validation",
    ),
    "a file that cannot be parsed": (
        {"terraform": {"a.tf": 'provider "aws" {\n'}, "environment": env(**REGION)},
        None,
        "env ENV?",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_row(tmp_path: Path, name: str) -> None:
    scenario, profile, expected = ROWS[name]
    scenario = {**scenario, "files": dict(scenario.get("files", {}))}
    trace = trace_of(tmp_path, scenario, "terraform", profile)
    told = "none?" if trace.outcome == "undecided" and trace.winner is None else verdict(trace)

    assert told == expected


def test_role_of_the_block_tells_where_it_stands_and_whose_credentials_it_uses(
    tmp_path: Path,
) -> None:
    second = ROLE.replace(ARN, OTHER_ARN)
    trace = trace_of(tmp_path, tf(ROLE + second, environment=env()), "terraform")

    assert trace.winner is not None
    assert trace.winner.offer is not None
    assert (trace.winner.offer.source, trace.winner.offer.role) == ("env", OTHER_ARN)
    assert trace.winner.location is not None
    assert (trace.winner.location.uri, trace.winner.location.line) == ("main.tf", 5)
    assert [step.status for step in trace.steps if step.source == "env"] == ["shadowed"]


def test_blocks_with_an_alias_are_told(tmp_path: Path) -> None:
    text = 'provider "aws" {\n  alias = "x"\n  access_key = "y"\n}\n'
    scenario = {"terraform": {"main.tf": text}, "environment": env(**REGION)}

    trace = trace_of(tmp_path, scenario, "terraform")

    assert verdict(trace) == "env ENV"
    assert trace.notes == ("the provider block of alias x (main.tf:1) is not looked at",)


def test_region_of_the_block_stands_first(tmp_path: Path) -> None:
    trace = trace_of(tmp_path, tf('  region = "us-west-2"\n', environment=env()), "terraform")

    assert (trace.region.value, trace.region.source) == ("us-west-2", "provider:main.tf")
    assert trace.region.ignored == (("env:AWS_REGION", "eu-west-1"),)
