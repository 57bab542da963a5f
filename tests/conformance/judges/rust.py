"""The judge of the AWS SDK for Rust, what set-ups get on top, and how verdicts are compared."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

from credlint.model.key_id import parse_key_id
from credlint.model.trace import Trace
from tests.conformance.judge import LineJudge
from tests.conformance.profile_kinds import ACCOUNT, NAMES
from tests.conformance.setups import SetUp, token

SDKS = ("rust",)
MOODS_BY_PORT = False
SERVICES = "answer"
_DRIVER = Path(__file__).parents[1] / "drivers" / "rust"
# Where the built drivers are kept; a folder for temporary files when unset.
CACHE_VARIABLE = "CREDLINT_TEST_DRIVERS"
_DELIMITER = re.compile(r"^([A-Za-z0-9_]+): ")
# On a machine with two cores a build takes about one minute.
_BUILD_SECONDS = 1200


def missing(_sdk: str) -> Optional[str]:
    """Return why the driver cannot be had, None when it can."""
    if shutil.which("cargo") is None:
        return "no Rust toolchain (cargo) is installed"
    try:
        binary()
    except subprocess.CalledProcessError as error:
        last = [line for line in (error.stderr or "").splitlines() if line.startswith("error")][:1]
        return f"the driver cannot be built: {' '.join(last)}"
    return None


@functools.cache
def binary() -> str:
    """Return the path of the driver, built when its source is new; raises CalledProcessError."""
    names = ("Cargo.toml", "Cargo.lock", "src/main.rs", "src/client.rs")
    digest = hashlib.sha256(b"".join((_DRIVER / name).read_bytes() for name in names)).hexdigest()
    base = Path(os.environ.get(CACHE_VARIABLE) or Path(tempfile.gettempdir()) / "credlint-drivers")
    target = base / f"rust-{digest[:16]}"
    if not target.exists():
        folder = base / "rust-target"
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["cargo", "build", "--locked", "--quiet"],
            cwd=_DRIVER,
            env={**os.environ, "CARGO_TARGET_DIR": str(folder)},
            check=True,
            capture_output=True,
            text=True,
            timeout=_BUILD_SECONDS,
        )
        own = f"{target}.{os.getpid()}"
        shutil.copy2(folder / "debug" / "credlint-conformance-rust", own)
        Path(own).replace(target)
    return str(target)


class Judge(LineJudge):
    """One process per run; each set-up has a process of its own below it."""

    def __init__(self, _sdk: str) -> None:
        super().__init__([binary()])


_SHARED = (".aws/config", ".aws/credentials")
_LINES = (
    "retry_mode = Adaptive ",
    "retry_mode = legacy",
    "max_attempts = +3",
    "max_attempts = 0",
    "[ profile   dev ] ; comment",
    "[profile dev] text",
    "[profile dev]# comment",
    "[profile dev # comment]",
    "[profile\tprod]",
    "  [profile ops]",
    "[]",
    "[dev]",
    "[Profile dev]",
    "[default]",
    "[profile default]",
    "[ default ]",
    "[profile a/b.c%d@e:f+g]",
    "[sso-session s-dev]",
    "[services local]",
    'region = "eu-north-1" # comment',
    "region = eu-north-1\t; comment",
    "region=eu-north-1#no comment",
    "REGION=eu-north-1",
    "Region:eu-north-1",
    "region = eu.north-1",
    "region =",
    "  continued",
    "\tnested = value",
    " ",
    "\t; comment",
    "a key = value",
    "kéy = value",
    "role_arn =",
    "role_session_name = x",
    "external_id = yes",
    "source_profile = base ; comment",
    "source_profile = 'default'",
    "source_profile =",
    "credential_source = environment",
    "credential_source = ECSContainer",
    "credential_source = Ec2InstanceMetadata # comment",
    "credential_source = Elsewhere",
    "aws_session_token =",
    "aws_secret_access_key = ",
    "aws_access_key_id = ",
    "sso_region = eu-west-1 # comment",
    "sso_account_id = 123456789012",
    "sso_role_name =",
    "sso_session = s-dev",
    "services = local",
    "endpoint_url = {REFUSED}",
    "use_fips_endpoint = true",
    "web_identity_token_file = '{HOME}/tokens/good'",
    "web_identity_token_file = {HOME}/tokens/good",
    'credential_process = "{HOME}/bin/missing"',
    "login_session = ",
)
_VARIABLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("SECRET_ACCESS_KEY", ("@@secret-key:alias@@", " ", "")),
    ("SECRET_ACCESS_KEY", ("@@secret-key:alias@@",)),
    ("AWS_ACCESS_KEY_ID", (" ", "\t")),
    ("AWS_SECRET_ACCESS_KEY", ("  ", "")),
    ("AWS_SESSION_TOKEN", (" ",)),
    ("AWS_RETRY_MODE", ("standard", "ADAPTIVE", "legacy", "")),
    ("AWS_MAX_ATTEMPTS", ("2", "+1", "0", "-1", "many", "", "4294967296")),
    ("AWS_USE_FIPS_ENDPOINT", ("true", "TRUE", "1")),
    ("AWS_USE_DUALSTACK_ENDPOINT", ("true", "no")),
    ("AWS_ENDPOINT_URL_STS", ("", "nowhere", "ftp://127.0.0.1:9")),
    ("AWS_ENDPOINT_URL_SSO", ("", "::")),
    ("AWS_EC2_METADATA_SERVICE_ENDPOINT", ("localhost:9", "nonsense", "ftp://127.0.0.1:9", "")),
    ("AWS_EC2_METADATA_SERVICE_ENDPOINT", ("http://127.0.0.1:9/a b", "http://127.0.0.1:9:9")),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", ("localhost:9", "127.0.0.1", "http:///x", "http://a b")),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", ("http://localhost:9/x", "http://[::1]:9/x", "*")),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", ("http://user@10.0.0.5/x", "http://[fd00::1]/x")),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN", ("tök", "to\tken", "to\x7fken")),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", ("", "{HOME}")),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", ("", "{HOME}/tokens/good")),
    ("AWS_ROLE_ARN", ("", f"arn:aws:iam::{ACCOUNT}:role/env")),
    ("AWS_REGION", ("", "eu.west-1", "-eu", "eu_west")),
    ("AWS_CONFIG_FILE", ("", "~", "~/.aws/config", "$HOME/.aws/config", "{HOME}/.aws")),
    ("AWS_SHARED_CREDENTIALS_FILE", ("", "~/.aws/../.aws/credentials", "~other/x", "config")),
)


def extended(setup: SetUp, seed: int, number: int) -> SetUp:
    """Return the set-up with what only Rust reads or reads in its own way."""
    dice = random.Random(f"rust:{seed}:{number}")  # noqa: S311  repeatable
    environment, files = dict(setup.environment), dict(setup.files)
    for _ in range(dice.choice((0, 0, 0, 0, 0, 0, 1, 2))):
        name, values = dice.choice(_VARIABLES)
        environment[name] = dice.choice(values)
    if dice.random() < 0.3:
        environment.setdefault("AWS_REGION", "eu-west-1")  # without one no role is assumed
    for path in _SHARED:
        text = files.get(path)
        if text is None or text.startswith("base64:"):
            continue
        ending = "\n" if "\n" in text else "\r"
        lines = text.split(ending)
        # One line that Rust cannot parse makes both files useless, which hides all the rest.
        if dice.random() < 0.85:
            lines = _parsable(lines)
        if dice.random() < 0.2:
            for _ in range(dice.choice((1, 1, 2, 4))):
                lines.insert(dice.randrange(len(lines) + 1), dice.choice(_LINES))
        files[path] = ending.join(lines)
    files.setdefault("tokens/good", "made.up.token")
    profile = setup.profile
    if profile is not None and dice.random() < 0.1:
        profile = dice.choice(NAMES)
    sso = {name: _cache(name, content, dice) for name, content in setup.sso.items()}
    setup = replace(setup, environment=environment, files=files, profile=profile, sso=sso)
    return _focused(setup, dice) if dice.random() < 0.15 else setup


_ROLE = f"role_arn = arn:aws:iam::{ACCOUNT}:role/focused\n"
_OTHER = f"role_arn = arn:aws:iam::{ACCOUNT}:role/other\n"
_PAIR = (
    f"aws_access_key_id = @@key-id:AKIA:{ACCOUNT}:f@@\naws_secret_access_key = @@secret-key:f@@\n"
)
_WEB = "web_identity_token_file = {HOME}/tokens/good\n"
_SSO_ROLE = f"sso_account_id = {ACCOUNT}\nsso_role_name = reader\n"
_SSO_PLACE = "sso_start_url = https://f.example.com/start\nsso_region = eu-west-1\n"
_SSO = f"{_SSO_ROLE}sso_session = f\n[sso-session f]\n{_SSO_PLACE}"
_LEGACY = _SSO_ROLE + _SSO_PLACE
_LOGIN = f"login_session = arn:aws:iam::{ACCOUNT}:user/f\n"
# Ways to go on from the profile that is asked for, which leads to [profile next].
_FIRST = (
    f"{_ROLE}source_profile = next\n",
    f"{_ROLE}source_profile = next\n",
    f"{_ROLE}source_profile = next\n{_PAIR}",
    f"{_ROLE}source_profile = next\n{_WEB}",
    f"{_ROLE}source_profile = next\nrole_session_name = x\n",
    f"{_ROLE}source_profile = default\n",
    f"{_ROLE}source_profile = default\n{_SSO}",
    f"{_ROLE}source_profile = nowhere\n",
    f"{_ROLE}credential_source = Environment\n",
    f"{_ROLE}credential_source = ec2instancemetadata\n",
    f"{_ROLE}credential_source = EcsContainer\n{_WEB}",
    f"credential_source = Ec2InstanceMetadata\n{_PAIR}",
    "credential_source = EcsContainer\n",
    f"{_WEB}{_ROLE}",
    f"{_WEB}{_ROLE}external_id = x\n",
    _SSO,
    _LEGACY,
    f"sso_account_id =\nsso_role_name = reader\n{_SSO_PLACE}",
    f"{_SSO_ROLE}sso_session = f\n[sso-session f]\nsso_region = eu-west-1\n",
    f"sso_session = f\n{_PAIR}[sso-session f]\n{_SSO_PLACE}",
    f"{_SSO_PLACE}{_PAIR}",
    f"{_LOGIN}{_PAIR}",
    "aws_access_key_id =\naws_secret_access_key =\naws_session_token =\n",
    "aws_session_token = @@session-token:f@@\n",
)
_NEXT = (
    _PAIR,
    f"{_OTHER}source_profile = default\n",
    f"{_OTHER}source_profile = next\n",
    f"{_OTHER}source_profile = next\n{_PAIR}",
    f"{_OTHER}source_profile = third\n[profile third]\n{_PAIR}",
    f"{_OTHER}source_profile = third\n[profile third]\n{_SSO}",
    f"{_OTHER}source_profile = third\n",
    f"{_OTHER}credential_source = Ec2InstanceMetadata\n",
    f"{_WEB}{_OTHER}",
    "region = eu-west-1\n",
    "",
    _SSO,
    _LEGACY,
    _SSO_ROLE,
    f"sso_session = f\n[sso-session f]\n{_SSO_PLACE}",
    _LOGIN,
    f"{_LOGIN}{_PAIR}",
    "credential_source = EcsContainer\n",
)


def _focused(setup: SetUp, dice: random.Random) -> SetUp:
    """Return the set-up with a profile that leads deep into what one provider gives."""
    first, following = dice.choice(_FIRST), dice.choice(_NEXT)
    files = {**setup.files, ".aws/config": f"[default]\n{first}[profile next]\n{following}"}
    files.pop(".aws/credentials", None)
    dropped = {"AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}
    if dice.random() < 0.7:
        dropped |= {"AWS_ACCESS_KEY_ID", "AWS_MAX_ATTEMPTS"}
    environment = {name: one for name, one in setup.environment.items() if name not in dropped}
    if dice.random() < 0.6:
        environment["AWS_REGION"] = "eu-west-1"
    expires = dice.choice(
        ("2099-01-01T00:00:00Z",) * 4
        + ("2099-01-01T00:00:00.5Z", "2099-01-01T00:00:00+00:00", "2099-01-01t00:00:00Z")
        + ("2020-01-01T00:00:00Z",)
    )
    sso = {
        name: _cache(name, token(expires), dice) for name in ("f", "https://f.example.com/start")
    }
    given = {
        "accessKeyId": "made-up",
        "secretAccessKey": "x",
        "sessionToken": "y",
        "expiresAt": expires,
        "accountId": ACCOUNT,
    }
    more = {"refreshToken": "r", "dpopKey": "k", "clientId": "c"}
    whole = json.dumps({"accessToken": given, **more})
    if expires.startswith("2020"):
        whole = whole.replace("2020", "2099")  # only a request tells whether it can be renewed
    lost = dice.choice(("", "", "", "accountId", "dpopKey"))
    session = _LOGIN.partition("= ")[2].strip()
    login = {session: whole.replace(lost, "lost") if lost else whole}
    return replace(setup, environment=environment, files=files, profile=None, sso=sso, login=login)


def _parsable(lines: list[str]) -> list[str]:
    """Return the lines without most of what Rust cannot parse; sound ones stay as they are."""
    kept: list[str] = []
    margin = False
    for line in lines:
        bare = line.strip(" \t\r")
        if bare.startswith("["):
            kept.append(line.strip(" \t"))
            margin = True
        elif not bare:
            kept.append(line)
        elif kept and (margin or not line.startswith((" ", "\t"))):
            # A section whose first setting is indented has all of them so.
            kept.append(_DELIMITER.sub(r"\1 = ", line.strip(" \t")))
            margin = line.startswith((" ", "\t"))
        elif kept:
            kept.append(line)
    return [line for line in kept if line[:1] in {"", "[", "#", ";", " ", "\t"} or "=" in line]


def _cache(name: str, content: str, dice: random.Random) -> str:
    """Return an SSO cache whose expired token the portal refuses, or that can be renewed."""
    if not content.startswith('{"accessToken": "made-up", "expiresAt": "2020'):
        return content
    if name.startswith("https:") or dice.random() < 0.4:
        return content.replace("made-up", "expired")
    # The stand-in renews no token, and the portal's takes the one that is there.
    more = {"clientId": "c", "clientSecret": "s", "refreshToken": "r"}
    ends = dice.choice(("2099-01-01T00:00:00Z", "2020-01-01T00:00:00Z"))
    renewable = token("2020-01-01T00:00:00Z", **more, registrationExpiresAt=ends)
    return renewable if ends > "2026" else renewable.replace("made-up", "expired")


def disagreement(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Return in what our trace and the verdict of the real SDK differ, None when they agree."""
    ours, real = _ours(trace), _real(verdict)
    if ours != real:
        return f"credentials: ours {ours}, real {real} {verdict.get('message', '')}"
    problem = _identity(trace, verdict) if "method" in verdict else None
    # Where the program ends before it has a region there is none to compare.
    if problem is None and verdict.get("error") != "panic" and not _region_unknown(trace):
        region = trace.region.value
        problem = None if region == verdict["region"] else f"region: {region} {verdict['region']}"
    return problem


def _region_unknown(trace: Trace) -> bool:
    return any("the region cannot be told" in note for note in trace.notes)


def _ours(trace: Trace) -> dict[str, Any]:
    if trace.outcome == "error":
        assert trace.error is not None
        return {"error": trace.error.name}
    if trace.winner is None:
        return {"none": True}
    # The real SDK does not tell which file a pair stands in; the key id does.
    return {"source": trace.winner.source.replace("_credentials_file", "_config_file")}


_SOURCES = {
    "EnvironmentVariable": ("env", "credential_source"),
    "ProfileFile": ("", "static_config_file"),
    "AssumeRoleProvider": ("", "role_profile"),
    "WebIdentityToken": ("web_identity_env", "web_identity_profile"),
    "SSO": ("", "sso_profile"),
    "Login": ("", "login_profile"),
    "CredentialProcess": ("", "process_profile"),
    "EcsContainer": ("container", "credential_source"),
    "IMDSv2": ("imds", "credential_source"),
}


def _real(verdict: dict[str, Any]) -> dict[str, Any]:
    if "error" in verdict:
        return {"error": verdict["error"]}
    if "method" not in verdict:
        return {"none": True}
    by_profile = "CredentialsProfile" in verdict["features"]
    return {"source": _SOURCES[verdict["method"]][by_profile]}


def _identity(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Compare key id, role and, of a role, the key that its request was signed with."""
    winner = trace.winner
    assert winner is not None
    assert winner.offer is not None
    asked = [one for one in verdict["requests"] if one["action"] != "CreateToken"]
    if asked:
        role = winner.offer.role or ""
        # Of an ARN that goes on below its line no text is kept.
        spread = not role and "\n" in (asked[-1]["role"] or "")
        if role != (asked[-1]["role"] or "") and not spread:
            return f"role: ours {role}, real {asked[-1]['role']}"
        signer = asked[0]["signer"]
        keys = winner.offer.source in {"env", "static_credentials_file", "static_config_file"}
        if keys and signer and f"…{signer}" not in winner.detail:
            return f"signer: ours {winner.detail}, real {signer}"
    if winner.offer.kind == "dynamic":
        return None
    key = winner.offer.key_id
    shown = (key.last_four if key else None, winner.offer.has_token)
    tail = verdict["key_tail"] if "key_tail" in verdict else _tail(verdict.get("key", ""))
    wanted = (tail, verdict["token"])
    return None if shown == wanted else f"key: ours {shown}, real {wanted}"


def _tail(key: str) -> Optional[str]:
    found = parse_key_id(key)
    return found.last_four if found else None
