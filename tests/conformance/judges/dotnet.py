"""The judge of the AWS SDKs for .NET and of PowerShell, and how its verdicts are compared.

No registry that this project uses serves the SDK: name a folder with AWSSDK.Core.dll,
AWSSDK.SecurityToken.dll and what they need (of a NuGet cache, for instance; netstandard2.0) by
``CREDLINT_TEST_DOTNET_V3``. Mono (``mono``, ``mcs``) runs it. AWS signs its assemblies; the token
of the public key, which ``sn -T`` tells, is 885c28607f98e604.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import random
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

from credlint.model.key_id import parse_key_id
from credlint.model.trace import Trace
from tests.conformance.profile_kinds import ACCOUNT, NAMES
from tests.conformance.setups import SetUp

SDKS = ("dotnet-v3", "dotnet-v4", "powershell")
MOODS_BY_PORT = False
SERVICES = "answer"
FOLDER_VARIABLE = "CREDLINT_TEST_DOTNET_V3"
# Where the built drivers are kept; a folder for temporary files when unset.
CACHE_VARIABLE = "CREDLINT_TEST_DRIVERS"
_SOURCE = Path(__file__).parents[1] / "drivers" / "dotnet" / "Driver.cs"
_SECONDS = 60
# Mono stands still now and then, with any set-up, and not when it is asked again.
_TRIES = 3


def missing(sdk: str) -> Optional[str]:
    """Return why the driver cannot be had, None when it can."""
    if sdk != "dotnet-v3":
        return "verified from source: no registry here serves packages for .NET"
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        return f"{FOLDER_VARIABLE} names no folder with AWSSDK.Core.dll"
    if not (Path(folder) / "AWSSDK.Core.dll").is_file():
        return f"there is no AWSSDK.Core.dll in the folder of {FOLDER_VARIABLE}"
    tool = next((name for name in ("mono", "mcs") if shutil.which(name) is None), None)
    if tool is not None:
        return f"Mono ({tool}) is not installed"
    try:
        binary(folder)
    except subprocess.CalledProcessError as error:
        last = (error.stdout or error.stderr or "").strip().splitlines()[-1:]
        return f"the driver of {sdk} cannot be built: {' '.join(last)}"
    return None


@functools.cache
def binary(folder: str) -> str:
    """Return the path of the driver beside copies of the libraries; raises CalledProcessError."""
    libraries = sorted(Path(folder).glob("*.dll"))
    digest = hashlib.sha256(_SOURCE.read_bytes())
    for library in libraries:
        digest.update(library.read_bytes())
    base = os.environ.get(CACHE_VARIABLE) or str(Path(tempfile.gettempdir()) / "credlint-drivers")
    target = Path(base) / f"dotnet-v3-{digest.hexdigest()[:16]}"
    if not target.exists():
        own = Path(f"{target}.{os.getpid()}")
        own.mkdir(parents=True, exist_ok=True)
        for library in libraries:
            shutil.copy(library, own)
        facade = Path(shutil.which("mcs") or "").parents[1] / "lib/mono/4.5/Facades/netstandard.dll"
        names = ("AWSSDK.Core.dll", "AWSSDK.SecurityToken.dll", facade)
        command = ["mcs", "-nologo", "-langversion:7", "-out:Driver.exe"]
        command += [f"-r:{name}" for name in names]
        subprocess.run(
            [*command, str(_SOURCE)],
            cwd=own,
            check=True,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
        own.replace(target)
    return str(target / "Driver.exe")


class Judge:
    """Starts a process for each set-up: the SDK keeps what it found in static fields."""

    def __init__(self, _sdk: str) -> None:
        self._driver = binary(os.environ[FOLDER_VARIABLE])
        self.version = self._run([], dict(os.environ), None)["ready"]

    def __enter__(self) -> Judge:  # noqa: PYI034  Self needs Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def ask(self, setup: dict[str, Any]) -> dict[str, Any]:
        """Return the verdict on one set-up (``env``, ``cwd``, ``profile``)."""
        profile = setup["profile"]
        arguments = ["chain"] if not profile else ["profile", profile]
        return self._run(arguments, setup["env"], setup["cwd"])

    def _run(
        self, arguments: list[str], environment: dict[str, str], cwd: Optional[str]
    ) -> dict[str, Any]:
        done = self._start(arguments, environment, cwd)
        if done.returncode != 0 or not done.stdout.strip():
            message = f"the judge failed: {done.stdout[-500:]}{done.stderr[-1500:]}"
            raise RuntimeError(message)
        return dict(json.loads(done.stdout))

    def _start(
        self, arguments: list[str], environment: dict[str, str], cwd: Optional[str]
    ) -> subprocess.CompletedProcess[str]:
        command = ["mono", self._driver, *arguments]
        for _ in range(_TRIES - 1):
            with contextlib.suppress(subprocess.TimeoutExpired):
                return _finished(command, environment, cwd)
        return _finished(command, environment, cwd)


def _finished(
    command: list[str], environment: dict[str, str], cwd: Optional[str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=environment,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )


_SHARED = (".aws/config", ".aws/credentials")
_LINES = (
    "retry_mode = adaptive",
    "retry_mode = turbo",
    "retry_mode = 1",
    "max_attempts = 3",
    "max_attempts = 0",
    "defaults_mode = best",
    "account_id_endpoint_mode = Preferred",
    "account_id_endpoint_mode = preferred # comment",
    "request_checksum_calculation = when_required,when_supported",
    "s3_use_arn_region = yes",
    "use_fips_endpoint =  TRUE",
    "use_dualstack_endpoint =",
    "ec2_metadata_service_endpoint = nonsense",
    "ec2_metadata_service_endpoint = http://127.0.0.1:9/x",
    "ec2_metadata_service_endpoint_mode = ipv6",
    "ec2_metadata_service_endpoint_mode = 7",
    "ec2_metadata_v1_disabled = true",
    "ec2_metadata_v1_disabled = 1",
    "toolkit_artifact_guid = 6b8a1b6e-0000-0000-0000-000000000000",
    "toolkit_artifact_guid = none",
    "services = local",
    "SERVICES = local",
    "endpoint_url = http://127.0.0.1:9",
    "ignore_configured_endpoint_urls = true",
    "ignore_configured_endpoint_urls = 1",
    "[profile\tprod]",
    "[profile  dev]",
    "  [profile ops]",
    "[]",
    "[dev]",
    "[Default]",
    "[default]",
    "[profile default]",
    "[services local]",
    "[sso-session x=y]",
    'region = "eu-north-1"',
    "region = eu-north-1 # comment",
    "region = ",
    "REGION = eu-north-1",
    "region:eu-north-1",
    "; comment",
    "  nested = value",
    "",
    "unknown =",
    "role_arn =",
    "ROLE_ARN = arn:aws:iam::123456789012:role/upper",
    "external_id = x",
    "external_id =",
    "mfa_serial = ",
    "mfa_serial = GAHT1234",
    "role_session_name = x",
    "role_session_name = me",
    "credential_source = environment",
    "credential_source = 1",
    "credential_source = Ec2InstanceMetadata",
    "credential_source = EcsContainer",
    "source_profile = base ; comment",
    "aws_session_token =",
    "aws_security_token = x",
    "aws_secret_access_key = ",
    "aws_account_id = 123456789012",
    "sso_region = eu-west-1",
    "SSO_SESSION = s-dev",
    "sso_session =",
    "sso_session = nowhere",
    "sso_registration_scopes = sso:account:access",
    "web_identity_token_file = {HOME}/tokens/good",
    "credential_process = {HOME}/bin/missing",
)
_VARIABLES = (
    ("AWS_RETRY_MODE", ("standard", "turbo")),
    ("AWS_MAX_ATTEMPTS", ("2", "none", "0")),
    ("AWS_DEFAULTS_MODE", ("auto", "best")),
    ("AWS_USE_FIPS_ENDPOINT", ("false", "0")),
    ("AWS_ENABLE_ENDPOINT_DISCOVERY", ("true", "auto")),
    ("AWS_ACCOUNT_ID_ENDPOINT_MODE", ("disabled", "never")),
    ("AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES", ("100", "-1")),
    ("AWS_ACCOUNT_ID", ("123456789012",)),
    ("AWS_ROLE_SESSION_NAME", ("x", "me", "two words")),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN", ("a\r\nb", "token")),
    ("USERPROFILE", ("{HOME}/other", "")),
)


def extended(setup: SetUp, seed: int, number: int) -> SetUp:
    """Return the set-up with what only .NET reads or reads in its own way."""
    dice = random.Random(f"dotnet:{seed}:{number}")  # noqa: S311  repeatable
    environment, files = dict(setup.environment), dict(setup.files)
    if dice.random() < 0.06:
        environment["AWS_SECRET_KEY"] = "@@secret-key:alias@@"  # noqa: S105  a placeholder
        if dice.random() < 0.8:
            environment["AWS_ACCESS_KEY_ID"] = f"@@key-id:AKIA:{ACCOUNT}:alias@@"
    if dice.random() < 0.06:
        name, values = dice.choice(_VARIABLES)
        environment[name] = dice.choice(values)
    for path in _SHARED:
        text = files.get(path)
        if text is not None and not text.startswith("base64:") and dice.random() < 0.2:
            ending = "\n" if "\n" in text else "\r"
            lines = text.split(ending)
            for _ in range(dice.choice((1, 1, 2, 4))):
                lines.insert(dice.randrange(len(lines) + 1), dice.choice(_LINES))
            files[path] = ending.join(lines)
    _files_elsewhere(dice, environment, files)
    files.setdefault("tokens/good", "made.up.token")
    profile = setup.profile
    if profile is not None and dice.random() < 0.5:
        profile = None  # of the explicit profile nothing but the profile is asked
    elif profile is not None and dice.random() < 0.1:
        profile = dice.choice(NAMES)
    return replace(setup, environment=environment, files=files, profile=profile)


def _files_elsewhere(
    dice: random.Random, environment: dict[str, str], files: dict[str, str]
) -> None:
    """Put files where only .NET finds them: beside others, or by default in spite of a variable."""
    if dice.random() < 0.05 and ".aws/credentials" in files:
        files["elsewhere/credentials"] = files.pop(".aws/credentials")
        environment["AWS_SHARED_CREDENTIALS_FILE"] = "{HOME}/elsewhere/credentials"
        if dice.random() < 0.6 and ".aws/config" in files:
            files["elsewhere/config"] = files[".aws/config"]
    if dice.random() < 0.04:
        environment["AWS_CONFIG_FILE"] = dice.choice(
            ("{HOME}/not/there", "~/.aws/config", "{HOME}")
        )
    if dice.random() < 0.02:
        environment["AWS_SHARED_CREDENTIALS_FILE"] = "{HOME}/not/there"


_KINDS = {
    "AssumeRoleAWSCredentials": ("role_profile",),
    "AssumeRoleWithWebIdentityCredentials": ("web_identity_profile",),
    "BasicAWSCredentials": ("static_credentials_file", "static_config_file"),
    "ProcessAWSCredentials": ("process_profile",),
    "SSOAWSCredentials": ("sso_profile",),
    "SessionAWSCredentials": ("static_credentials_file", "static_config_file"),
}
# What a request ends with that the stand-ins refuse, or a program that gives nothing usable:
# whether it would succeed is not known offline.
_NETWORK = {
    "AmazonClientException",
    "AmazonSSOException",
    "AmazonSecurityTokenServiceException",
    "HttpRequestException",
}


def disagreement(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Return in what our trace and the verdict of the real SDK differ, None when they agree."""
    ours, real = _ours(trace), _real(verdict)
    if ours[0] not in real:
        return f"credentials: ours {ours}, real {real} {verdict.get('message', '')}"
    problem = _first_use(trace, verdict)
    if problem is None and not any("the region cannot be told" in note for note in trace.notes):
        region = trace.region.value
        problem = None if region == verdict["region"] else f"region: {region} {verdict['region']}"
    return problem


def _ours(trace: Trace) -> tuple[str, ...]:
    if trace.outcome == "error":
        assert trace.error is not None
        return (f"error {trace.error.name}",)
    return (trace.winner.source if trace.winner else "none",)


def _real(verdict: dict[str, Any]) -> tuple[str, ...]:
    if verdict["stage"] == "none":
        return ("none",)
    if verdict["stage"] == "resolve":
        return (f"error {verdict['error']}",)
    kind, _, name = verdict["method"].partition(":")
    if kind == "imds" and verdict["stage"] == "first-use":
        return ("none",)
    return _KINDS[name] if kind == "profile" else (kind,)


def _first_use(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    winner = trace.winner
    if winner is None or winner.offer is None or trace.outcome == "error":
        return None
    role, real_role = winner.offer.role, verdict.get("role")
    if real_role and (role or "") != real_role and winner.source != "imds":
        return f"role: ours {role}, real {real_role}"
    expected = winner.error.name if winner.error else None
    real = verdict["error"] if verdict["stage"] == "first-use" else None
    if verdict["stage"] == "unused":
        return None  # the address is the real one of ECS, which the driver does not call
    if expected != real and not _may_differ(trace, expected, real):
        message = verdict.get("message", "")
        return f"first use of {winner.source}: ours {expected}, real {real} {message}"
    if real is not None or winner.offer.kind == "dynamic":
        return None
    key = winner.offer.key_id
    tail = verdict["key_tail"] if "key_tail" in verdict else _tail(verdict.get("key", ""))
    shown = (key.last_four if key else None, winner.offer.has_token)
    wanted = (tail, bool(verdict.get("has_token")))
    return None if shown == wanted else f"key: ours {shown}, real {wanted}"


def _may_differ(trace: Trace, expected: Optional[str], real: Optional[str]) -> bool:
    """Tell whether the difference lies in what only a request or a program can tell."""
    assert trace.winner is not None
    detail = trace.winner.detail
    if expected is not None or real is None:
        return False
    if real == "ProcessAWSCredentialException":
        return "credential_process" in detail
    if real == "ArgumentNullException" and "must be refreshed" in detail:
        return True  # whether an expired SSO token can be refreshed is not captured
    if real == "AmazonServiceException":
        return "container credentials endpoint" in detail  # what it answers
    return real in _NETWORK and ("assumes" in detail or "SSO" in detail)


def _tail(key: str) -> Optional[str]:
    found = parse_key_id(key or "")
    return found.last_four if found else None
