"""The judge of the AWS SDKs for Go, what set-ups get on top, and how its verdicts are compared."""

from __future__ import annotations

import functools
import hashlib
import os
import random
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Optional

from credlint.model.key_id import parse_key_id
from credlint.model.trace import Trace
from tests.conformance.judge import LineJudge
from tests.conformance.profile_kinds import ACCOUNT, NAMES
from tests.conformance.setups import SetUp

SDKS = ("go-v2",)
MOODS_BY_PORT = True
SERVICES = "refused"
_DRIVERS = Path(__file__).parents[1] / "drivers"
_FOLDERS = {"go-v2": "go", "go-v1": "go-v1", "terraform": "terraform"}
# What all of them are built from.
_SHARED_FOLDERS = ("go-serve", "go-describe")
# Where the built drivers are kept; a folder for temporary files when unset.
CACHE_VARIABLE = "CREDLINT_TEST_DRIVERS"


def missing(sdk: str) -> Optional[str]:
    """Return why the driver cannot be had, None when it can."""
    if shutil.which("go") is None:
        return "no Go toolchain (go) is installed"
    try:
        binary(sdk)
    except subprocess.CalledProcessError as error:
        last = (error.stderr or "").strip().splitlines()[-1:]
        return f"the driver of {sdk} cannot be built: {' '.join(last)}"
    return None


@functools.cache
def binary(sdk: str) -> str:
    """Return the path of the driver, built when its source is new; raises CalledProcessError."""
    folder = _DRIVERS / _FOLDERS[sdk]
    folders = (folder, *(_DRIVERS / name for name in _SHARED_FOLDERS))
    files = [file for one in folders for file in sorted(one.iterdir())]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    base = os.environ.get(CACHE_VARIABLE) or str(Path(tempfile.gettempdir()) / "credlint-drivers")
    target = Path(base) / f"{sdk}-{digest[:16]}"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        own = f"{target}.{os.getpid()}"
        subprocess.run(
            ["go", "build", "-o", own, "."],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        )
        Path(own).replace(target)
    return str(target)


class Judge(LineJudge):
    """One process per run; each set-up has a process of its own below it."""

    def __init__(self, sdk: str) -> None:
        super().__init__([binary(sdk)])


_SHARED = (".aws/config", ".aws/credentials")
_LINES = (
    "retry_mode = adaptive",
    "retry_mode = turbo",
    "max_attempts = 3",
    "max_attempts = 0x1f",
    "max_attempts = many",
    "defaults_mode = Standard",
    "defaults_mode = best",
    "account_id_endpoint_mode = preferred # comment",
    "account_id_endpoint_mode = Preferred",
    "request_checksum_calculation = WHEN_REQUIRED",
    "disable_request_compression = TRUE",
    "request_min_compression_size_bytes = -1",
    "[ profile   dev ] ; comment",
    "[profile dev] text",
    "[profile dev ; comment",
    "[profile\tprod]",
    "  [profile ops]",
    "[]",
    "[dev]",
    "[default]",
    "[profile profile base]",
    "[Default]",
    'region = "eu-north-1" # comment',
    "  region = 'eu-north-1' ; comment",
    "REGION:eu-north-1",
    "region=eu-north-1#no comment",
    "  continued",
    "  nested = value",
    "role_arn =",
    "source_profile = base ; comment",
    "source_profile = 'default'",
    "credential_source = Environment",
    "aws_session_token =",
    "aws_secret_access_key = ",
    "mfa_serial = ",
    "sso_region = eu-west-1 # comment",
    "services = local",
    "web_identity_token_file = '{HOME}/tokens/good'",
    'credential_process = "{HOME}/bin/missing"',
)
_BUNDLES = ("good", "good", "none", "text", "empty", "folder")
_CERTIFICATE = (Path(__file__).parents[2] / "support" / "certificate.pem").read_text("utf-8")
_VARIABLES = (
    ("AWS_RETRY_MODE", ("standard", "legacy", "")),
    ("AWS_DEFAULTS_MODE", ("auto", "Legacy", "best")),
    ("AWS_USE_FIPS_ENDPOINT", ("false", "FALSE", "0")),
    ("AWS_ENABLE_ENDPOINT_DISCOVERY", ("auto", "on")),
    ("AWS_ACCOUNT_ID_ENDPOINT_MODE", ("disabled", "Disabled")),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", ("false", "no")),
    ("AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES", ("100", "-1")),
    ("AWS_SDK_LOAD_CONFIG", ("1", "0")),
)
# What a request that cannot be answered gives: whether it could is not known offline.
_NETWORK = {"RequestSendError", "ResponseError", "CanceledError", "EndpointError", "error"}


def extended(setup: SetUp, seed: int, number: int) -> SetUp:
    """Return the set-up with what only Go reads or reads in its own way."""
    return with_corners(setup, random.Random(f"go:{seed}:{number}"), _LINES, _VARIABLES)  # noqa: S311


def with_corners(
    setup: SetUp,
    dice: random.Random,
    own_lines: tuple[str, ...],
    variables: tuple[tuple[str, tuple[str, ...]], ...],
) -> SetUp:
    """Return the set-up with some of these lines and variables, and what all Go SDKs share."""
    environment, files = dict(setup.environment), dict(setup.files)
    if dice.random() < 0.08:
        environment["AWS_ACCESS_KEY"] = f"@@key-id:AKIA:{ACCOUNT}:alias@@"
        if dice.random() < 0.8:
            environment["AWS_SECRET_KEY"] = "@@secret-key:alias@@"  # noqa: S105  a placeholder
    if dice.random() < 0.03:
        name, values = dice.choice(variables)
        environment[name] = dice.choice(values)
    # Go refuses these forms for good, which would hide all the rest too often.
    if environment.get("AWS_EC2_METADATA_V1_DISABLED") == "1" and dice.random() < 0.7:
        environment["AWS_EC2_METADATA_V1_DISABLED"] = "true"
    for path in _SHARED:
        text = files.get(path)
        if text is not None and not text.startswith("base64:") and dice.random() < 0.2:
            ending = "\n" if "\n" in text else "\r"
            lines = text.split(ending)
            for _ in range(dice.choice((1, 1, 2, 4))):
                lines.insert(dice.randrange(len(lines) + 1), dice.choice(own_lines))
            files[path] = ending.join(lines)
    files.setdefault("tokens/good", "made.up.token")
    if dice.random() < 0.05:
        environment["AWS_CA_BUNDLE"] = "{HOME}/bundles/" + dice.choice(_BUNDLES)
    files.update(
        {
            "bundles/good": "Some text\n" + _CERTIFICATE,
            "bundles/text": _CERTIFICATE.replace("MII", "AAA"),
            "bundles/empty": "",
            "bundles/folder": "dir:",
        }
    )
    profile = setup.profile
    if profile is not None and dice.random() < 0.1:
        profile = dice.choice(NAMES)
    return replace(setup, environment=environment, files=files, profile=profile)


def disagreement(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Return in what our trace and the verdict of the real SDK differ, None when they agree."""
    return compared(trace, verdict, _may_differ)


MayDiffer = Callable[[Trace, Optional[str], Optional[str]], bool]


def compared(trace: Trace, verdict: dict[str, Any], may_differ: MayDiffer) -> Optional[str]:
    """Compare; ``may_differ`` is asked of the errors of first use, ours and the real one."""
    ours, real = _ours(trace), _real(verdict)
    if ours != real:
        return f"credentials: ours {ours}, real {real} {verdict.get('message', '')}"
    problem = _first_use(trace, verdict, may_differ)
    if problem is None and verdict["stage"] != "construct" and not _region_unknown(trace):
        region = trace.region.value or ""
        problem = None if region == verdict["region"] else f"region: {region} {verdict['region']}"
    return problem


def _region_unknown(trace: Trace) -> bool:
    return any("the region cannot be told" in note for note in trace.notes)


def _ours(trace: Trace) -> dict[str, Any]:
    if trace.outcome == "error":
        assert trace.error is not None
        return {"error": trace.error.name}
    return {"source": trace.winner.source} if trace.winner else {"none": True}


def _real(verdict: dict[str, Any]) -> dict[str, Any]:
    if verdict["stage"] == "construct":
        return {"error": verdict["error"]}
    if verdict["method"] == "imds" and verdict["stage"] == "first-use":
        return {"none": True}
    return {"source": verdict["method"]}


def _first_use(trace: Trace, verdict: dict[str, Any], may_differ: MayDiffer) -> Optional[str]:
    winner = trace.winner
    if winner is None or winner.offer is None or trace.outcome == "error":
        return None
    role, real_role = winner.offer.role, verdict.get("role", "")
    if real_role and (role or "") != real_role and winner.source != "imds":
        return f"role: ours {role}, real {real_role}"
    base = verdict.get("base", "")
    if base and winner.offer.source is not None and base != winner.offer.source:
        return f"base: ours {winner.offer.source}, real {base}"
    expected = winner.error.name if winner.error else None
    real = verdict["error"] if verdict["stage"] == "first-use" else None
    if expected != real and not may_differ(trace, expected, real):
        message = verdict.get("message", "")
        return f"first use of {winner.source}: ours {expected}, real {real} {message}"
    if real is not None or winner.offer.kind == "dynamic":
        return None
    key = winner.offer.key_id
    tail = verdict["key_tail"] if "key_tail" in verdict else _tail(verdict.get("key", ""))
    shown, wanted = (
        (key.last_four if key else None, winner.offer.has_token),
        (tail, verdict["token"]),
    )
    return None if shown == wanted else f"key: ours {shown}, real {wanted}"


def _may_differ(trace: Trace, expected: Optional[str], real: Optional[str]) -> bool:
    """Tell whether the difference lies in what only a request or a program can tell."""
    assert trace.winner is not None
    detail = trace.winner.detail
    if expected == "RequestSendError":
        return real in _NETWORK
    if expected is not None or real is None:
        return False
    if real == "ProviderError":
        return "credential_process" in detail
    if real in {"EndpointError", "DeserializationError"}:
        return "container credentials endpoint" in detail  # what it answers
    sent = "assumes" in detail or "SSO" in detail or "login" in detail
    return sent and real in _NETWORK - ({"error"} if usable(trace.region.value) else set())


def usable(region: Optional[str]) -> bool:
    """Tell whether a region can be part of a host name."""
    return bool(region) and all(c.isalnum() or c == "-" for c in region or "")


def _tail(key: str) -> Optional[str]:
    found = parse_key_id(key)
    return found.last_four if found else None
