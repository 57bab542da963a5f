"""The judge of the AWS SDK for Ruby, what set-ups get on top, and how its verdicts are compared."""

from __future__ import annotations

import functools
import json
import os
import random
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

from credlint.chain.sdk import SdkSpecification, parse_sdk
from credlint.model.key_id import parse_key_id
from credlint.model.trace import Trace
from credlint.rulebook import SDK_ROOM, load_toml, rules_root
from tests.conformance.judge import LineJudge
from tests.conformance.profile_kinds import ACCOUNT, NAMES
from tests.conformance.setups import SetUp, token

SDKS = ("ruby-v3",)
MOODS_BY_PORT = True
SERVICES = "answer"
_DRIVER = Path(__file__).parents[1] / "drivers" / "ruby" / "driver.rb"
# The lib folder of a newer aws-sdk-core; those of the gems that stand beside it are used too.
CHECKOUT_VARIABLE = "CREDLINT_TEST_RUBY_SDK"
_GEMS = ("aws-sdk-core", "aws-partitions", "aws-sigv4", "aws-eventstream")


def missing(sdk: str) -> Optional[str]:  # noqa: ARG001  there is one
    """Return why the driver cannot be run, None when it can."""
    if shutil.which("ruby") is None:
        return "no Ruby (ruby) is installed"
    if not version():
        return "the gem aws-sdk-core is not installed"
    return None


@functools.cache
def version() -> str:
    """Return the version of the SDK that would be run, empty when there is none."""
    script = 'require "aws-sdk-core"; print Aws::CORE_GEM_VERSION'
    arguments = [f"-I{folder}" for folder in _folders()]
    done = subprocess.run(
        ["ruby", *arguments, "-e", script], check=False, capture_output=True, text=True, timeout=60
    )
    return done.stdout


def _folders() -> list[str]:
    named = os.environ.get(CHECKOUT_VARIABLE)
    if not named:
        return []
    gems = Path(named).parent.parent
    beside = [gems / name / "lib" for name in _GEMS]
    return [named, *(str(folder) for folder in beside if folder.is_dir())]


def specification(sdk: str, real: str) -> SdkSpecification:
    """Return the specification of the release that is run: what it does otherwise stands in it."""
    table = dict(load_toml(rules_root() / SDK_ROOM / f"{sdk}.toml"))
    for key, value in table["versions"].get(real, {}).items():
        table[key] = {**table[key], **value} if isinstance(value, Mapping) else value
    return parse_sdk(table, f"{sdk}.toml")


class Judge(LineJudge):
    """One process per run; each set-up has a forked child of it."""

    def __init__(self, sdk: str) -> None:  # noqa: ARG002  there is one
        # Ruby takes the encoding of files from the locale of its start.
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
        super().__init__(["ruby", str(_DRIVER), *_folders()], environment)


_SHARED = (".aws/config", ".aws/credentials")
_LINES = (
    "[ profile dev]",
    "[profile dev] # comment",
    "[profile dev] ; comment",
    "[profile dev] text",
    "[profile\tprod]",
    "[profile   ops]",
    "[profile base ]",
    "  [profile ops]",
    "[]",
    "[dev]",
    "[default]",
    "[profile default]",
    "[profile profile base]",
    "[sso-session 'quoted one']",
    "sso_region = eu-west-1",
    "sso_session = quoted one",
    "sso_start_url = https://dev.example.com/start",
    "sso_account_id = 123456789012",
    'region = "eu-north-1" # comment',
    "region = eu-north-1 ; comment",
    "region = eu-north-1;no comment",
    "region=",
    "REGION = eu-north-1",
    "  region = eu-north-1",
    "region: eu-north-1",
    "  continued",
    "  nested = value",
    "s3 =",
    "s3 = ",
    " ; comment = x",
    ";comment = x",
    "role_arn =",
    "role_arn = ",
    f"role_arn = arn:aws:iam::{ACCOUNT}:role/inserted",
    "source_profile = base",
    "source_profile = default ; comment",
    "source_profile = 'default'",
    "credential_source = Environment",
    "credential_source = EcsContainer",
    "credential_source = Ec2InstanceMetadata",
    "duration_seconds = 0x384",
    "duration_seconds = 1_000",
    "duration_seconds = 9e2",
    "aws_session_token =",
    "aws_secret_access_key = ",
    "aws_access_key_id = @@key-id:AKIA:123456789012:inserted@@",
    "mfa_serial = GAHT1234",
    "web_identity_token_file = {HOME}/tokens/good",
    "credential_process = give",
    "credential_process = give | cat",
    "credential_process = ",
    "ec2_metadata_service_endpoint_mode = IPv5",
    "ec2_metadata_v1_disabled = TRUE",
)
_ALIASES = (
    ("AMAZON_ACCESS_KEY_ID", f"@@key-id:AKIA:{ACCOUNT}:amazon@@"),
    ("AMAZON_SECRET_ACCESS_KEY", "@@secret-key:amazon@@"),
    ("AMAZON_SESSION_TOKEN", "@@session-token:amazon@@"),
    ("AWS_ACCESS_KEY", f"@@key-id:AKIA:{ACCOUNT}:short@@"),
    ("AWS_SECRET_KEY", "@@secret-key:short@@"),
)

_CLIENT = {"clientId": "made-up", "clientSecret": "made-up"}
_RENEWAL = (
    {**_CLIENT, "refreshToken": "made-up"},
    {**_CLIENT, "refreshToken": "made-up", "registrationExpiresAt": "2099-01-01T00:00:00Z"},
    {**_CLIENT, "refreshToken": "made-up", "registrationExpiresAt": "2020-01-01T00:00:00Z"},
    _CLIENT,
)


def _spoil(files: dict[str, str], dice: random.Random) -> None:
    """Insert lines that Ruby reads in its own way."""
    for path in _SHARED:
        text = files.get(path)
        if text is not None and not text.startswith("base64:") and dice.random() < 0.2:
            ending = "\n" if "\n" in text else "\r"
            lines = text.split(ending)
            for _ in range(dice.choice((1, 1, 2, 4))):
                lines.insert(dice.randrange(len(lines) + 1), dice.choice(_LINES))
            files[path] = ending.join(lines)


def extended(setup: SetUp, seed: int, number: int) -> SetUp:
    """Return the set-up with what only Ruby reads or reads in its own way."""
    dice = random.Random(f"ruby:{seed}:{number}")  # noqa: S311  repeatable
    environment, files, sso = dict(setup.environment), dict(setup.files), dict(setup.sso)
    if dice.random() < 0.15:
        for name, value in _ALIASES:
            if dice.random() < 0.6:
                environment[name] = value if dice.random() < 0.9 else ""
    if dice.random() < 0.1:
        environment["AMAZON_REGION"] = dice.choice(("eu-south-1", "eu-south-1", ""))
    if dice.random() < 0.05:
        environment["AWS_SDK_CONFIG_OPT_OUT"] = dice.choice(("1", "false", ""))
    _spoil(files, dice)
    if dice.random() < 0.3:
        sso["quoted one"] = token()
    for name, content in sso.items():
        if content.startswith('{"accessToken": "made-up"') and dice.random() < 0.2:
            sso[name] = json.dumps({**json.loads(content), **dice.choice(_RENEWAL)})
    files.setdefault("tokens/good", "made.up.token")
    profile = setup.profile
    if profile is not None and dice.random() < 0.1:
        profile = dice.choice(NAMES)
    return replace(setup, environment=environment, files=files, sso=sso, profile=profile)


# 3.168.1 lets these through, later releases raise what is told of them; which it would be is not
# captured.
_SYSTEM_ERRORS = {"Errno::EACCES", "Errno::ENOTDIR"}
_PROCESS_FAILED = "Aws::Errors::InvalidProcessCredentialsPayload"


def disagreement(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Return in what our trace and the verdict of the real SDK differ, None when they agree."""
    ours, real = _ours(trace), _real(verdict)
    if ours == {"error": _PROCESS_FAILED} and real.get("error") in _SYSTEM_ERRORS:
        real = ours
    if real == {"error": "Aws::Errors::InvalidSSOToken"} and verdict["renewing"]:
        # The stand-in renews no token; that one is tried, and succeeds, is what we tell.
        return None if trace.error is None or trace.error.name != real["error"] else "renewal"
    if "error" in real and trace.winner and "a malformed key id" in trace.winner.detail:
        # What STS says to a request that is signed with a blank, moto's server does not tell.
        real = ours
    if ours != real:
        return f"credentials: ours {ours}, real {real} {verdict.get('message', '')}"
    problem = _identity(trace, verdict)
    if problem is None and not any("the region cannot be told" in note for note in trace.notes):
        region = verdict.get("region", "raises")
        if "region_error" in verdict:
            # Reading the files failed, which is told once, as the error of everything.
            return None if ours == {"error": verdict["region_error"]} else "region: raises"
        if trace.region.value != region:
            problem = f"region: ours {trace.region.value!r}, real {region!r}"
    return problem


def _ours(trace: Trace) -> dict[str, Any]:
    if trace.outcome == "error":
        assert trace.error is not None
        return {"error": trace.error.name}
    return {"source": trace.winner.source} if trace.winner else {"none": True}


def _real(verdict: dict[str, Any]) -> dict[str, Any]:
    if verdict["stage"] == "resolve":
        return {"error": verdict["error"]}
    if verdict["stage"] == "none":
        return {"none": True}
    return {"source": verdict["source"]}


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


def _tail(key: object) -> Optional[str]:
    found = parse_key_id(key) if isinstance(key, str) else None
    return found.last_four if found else None
