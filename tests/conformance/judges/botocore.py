"""The judge of boto3 and both AWS CLIs, and how its verdicts are compared."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any, Optional

from credlint.model.captured import KeyId
from credlint.model.key_id import parse_key_id
from credlint.model.trace import Trace
from tests.conformance.judge import LineJudge
from tests.conformance.setups import SetUp

SDKS = ("boto3", "aws-cli-v1", "aws-cli-v2")
MOODS_BY_PORT = False
SERVICES = "refused"
_DRIVER = Path(__file__).parents[1] / "drivers" / "botocore" / "driver.py"
# AWS CLI v2 is no package of the registry: name the folder that holds a checkout's ``awscli``
# and, after a path separator, one with what it needs beyond botocore[crt].
CLI_V2_VARIABLE = "CREDLINT_TEST_CLI_V2"


def missing(sdk: str) -> Optional[str]:
    """Return why the judge cannot be run, None when it can."""
    if not hasattr(os, "fork"):
        return "the judge needs fork"
    if sdk == "aws-cli-v2":
        named = os.environ.get(CLI_V2_VARIABLE)
        return None if named else f"{CLI_V2_VARIABLE} names no checkout of AWS CLI v2"
    module = "boto3" if sdk == "boto3" else "awscli"
    return None if importlib.util.find_spec(module) else f"{module} is not installed"


class Judge(LineJudge):
    """One process that has the SDK imported and forks for each set-up."""

    def __init__(self, sdk: str) -> None:
        folders = []
        if sdk == "aws-cli-v2":
            checkout, _, needs = os.environ[CLI_V2_VARIABLE].partition(os.pathsep)
            folders = [f"+{checkout}", *([f"-{needs}"] if needs else [])]
        super().__init__([sys.executable, "-I", str(_DRIVER), sdk, *folders])


def extended(setup: SetUp, _seed: int, _number: int) -> SetUp:
    """Return the set-up as it is: the generator's own corners are botocore's."""
    return setup


SOURCES = {
    "env": "env",
    "assume-role": "role_profile",
    "assume-role-with-web-identity": "web_identity",
    "sso": "sso_profile",
    "shared-credentials-file": "static_credentials_file",
    "login": "login_profile",
    "custom-process": "process_profile",
    "config-file": "static_config_file",
    "ec2-credentials-file": "ec2_credential_file",
    "boto-config": "boto2_config",
    "container-role": "container",
    "iam-role": "imds",
}
# What cannot be told offline: the call itself, a missing region (the program may give one) and
# the terminal that an MFA code is read from.
_NETWORK = {
    "EndpointConnectionError",
    "ConnectTimeoutError",
    "ProxyConnectionError",
    "ClientError",
    "EOFError",
}
_REGION = {"NoRegionError", "InvalidRegionError"}


def disagreement(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Return in what the two differ, None when they agree. Not for undecided traces."""
    ours, real = _ours(trace), _real(verdict)
    if ours != real:
        return f"credentials: ours {ours}, real {real}"
    problem = _first_use(trace, verdict)
    if problem:
        return problem
    return _region(trace, verdict)


def _ours(trace: Trace) -> dict[str, Any]:
    if trace.outcome == "error":
        assert trace.error is not None
        return {"error": trace.error.name}
    if trace.winner is None:
        return {"none": True}
    return {"source": trace.winner.source}


def _real(verdict: dict[str, Any]) -> dict[str, Any]:
    if verdict["stage"] in {"construct", "resolve"}:
        return {"error": verdict["error"]}
    if verdict["stage"] == "none":
        return {"none": True}
    return {"source": SOURCES[verdict["method"]]}


def _first_use(  # noqa: PLR0911  one exception after the other
    trace: Trace, verdict: dict[str, Any]
) -> Optional[str]:
    winner = trace.winner
    if winner is None or trace.outcome == "error":
        return None
    expected = winner.error.name if winner.error else None
    real = verdict["error"] if verdict["stage"] == "first-use" else None
    if _for_want_of_a_region(real, trace, verdict):
        return None
    if (real in _NETWORK and expected is None) or (real == "EOFError" and "MFA" in winner.detail):
        return None
    if real == "TokenRetrievalError" and expected is None and "SSO" in winner.detail:
        return None  # whether an expired token can be refreshed is not captured
    if winner.source == "role_profile" and expected == "ParamValidationError" and real in _NETWORK:
        return None  # the role's own parameters are looked at after those of its source
    if expected is None and (" empty " in winner.detail or "is a block" in winner.detail):
        # Signing with such a secret fails in the CRT or in Python, or the service refuses it.
        return None
    if expected != real:
        return f"first use of {winner.source}: ours {expected}, real {real}"
    if real is not None or winner.offer is None or winner.offer.kind == "dynamic":
        return None
    shown = (_tail(winner.offer.key_id), winner.offer.has_token)
    wanted = (_real_tail(verdict), verdict["token"])
    return None if shown == wanted else f"key: ours {shown}, real {wanted}"


def _tail(key_id: Optional[KeyId]) -> Optional[str]:
    return key_id.last_four if key_id is not None else None


def _real_tail(verdict: dict[str, Any]) -> Optional[str]:
    if "key_tail" in verdict:  # a kept verdict
        return verdict["key_tail"]
    return _tail(parse_key_id(verdict["key"] or ""))


def _for_want_of_a_region(real: Optional[str], trace: Trace, verdict: dict[str, Any]) -> bool:
    """Tell whether only the region, which program or option may give as well, is in the way."""
    if _usable(trace.region.value):
        return False
    # A block is no name, and the signer of the CRT refuses an empty one.
    block = isinstance(verdict.get("region"), dict) and real == "TypeError"
    empty = not verdict.get("region", "x") and real == "RuntimeError"
    same = real is not None and real == verdict.get("region_error")
    return real in _REGION or same or block or empty


def _usable(region: Optional[str]) -> bool:
    return bool(region) and all(c.isalnum() or c == "-" for c in region or "")


def _region(  # noqa: PLR0911  one exception after the other
    trace: Trace, verdict: dict[str, Any]
) -> Optional[str]:
    if verdict["stage"] == "construct":
        return None
    if any("the region cannot be told" in note for note in trace.notes):
        return None
    if "region_error" in verdict:
        if trace.region.value is None and any("looking up the region" in n for n in trace.notes):
            return None
        if trace.outcome == "error":
            return None
        return f"region: ours {trace.region}, real raises {verdict['region_error']}"
    if isinstance(verdict["region"], dict):
        return None if trace.region.value is None else f"region: ours {trace.region}, real a block"
    if trace.region.value != verdict["region"]:
        return f"region: ours {trace.region}, real {verdict['region']!r}"
    return None
