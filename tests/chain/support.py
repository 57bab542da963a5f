"""Short forms for the tests of the chain: scenarios in, one-line verdicts out."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

from credlint import samples
from credlint.chain.resolve import resolve
from credlint.chain.sdk import load_sdk
from credlint.model.trace import Trace
from tests.support.scenario import build_snapshot

ACCOUNT = "123456789012"
ARN = f"arn:aws:iam::{ACCOUNT}:role/worker-role"
TOKEN_FILE = {"text": "made.up.token", "mode": "0600"}
# Key ids by the place that they stand for, as in the reference's tables.
NAMES = ("ENV", "DEF", "P1", "P2", "CFG", "BOTO", "EC2", "BASE", "ALL")
_BY_TAIL = {samples.key_id("AKIA", ACCOUNT, name)[-4:]: name for name in NAMES}
PACKAGES = {"boto3": "1.44.5", "botocore": "1.44.5"}
WITH_CRT = {**PACKAGES, "awscrt": "0.31.0"}


def pair(name: str) -> str:
    """Return the two settings of a key pair."""
    return (
        f"aws_access_key_id = @@key-id:AKIA:{ACCOUNT}:{name}@@\n"
        f"aws_secret_access_key = @@secret-key:{name}@@\n"
    )


def env(name: str = "ENV", **more: str) -> dict[str, str]:
    """Return an environment with a key pair."""
    return {
        "AWS_ACCESS_KEY_ID": f"@@key-id:AKIA:{ACCOUNT}:{name}@@",
        "AWS_SECRET_ACCESS_KEY": f"@@secret-key:{name}@@",
        **more,
    }


def trace_of(
    tmp_path: Path, scenario: dict[str, Any], sdk: str = "boto3", profile: Optional[str] = None
) -> Trace:
    return resolve(build_snapshot(scenario, tmp_path), load_sdk(sdk), profile)


def verdict(trace: Trace) -> str:
    """Return ``source NAME``, ``source``, ``source!Error`` (at first use), ``none``, ``Error``.

    ``NAME`` is the place that the key id stands for, ``+token`` follows when there is one.
    """
    if trace.outcome == "error":
        assert trace.error is not None
        return trace.error.name
    if trace.winner is None:
        return "none"
    offer, error = trace.winner.offer, trace.winner.error
    text = trace.winner.source
    if offer is not None and offer.key_id is not None:
        text += f" {_BY_TAIL[offer.key_id.last_four]}"
    if offer is not None and offer.has_token:
        text += "+token"
    if error is not None:
        text += f"!{error.name}"
    return text if trace.outcome == "selected" else f"{text}?"


Scenario = dict[str, Any]
DEFAULT = {"credentials": "[default]\n" + pair("DEF")}
THREE = {
    "credentials": f"[default]\n{pair('DEF')}[p1]\n{pair('P1')}[p2]\n{pair('P2')}",
    "config": "[profile p1]\nregion = r1\n[profile p2]\nregion = r2\n",
}
TOKENS = {"tokens/web": "made.up.token"}
WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/tokens/web", "AWS_ROLE_ARN": ARN}
PROGRAM = {"bin/give": {"text": "#!/bin/sh\n", "mode": "0755"}}
PROCESS = "credential_process = {home}/bin/give\n"
LOGIN = "login_session = arn:aws:iam::123456789012:user/someone\n"
LOGIN_CACHE = {
    "arn:aws:iam::123456789012:user/someone": '{"accessToken": {"expiresAt": '
    '"2099-01-01T00:00:00Z"}, "refreshToken": "r", "dpopKey": "k", "clientId": "c"}'
}
SSO = (
    "sso_account_id = 123456789012\nsso_role_name = reader\n"
    "sso_start_url = https://x.example.com/start\nsso_region = eu-west-1\n"
)
SSO_CACHE = {
    "https://x.example.com/start": '{"accessToken": "t", "expiresAt": "2099-01-01T00:00:00Z"}'
}
ECS = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/x"}


def config(text: str, **more: Any) -> Scenario:
    return {"files": {"config": text, **PROGRAM, **TOKENS}, "packages": WITH_CRT, **more}


def ecs(**more: str) -> Scenario:
    return {"environment": {**ECS, **more}, "container": {"reachable": "yes"}}
