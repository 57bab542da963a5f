"""The judge of the AWS SDK for JavaScript v2, what set-ups get on top, how verdicts are compared.

A failed call to STS or SSO makes it go on to the next source, so these answer.
"""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from typing import Any, Optional

from credlint.model.trace import Trace
from tests.conformance.judge import LineJudge
from tests.conformance.judges import javascript
from tests.conformance.profile_kinds import ACCOUNT, NAMES
from tests.conformance.setups import SetUp

SDKS = ("js-v2",)
MOODS_BY_PORT = False
SERVICES = "answer"
_NAME = "javascript_v2"
_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable
_CONFIG, _CREDENTIALS = ".aws/config", ".aws/credentials"
_ROLE = f"role_arn = arn:aws:iam::{ACCOUNT}:role/extra"
_LINES = (
    "[default]",
    "[profile default]",
    "[profile dev]",
    "[dev]",
    "[profile  dev]",
    "[profile\tdev]",
    "[Default]",
    '[profile "dev"]',
    "[sso-session x]",
    "[]",
    "[__proto__]",
    "[profile __proto__]",
    "[default] ; of somebody",
    "[default];of somebody",
    "\ufeff[default]",
    "\u3000[dev]\u2003",
    "region = eu-north-1 # comment",
    "region = eu-north-1;no comment",
    "region: eu-north-1",
    'region = "eu-north-1"',
    "Region = eu-north-1",
    "region =",
    "  region = eu-north-1",
    "region == eu-north-1",
    "role_arn = short",
    _ROLE,
    "source_profile = base",
    "source_profile = default",
    "source_profile = dev ; comment",
    "source_profile = nowhere",
    "credential_source = Environment",
    "mfa_serial = arn:aws:iam::123456789012:mfa/x",
    "sts_regional_endpoints = regional",
    "sts_regional_endpoints = Sometimes",
    "ec2_metadata_v1_disabled = true",
    "ec2_metadata_v1_disabled = false",
    "web_identity_token_file = {HOME}/tokens/good",
    "credential_process = {HOME}/bin/give",
)


def missing(sdk: str) -> Optional[str]:
    """Return why the driver cannot be had, None when it can."""
    return javascript.missing(sdk, _NAME)


class Judge(LineJudge):
    """One process per run; each set-up has a process of its own below it."""

    def __init__(self, _sdk: str) -> None:
        driver = str(javascript.DRIVERS / _NAME / "driver.cjs")
        super().__init__([shutil.which("node") or "node", driver, javascript.installed(_NAME)])


def extended(setup: SetUp, seed: int, number: int) -> SetUp:
    """Return the set-up with what only this SDK reads or reads in its own way."""
    dice = random.Random(f"{_NAME}:{seed}:{number}")  # noqa: S311  repeatable
    environment, files = dict(setup.environment), dict(setup.files)
    if dice.random() < 0.5:
        environment["AWS_SDK_LOAD_CONFIG"] = dice.choice(("1", "1", "1", "true", "0", ""))
    else:
        _credentials_of_all(files, dice)
    _aliases(environment, dice)
    _machine(environment, dice)
    for path in (_CONFIG, _CREDENTIALS):
        if path in files and dice.random() < 0.2:
            files[path] = _spoiled(files[path], dice)
    if dice.random() < 0.03:
        _one_file(environment, files)
    files.setdefault("tokens/good", "made.up.token")
    # An explicit profile replaces the chain, which would hide the rest too often.
    profile = setup.profile if dice.random() < 0.3 else None
    sso = {name: _token(content, dice) for name, content in setup.sso.items()}
    return replace(setup, environment=environment, files=files, profile=profile, sso=sso)


def _credentials_of_all(files: dict[str, str], dice: random.Random) -> None:
    """Bring the kinds of profile into the one file that is read without AWS_SDK_LOAD_CONFIG."""
    config = files.get(_CONFIG, "")
    if config and ":" not in config[:7] and dice.random() < 0.6:
        lines = config.replace("[profile ", "[")
        own = files.get(_CREDENTIALS, "")
        if not own.startswith(("base64:", "dir:")):
            parts = [own, lines]
            dice.shuffle(parts)
            files[_CREDENTIALS] = "\n".join(parts)


def _one_file(environment: dict[str, str], files: dict[str, str]) -> None:
    environment["AWS_SDK_LOAD_CONFIG"] = "1"
    shared = "{HOME}/.aws/credentials"
    environment["AWS_CONFIG_FILE"] = environment["AWS_SHARED_CREDENTIALS_FILE"] = shared
    files.setdefault(_CREDENTIALS, "[profile dev]\nregion = us-east-2\n")


def _aliases(environment: dict[str, str], dice: random.Random) -> None:
    if dice.random() < 0.1:
        environment["AMAZON_ACCESS_KEY_ID"] = f"@@key-id:AKIA:{ACCOUNT}:amazon@@"
        if dice.random() < 0.85:
            environment["AMAZON_SECRET_ACCESS_KEY"] = "@@secret-key:amazon@@"  # noqa: S105
        if dice.random() < 0.3:
            environment["AMAZON_SESSION_TOKEN"] = "@@session-token:amazon@@"  # noqa: S105
    for name, values in (
        ("AMAZON_REGION", ("eu-west-3", "", "fips-us-east-1")),
        ("AWS_REGION", ("aws-global", "us-gov-west-1-fips", "fips-aws-us-gov-global")),
        ("AWS_STS_REGIONAL_ENDPOINTS", ("regional", "LEGACY", "no", "")),
        ("AWS_PROFILE", NAMES),
    ):
        if dice.random() < 0.05:
            environment[name] = dice.choice(values)


def _machine(environment: dict[str, str], dice: random.Random) -> None:
    if dice.random() < 0.01:
        environment[_ENDPOINT] = dice.choice(("ftp://127.0.0.1:9", "nonsense", "http://[::1", ""))
    elif dice.random() < 0.02:
        del environment[_ENDPOINT]
        environment[f"{_ENDPOINT}_MODE"] = dice.choice(("x", "", "IPV6", "ipv4"))
    if dice.random() < 0.04:
        environment["AWS_EC2_METADATA_DISABLED"] = dice.choice(("false", "0", "no"))
    if dice.random() < 0.06:
        environment[_FULL] = dice.choice(
            (
                "https://127.0.0.1:9/x",
                "HTTP://LOCALHOST:9/x",
                "http://someone@localhost:9/x",
                "http://127.0.0.1:99999/x",
                "http://127.0.0.5:9/x",
                "http://[::1]:9/x",
                "ftp://localhost/x",
                "http:///x",
                "localhost",
            )
        )
    if dice.random() < 0.04:
        environment[_TOKEN] = dice.choice(("a\r\nb", "a\tb", "good", ""))
    if _RELATIVE in environment and dice.random() < 0.2:
        environment[_RELATIVE] = "@{ADDRESS}0/container"


def _spoiled(text: str, dice: random.Random) -> str:
    if text.startswith(("base64:", "dir:")) or "\r" in text.replace("\r\n", ""):
        return text
    lines = text.split("\n")
    for _ in range(dice.choice((1, 1, 2, 4))):
        lines.insert(dice.randrange(len(lines) + 1), dice.choice(_LINES))
    return "\n".join(lines)


def _token(content: str, dice: random.Random) -> str:
    if "expiresAt" not in content:
        return content
    table = json.loads(content)
    if dice.random() < 0.85:
        table.update(startUrl="https://x.example.com/start", region="eu-west-1")
    if dice.random() < 0.4:
        table.update(clientId="made-up", clientSecret="made-up", refreshToken="made-up")
    if dice.random() < 0.1:
        table[dice.choice(("accessToken", "clientId", "region"))] = ""
    return json.dumps(table)


def disagreement(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Return in what our trace and the verdict of the real SDK differ, None when they agree."""
    ours, real = _ours(trace), _real(verdict)
    if ours != real and _is_refused_renewal(trace, verdict):
        ours = real
    if ours != real:
        return f"credentials: ours {ours}, real {real} {verdict.get('message', '')}"
    winner = trace.winner
    role = verdict.get("role")
    if winner is not None and winner.offer is not None and role and role != winner.offer.role:
        return f"role: ours {winner.offer.role}, real {role}"
    problem = javascript.key_difference(trace, verdict) if winner is not None else None
    if problem is None and "region" in verdict and not _region_unknown(trace):
        same = trace.region.value == verdict["region"]
        problem = None if same else f"region: ours {trace.region}, real {verdict['region']}"
    return problem


def _is_refused_renewal(trace: Trace, verdict: dict[str, Any]) -> bool:
    """Tell whether they differ in what only the service tells: that a token is not renewed."""
    told = trace.winner is not None and "must be renewed" in trace.winner.detail
    return told and verdict["error"] == "SSOTokenProviderFailure"


def _region_unknown(trace: Trace) -> bool:
    return any("the region cannot be told" in note for note in trace.notes)


def _ours(trace: Trace) -> dict[str, Any]:
    if trace.outcome == "error":
        assert trace.error is not None
        return {"error": trace.error.name}
    return {"source": trace.winner.source} if trace.winner else {"none": True}


def _real(verdict: dict[str, Any]) -> dict[str, Any]:
    if verdict["stage"] in {"construct", "resolve"}:
        return {"error": verdict["error"]}
    return {"none": True} if verdict["stage"] == "none" else {"source": verdict["method"]}
