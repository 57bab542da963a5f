"""The judge of the AWS SDK for PHP, what set-ups get on top, and how its verdicts are compared."""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

from credlint.model.key_id import parse_key_id
from credlint.model.trace import Trace
from tests.conformance.judge import LineJudge
from tests.conformance.profile_kinds import ACCOUNT, NAMES
from tests.conformance.setups import SetUp

SDKS = ("php-v3",)
MOODS_BY_PORT = False
SERVICES = "answer"
_DRIVER = Path(__file__).parents[1] / "drivers" / "php" / "driver.php"
# The SDK is no package of the registries here: name a folder whose vendor/autoload.php loads it.
SDK_VARIABLE = "CREDLINT_TEST_PHP_SDK"


def missing(sdk: str) -> Optional[str]:  # noqa: ARG001  there is one
    """Return why the driver cannot be run, None when it can."""
    if shutil.which("php") is None:
        return "no PHP (php) is installed"
    named = os.environ.get(SDK_VARIABLE)
    if not named:
        return f"{SDK_VARIABLE} names no folder with aws-sdk-php"
    loader = Path(named) / "vendor" / "autoload.php"
    return None if loader.is_file() else f"{SDK_VARIABLE}: there is no {loader}"


class Judge(LineJudge):
    """One process per run; each set-up has a forked child of it."""

    def __init__(self, sdk: str) -> None:  # noqa: ARG002  there is one
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
        super().__init__(["php", str(_DRIVER), os.environ[SDK_VARIABLE]], environment)


_SHARED = (".aws/config", ".aws/credentials")
_LINES = (
    "[ dev ]",
    "[dev] # comment",
    "[dev] ; comment",
    "[dev] text",
    "[profile\tprod]",
    "[profile   ops]",
    "  [profile ops]",
    "\t[ops]",
    "[]",
    "[dev]",
    "[default]",
    "[profile default]",
    "[profile profile base]",
    "[base]",
    "# comment",
    "  # comment",
    "  # comment (old)",
    "; comment (old)",
    'region = "eu-north-1" # comment',
    "region = eu-north-1 ; comment",
    "region = eu-north-1;comment",
    "region=",
    "region = yes",
    "region = 'eu-north-1'",
    'region = "eu-north-1"',
    "region = a|b",
    "region = ${AWS_REGION}",
    "REGION = eu-north-1",
    "  region = eu-north-1",
    "region: eu-north-1",
    "  continued (here)",
    "  nested = value",
    "s3[x] = y",
    "role_arn =",
    "role_arn = null",
    f"role_arn = arn:aws:iam::{ACCOUNT}:role/inserted",
    "role_arn = arn:aws:iam::1:role/a",
    "source_profile = base",
    "source_profile = profile base",
    'source_profile = "default"',
    "source_profile = 0",
    "credential_source = Environment",
    "credential_source = EcsContainer",
    "credential_source = Ec2InstanceMetadata",
    "role_session_name = x",
    "mfa_serial = GAHT1234",
    "aws_session_token =",
    "aws_secret_access_key = ",
    "aws_access_key_id = @@key-id:AKIA:123456789012:inserted@@",
    "aws_secret_access_key = @@secret-key:inserted@@",
    "web_identity_token_file = {HOME}/tokens/good",
    "credential_process = give",
    "credential_process = give ; rm",
    "credential_process = ",
    "ec2_metadata_service_endpoint_mode = ipv4",
    "ec2_metadata_service_endpoint_mode = IPv4",
    "ec2_metadata_v1_disabled = on",
    "ec2_metadata_v1_disabled = true",
    "sso_session = ",
)


def extended(setup: SetUp, seed: int, number: int) -> SetUp:
    """Return the set-up with what only PHP reads or reads in its own way."""
    dice = random.Random(f"php:{seed}:{number}")  # noqa: S311  repeatable
    environment, files = dict(setup.environment), dict(setup.files)
    if dice.random() < 0.15:
        environment["AWS_SDK_LOAD_NONDEFAULT_CONFIG"] = dice.choice(("1", "true", "0", ""))
    if dice.random() < 0.04:
        name = dice.choice(
            ("AWS_PROFILE", "AWS_REGION", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")
        )
        environment[name] = "0"
    if dice.random() < 0.25:
        _add_roles(environment, files, dice)
    for path in _SHARED:
        text = files.get(path)
        if text is not None and not text.startswith("base64:"):
            files[path] = _spoiled(text, path, dice)
    files.setdefault("tokens/good", "made.up.token")
    profile = setup.profile
    if profile is not None:
        # With a profile the chain is short: ask for one less often.
        profile = dice.choice((None, profile, dice.choice(NAMES)))
    return replace(setup, environment=environment, files=files, profile=profile)


def _add_roles(environment: dict[str, str], files: dict[str, str], dice: random.Random) -> None:
    """Add roles whose source profiles PHP finds, to either file, and choose one of them."""
    path = dice.choice(_SHARED)
    text = files.get(path, "")
    if text.startswith("base64:") or "\r" in text:
        return
    prefix = "profile " if path == ".aws/config" else ""
    source = f"source_profile = {prefix}php-base"
    named = ("Environment", "EcsContainer", "Ec2InstanceMetadata", "environment")
    own = dice.choice((source, source, source, *(f"credential_source = {one}" for one in named)))
    base = dice.choice(_BASES).replace("PREFIX", prefix)
    more = dice.choice(("", "", "", *_MORE))
    role = f"role_arn = arn:aws:iam::{ACCOUNT}:role/php\n{own}\n{more}"
    files[path] = f"{text}\n[{prefix}php-role]\n{role}[{prefix}php-base]\n{base}"
    environment["AWS_PROFILE"] = "php-role"


def _pair(name: str) -> str:
    return (
        f"aws_access_key_id = @@key-id:AKIA:{ACCOUNT}:{name}@@\n"
        f"aws_secret_access_key = @@secret-key:{name}@@\n"
    )


_KEYS = _pair("b")
_BASE_ROLE = f"role_arn = arn:aws:iam::{ACCOUNT}:role/base\n"
_BASES = (
    _KEYS,
    _KEYS,
    _KEYS + "region = eu-west-1\n",
    _KEYS + "region =\n",
    _KEYS + _BASE_ROLE + "source_profile = PREFIXphp-role\n",
    _BASE_ROLE + "source_profile = PREFIXphp-base\n",
    _BASE_ROLE + f"source_profile = PREFIXphp-deep\n[PREFIXphp-deep]\n{_KEYS}",
    _BASE_ROLE + "credential_source = Environment\n",
    "region = eu-west-1\n",
    "credential_process = give\n",
)
_MORE = (
    "credential_source = Environment\n",
    "role_session_name = x\n",
    "role_session_name = someone\n",
    "mfa_serial = arn:aws:iam::123456789012:mfa/u\n",
    "external_id = abc\n",
    _pair("r"),
    "web_identity_token_file = {HOME}/tokens/good\n",
    "web_identity_token_file = tokens/good\n",
)


def _spoiled(text: str, path: str, dice: random.Random) -> str:
    """Return a file with lines that PHP reads in its own way."""
    if dice.random() < 0.3:
        # PHP takes the config file's source profiles by the whole name of their section.
        text = text.replace("source_profile = ", "source_profile = profile ", 1)
    if path == ".aws/config" and dice.random() < 0.3:
        text = text.replace("[profile ", "[", 2)
    if dice.random() < 0.25:
        ending = "\n" if "\n" in text else "\r"
        lines = text.split(ending)
        for _ in range(dice.choice((1, 1, 2, 4))):
            lines.insert(dice.randrange(len(lines) + 1), dice.choice(_LINES))
        text = ending.join(lines)
    return text


def disagreement(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Return in what our trace and the verdict of the real SDK differ, None when they agree."""
    if verdict["renewing"] and "must be renewed" in str(trace.step("sso_profile")):
        return None  # the stand-in renews no token; we tell that it is tried and succeeds
    ours, real = _ours(trace), _real(verdict)
    if ours != real:
        return f"credentials: ours {ours}, real {real} {verdict.get('message', '')}"
    problem = _identity(trace, verdict)
    if problem is None and not any("the region cannot be told" in note for note in trace.notes):
        region = trace.region.value or ""
        if region != verdict["region"]:
            problem = f"region: ours {region!r}, real {verdict['region']!r}"
    return problem


def _ours(trace: Trace) -> str:
    if trace.outcome == "error":
        return "endless"
    return trace.winner.source if trace.winner else "none"


# The names of the SDK's own chain.
_NAMES = {
    "env": "env",
    "sso": "sso_profile",
    "process_credentials": "process_credentials_file",
    "process_config": "process_config_file",
    "ecs": "container",
    "instance": "imds",
}


def _real(verdict: dict[str, Any]) -> str:
    if verdict["stage"] != "credentials":
        return str(verdict["stage"])
    name = verdict["source"]
    if name in {"ini", "ini_config"}:
        kind = "role" if verdict["assumed"] else "static"
        return f"{kind}_{'config' if name == 'ini_config' else 'credentials'}_file"
    return str(_NAMES.get(name, name))


def _identity(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    winner = trace.winner
    if winner is None or winner.offer is None or verdict["stage"] != "credentials":
        return None
    if verdict["role"] is not None and winner.offer.role != verdict["role"]:
        return f"role: ours {winner.offer.role}, real {verdict['role']}"
    if winner.offer.kind == "dynamic":
        return None
    key = winner.offer.key_id
    tail = verdict["key_tail"] if "key_tail" in verdict else _tail(verdict["key"])
    shown = (key.last_four if key else None, winner.offer.has_token)
    wanted = (tail, verdict["token"])
    return None if shown == wanted else f"key: ours {shown}, real {wanted}"


def _tail(key: str) -> Optional[str]:
    found = parse_key_id(key)
    return found.last_four if found else None
