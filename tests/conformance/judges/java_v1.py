"""The judge of the AWS SDK for Java v1, what set-ups get on top, and how verdicts are compared."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any, Optional

from credlint.model.key_id import parse_key_id
from credlint.model.trace import Trace
from tests.conformance.judges.java import Judge, fresh_verdict, missing
from tests.conformance.profile_kinds import ACCOUNT, NAMES
from tests.conformance.setups import SetUp

__all__ = ["Judge", "disagreement", "extended", "fresh_verdict", "missing"]
SDKS = ("java-v1",)
MOODS_BY_PORT = False
SERVICES = "answer"

_LINES = (
    "[profile dev] # comment",
    "[profile dev]",
    "[ dev ]",
    "[dev]",
    "[default]",
    "[profile default]",
    "[Default]",
    "  [ops]  ",
    "region = eu-north-1 # comment",
    "region =",
    "REGION = eu-north-1",
    "  region=eu-north-1",
    "= value",
    "key = value = more",
    "# comment",
    "  # comment",
    "\u2028",
    "a = b\u0085c = d",
    "role_arn =",
    "source_profile =",
    "source_profile = base",
    "credential_source = Environment",
    "aws_session_token =",
    "aws_secret_access_key =",
    "web_identity_token_file = {HOME}/tokens/good",
    "credential_process = give",
    "credential_process =",
    "ec2_metadata_v1_disabled = TRUE",
    "sts_regional_endpoints = Regional",
    "sts_regional_endpoints = maybe",
)
# Each makes the reader refuse the file, which hides all the rest.
_REFUSED = ("; comment", "text", "[dev", "[dev] # comment", "[]", "region: eu-north-1")
_VARIABLES = (
    ("AWS_STS_REGIONAL_ENDPOINTS", ("regional", "LEGACY", "x")),
    ("AWS_METADATA_SERVICE_TIMEOUT", ("1.5", "2d", "", "-1", "0", "x", "1e9", "3000000")),
    ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", ("ipv6", "IPv4")),
    ("AWS_REGION", ("", " eu-west-1 ", "eu west")),
    ("AWS_ROLE_SESSION_NAME", ("me", "me too")),
)
_FILES = (".aws/credentials", ".aws/config", "other/profiles")


def extended(setup: SetUp, seed: int, number: int) -> SetUp:
    """Return the set-up with what only Java v1 reads or reads in its own way."""
    dice = random.Random(f"java-v1:{seed}:{number}")  # noqa: S311  repeatable
    environment, files = dict(setup.environment), dict(setup.files)
    _variables(dice, environment)
    if dice.random() < 0.45:
        environment["AWS_PROFILE"] = dice.choice(("deep", "deep", "deeper"))
        _deep(dice, files)
    for name, alias in (("AWS_ACCESS_KEY_ID", "KEY"), ("AWS_SECRET_ACCESS_KEY", "SECRET")):
        if environment.get("AWS_PROFILE") and dice.random() < 0.6:
            environment.pop(name, None)
            environment.pop(f"AWS_{alias}", None)
    if dice.random() < 0.25:
        files.pop(".aws/credentials", None)  # the other file is then the one of profiles
    _places(dice, environment, files)
    _properties(dice, environment)
    for path in _FILES:
        text = files.get(path)
        if text is not None and not text.startswith("base64:") and dice.random() < 0.2:
            _spoil(dice, files, path)
    files.setdefault("tokens/good", "made.up.token")
    if dice.random() < 0.12:
        environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = dice.choice(
            ("{HOME}/tokens/good",) * 4 + ("tokens/good", "{HOME}/tokens/none", "")
        )
        environment["AWS_ROLE_ARN"] = f"arn:aws:iam::{ACCOUNT}:role/web"
        environment.pop("AWS_ACCESS_KEY_ID", None)
        if dice.random() < 0.6:
            environment["AWS_REGION"] = dice.choice(("eu-west-1", "nowhere", "eu west", "a_b"))
    if "AWS_WEB_IDENTITY_TOKEN_FILE" not in environment and dice.random() < 0.8:
        # It makes the chain ask itself without end, which hides all the rest too often.
        environment.pop("AWS_ROLE_ARN", None)
    return replace(setup, environment=environment, files=files, profile=_profile(setup, dice))


def _profile(setup: SetUp, dice: random.Random) -> Optional[str]:
    if setup.profile is None or dice.random() < 0.4:
        return None
    return dice.choice((setup.profile, *NAMES, "deep"))


def _variables(dice: random.Random, environment: dict[str, str]) -> None:
    if dice.random() < 0.12:
        environment["AWS_ACCESS_KEY"] = f"@@key-id:AKIA:{ACCOUNT}:alias@@"
        if dice.random() < 0.8:
            environment["AWS_SECRET_KEY"] = "@@secret-key:alias@@"  # noqa: S105  a placeholder
    if dice.random() < 0.1:
        name, values = dice.choice(_VARIABLES)
        environment[name] = dice.choice(values)
    if dice.random() < 0.04:
        name = dice.choice(("AWS_ACCESS_KEY_ID", "AWS_SECRET_KEY", "AWS_PROFILE"))
        environment[name] = dice.choice((" ", "", f" {environment.get(name, 'x')} "))


def _deep(dice: random.Random, files: dict[str, str]) -> None:
    """Add a role, and what it is assumed with, to a file of profiles."""
    arn = f"role_arn = arn:aws:iam::{ACCOUNT}:role/{dice.choice(('deep', 'path/deep'))}"
    outer = [
        arn,
        dice.choice(("source_profile = deeper",) * 5 + ("credential_source = Environment",)),
    ]
    for line, chance in (
        ("region = eu-central-1", 0.4),
        ("external_id = @@secret-key:external@@", 0.1),
        ("external_id = x y", 0.05),
        ("role_session_name = me", 0.1),
        ("role_session_name = me too", 0.05),
        ("web_identity_token_file = {HOME}/tokens/good", 0.15),
        ("web_identity_token_file = {HOME}/tokens/none", 0.05),
        ("credential_process = {HOME}/bin/deep", 0.1),
        ("mfa_serial = x", 0.1),
    ):
        if dice.random() < chance:
            outer.append(line)
    keys = [f"aws_access_key_id = @@key-id:AKIA:{ACCOUNT}:deep@@"]
    keys.append("aws_secret_access_key = @@secret-key:deep@@")
    inner = dice.choice(
        (
            keys,
            keys,
            [*keys, "aws_session_token = @@session-token:deep@@"],
            [*keys, arn, "source_profile = deep"],
            ["credential_process = {HOME}/bin/deep"],
            [arn, "source_profile = base"],
        )
    )
    files["bin/deep"] = (
        'exec:#!/bin/sh\necho \'{"Version": 1, "AccessKeyId": "@@key-id:ASIA:123456789012:p@@",'
        ' "SecretAccessKey": "@@secret-key:p@@"}\'\n'
    )
    prefix = dice.choice(("", "", "profile "))
    sections = [[f"[{prefix}deep]", *outer], [f"[{prefix}deeper]", *inner]]
    dice.shuffle(sections)
    path = dice.choice((".aws/credentials", ".aws/credentials", ".aws/config"))
    before = files.get(path, "")
    if not before.startswith("base64:"):
        files[path] = "\n".join([before, *("\n".join(one) for one in sections), ""])


def _places(dice: random.Random, environment: dict[str, str], files: dict[str, str]) -> None:
    if dice.random() < 0.08:
        environment["AWS_CREDENTIAL_PROFILES_FILE"] = dice.choice(
            ("{HOME}/other/profiles",) * 3 + ("{HOME}/none", "{HOME}", "", "~/other/profiles")
        )
        files["other/profiles"] = files.get(".aws/credentials", "[default]\n")
    if dice.random() < 0.12:
        environment["JAVA_TOOL_OPTIONS"] = "-Duser.home={HOME}/entry"
        for path in (".aws/credentials", ".aws/config"):
            if path in files and dice.random() < 0.7:
                files[f"entry/{path}"] = files.pop(path)


def _properties(dice: random.Random, environment: dict[str, str]) -> None:
    definitions = []
    if dice.random() < 0.15:
        definitions.append(f"-Daws.accessKeyId=@@key-id:AKIA:{ACCOUNT}:property@@")
        secret = dice.choice(("aws.secretKey",) * 4 + ("aws.secretAccessKey",))
        definitions.append(f"-D{secret}=@@secret-key:property@@")
        if dice.random() < 0.3:
            definitions.append("-Daws.sessionToken=@@session-token:p@@")
    for name, values in (
        ("aws.region", ("eu-north-1", "", "'eu north-1'")),
        ("aws.profile", ("dev", "missing", "", "deep")),
        ("com.amazonaws.sdk.disableEc2Metadata", ("true", "false", "1")),
        ("com.amazonaws.sdk.disableEc2MetadataV1", ("TRUE", "no")),
    ):
        if dice.random() < 0.03:
            definitions.append(f"-D{name}={dice.choice(values)}")
    name = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
    if dice.random() < 0.02 and environment.get(name, "").startswith("{SERVER}"):
        # Both say the same: only one of them is probed.
        given = environment[name]
        definitions.append(f"-Dcom.amazonaws.sdk.ec2MetadataServiceEndpointOverride={given}")
    dice.shuffle(definitions)
    for definition in definitions:
        variable = dice.choice(("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"))
        environment[variable] = f"{environment.get(variable, '')} {definition}"


def _spoil(dice: random.Random, files: dict[str, str], path: str) -> None:
    ending = "\n" if "\n" in files[path] else "\r"
    lines = files[path].split(ending)
    for _ in range(dice.choice((1, 1, 2, 4))):
        new = dice.choice(_LINES if dice.random() < 0.95 else _REFUSED)
        lines.insert(dice.randrange(len(lines) + 1), new)
    files[path] = ending.join(lines)


_SOURCES = {
    "EnvironmentVariableCredentialsProvider": "env",
    "SystemPropertiesCredentialsProvider": "sysprops",
    "WebIdentityTokenCredentialsProvider": "web_identity_env",
}
# What gave the credentials, where the provider of the chain has several kinds.
_GIVERS = {
    "StsAssumeRoleWithWebIdentityCredentialsProvider": "web_identity_profile",
    "STSAssumeRoleCredentialsProvider": "role_profile",
    "ProcessCredentialsProvider": "process_profile",
    "ContainerCredentialsProvider": "container",
    "InstanceProfileCredentialsProvider": "imds",
}


def disagreement(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Return in what our trace and the verdict of the real SDK differ, None when they agree."""
    ours, real = _ours(trace), _real(verdict)
    if ours != real:
        broken = [f"{one.source}: {one.detail}" for one in trace.steps if one.status == "broken"]
        return f"credentials: ours {ours}, real {real} {broken} {verdict.get('message', '')}"
    problem = _details(trace, verdict)
    if problem is None and not any("region cannot be told" in note for note in trace.notes):
        region = trace.region.value
        problem = None if region == verdict["region"] else f"region: {region} {verdict['region']}"
    return problem


def _ours(trace: Trace) -> str:
    if trace.winner is None:
        return trace.error.name if trace.error is not None else "none"
    source = trace.winner.source
    return "static" if source.startswith("static_") else source


def _real(verdict: dict[str, Any]) -> str:
    if verdict["stage"] == "alone":  # a profile that was named by the program, and failed
        return "none"
    if verdict["stage"] != "resolved":
        return str(verdict["error"] or "none")
    own = _SOURCES.get(verdict["method"])
    return own or _GIVERS.get(verdict["given_by"], "static")


def _details(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    winner = trace.winner
    if winner is None or winner.offer is None:
        return None
    assumed = "role" in winner.source or "web_identity" in winner.source
    if assumed and (winner.offer.role or "") != (verdict.get("role") or ""):
        return f"role: ours {winner.offer.role}, real {verdict.get('role')}"
    if winner.offer.kind == "dynamic":
        return None
    key = winner.offer.key_id
    tail = verdict["key_tail"] if "key_tail" in verdict else _tail(verdict.get("key", ""))
    shown = (key.last_four if key else None, winner.offer.has_token)
    wanted = (tail, verdict["token"])
    if key is None and "a malformed key id" in winner.detail:
        # The capture keeps no facts of a key id in white space, which Java takes off.
        return None if shown[1] == wanted[1] else f"token: ours {shown}, real {wanted}"
    return None if shown == wanted else f"key: ours {shown}, real {wanted}"


def _tail(key: str) -> Optional[str]:
    found = parse_key_id(key)
    return found.last_four if found else None
