"""The judge of the AWS SDK for JavaScript v3, what set-ups get on top, how verdicts are compared.

It drops the path of the IMDS endpoint, so its stand-ins have a port for each mood.
"""

from __future__ import annotations

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
from tests.conformance.judge import LineJudge
from tests.conformance.setups import SetUp

SDKS = ("js-v3",)
MOODS_BY_PORT = True
SERVICES = "refused"
DRIVERS = Path(__file__).parents[1] / "drivers"
# Where packages are installed; a folder for temporary files when unset.
CACHE_VARIABLE = "CREDLINT_TEST_DRIVERS"
_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable


def missing(_sdk: str, name: str = "javascript") -> Optional[str]:
    """Return why the driver cannot be had, None when it can."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    try:
        installed(name)
    except subprocess.SubprocessError as error:
        words = str(getattr(error, "stderr", None) or error).strip().splitlines()
        return f"the packages of {name} cannot be installed: {' '.join(words[:1])}"
    return None


@functools.cache
def installed(name: str) -> str:
    """Return the folder that holds a driver's packages, installed when it is new."""
    own = [DRIVERS / name / file for file in ("package.json", "package-lock.json")]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in own)).hexdigest()
    base = os.environ.get(CACHE_VARIABLE) or str(Path(tempfile.gettempdir()) / "credlint-drivers")
    target = Path(base) / f"{name}-{digest[:16]}"
    if not target.exists():
        fresh = Path(f"{target}.{os.getpid()}")
        fresh.mkdir(parents=True)
        for file in own:
            shutil.copy(file, fresh)
        subprocess.run(
            ["npm", "ci", "--silent", "--no-fund", "--no-audit", "--ignore-scripts"],
            cwd=fresh,
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        )
        fresh.replace(target)
    return str(target)


class Judge(LineJudge):
    """One process for all set-ups; the SDK's modules are loaded anew for each."""

    def __init__(self, _sdk: str) -> None:
        driver = str(DRIVERS / "javascript" / "driver.mjs")
        super().__init__([shutil.which("node") or "node", driver, installed("javascript")])


def extended(setup: SetUp, seed: int, number: int) -> SetUp:
    """Return the set-up with what only JavaScript reads or reads in its own way."""
    dice = random.Random(f"javascript:{seed}:{number}")  # noqa: S311  repeatable
    environment = dict(setup.environment)
    _imds(environment, dice)
    _container(environment, dice)
    for name, values in (
        ("AWS_CREDENTIAL_SCOPE", ("scope", "")),
        ("AWS_ACCOUNT_ID", ("123456789012", "")),
        ("AWS_EC2_METADATA_DISABLED", ("false", "0", "FALSE", "no", "")),
        ("AWS_REGION", ("fips-us-east-1", "us-gov-west-1-fips", "*", "-x", "a" * 64)),
    ):
        if dice.random() < 0.03:
            environment[name] = dice.choice(values)
    profile = setup.profile
    if profile is None and dice.random() < 0.02:
        profile = ""
    files = {
        path: _spoil(content, dice)
        if path not in {"ec2.txt", ".boto"} and "[" in content and dice.random() < 0.25
        else content
        for path, content in setup.files.items()
    }
    sso = {name: _token(content, dice) for name, content in setup.sso.items()}
    login = {name: _session(content, dice) for name, content in setup.login.items()}
    return replace(
        setup, environment=environment, files=files, profile=profile, sso=sso, login=login
    )


def _imds(environment: dict[str, str], dice: random.Random) -> None:
    if dice.random() < 0.004:
        environment[_ENDPOINT] += "/below"
    if dice.random() < 0.02:
        environment[_ENDPOINT] = dice.choice(
            ("https://127.0.0.1:9", "ftp://127.0.0.1:9", "nonsense", "http://[::1", "http://:80")
        )
    elif dice.random() < 0.01:
        environment[_ENDPOINT] = ""
        environment[f"{_ENDPOINT}_MODE"] = dice.choice(("x", "", "IPV6", "ipv4"))


def _container(environment: dict[str, str], dice: random.Random) -> None:
    if dice.random() < 0.05:
        environment[_FULL] = dice.choice(
            (
                "https://127.0.0.1:9/x",
                "https://127.0.0.5:9/x",
                "{REFUSED}/container",
                "http://127.0.0.5:9/x",
                "http://[::1]:9/x",
                "http://localhost:9/x",
                "ftp://localhost/x",
                "http://LOCALHOST:9/x",
                "http://127.0.0.256/x" if dice.random() < 0.1 else "http://1.2.3.4/x",
            )
        )
    if dice.random() < 0.03:
        environment[_TOKEN] = dice.choice(("a\r\nb", "a\tb", "good", ""))


def _token(content: str, dice: random.Random) -> str:
    if "expiresAt" not in content or dice.random() < 0.6:
        return content
    table = json.loads(content)
    for name in ("clientId", "clientSecret", "refreshToken"):
        if dice.random() < 0.85:
            table[name] = "made-up"
    if dice.random() < 0.3:
        table["accessToken"] = ""
    return json.dumps(table)


def _session(content: str, dice: random.Random) -> str:
    if "expiresAt" not in content or dice.random() < 0.6:
        return content
    table = json.loads(content)
    name = dice.choice(("clientId", "refreshToken", "dpopKey", "accountId", "secretAccessKey"))
    part = table if name in table else table["accessToken"]
    if dice.random() < 0.5:
        part[name] = ""
    else:
        del part[name]
    return json.dumps(table)


def _spoil(text: str, dice: random.Random) -> str:
    if text.startswith("base64:") or "\r" in text.replace("\r\n", ""):
        return text
    lines = text.split("\n")
    for _ in range(dice.choice((1, 1, 2, 4))):
        place = dice.randrange(len(lines))
        lines[place : place + 1] = _respelled(lines[place], dice)
    return "\n".join(lines)


def _respelled(line: str, dice: random.Random) -> list[str]:
    name, equals, value = line.partition(" = ")
    if line.startswith("[profile "):
        plain = line[9:-1]
        return [
            dice.choice(
                (
                    f"[profile.{plain}]",
                    f"[profile '{plain}']",
                    f"[profile \"{plain}']",
                    f"[Profile {plain}]",
                    f"[profile\t{plain}]",
                    f"\ufeff[profile {plain}]",
                    f"[profile {plain}] ; of somebody",
                    f"[profile {plain}];x",
                    f"[sso-session.{plain}]",
                    f"[{plain}]",
                )
            )
        ]
    if line.startswith("["):
        return dice.choice(
            (
                [f"{line} # of somebody"],
                [line.replace("[", "[profile ", 1)],
                ["[__proto__]", line],
                [line, "aws_session_token ="],
                ["[profile __proto__]", line],
                [f"\u3000{line}\u2003"],
                [f"\x1c{line}"],
                [line.replace("]", ".x]")],
                ["[services x]", line],
            )
        )
    if not equals:
        return [line]
    return dice.choice(
        (
            [f"{name} = {value} ;comment"],
            [f"{name} = {value}\t# comment"],
            [f"{name} = {value};no comment"],
            [f"{name} =", f"{name} = {value}"],
            [f"{name} =", f"  {name} = {value}"],
            [f"{name.title()} = {value}"],
            [line, f"{name} = other"],
            [f"{name} = other", line],
            [f"{name} == {value}"],
            [f"\ufeff{line}"],
            [f"# {line}"],
            [f"credential_source = {dice.choice(('Environment', 'EcsContainer'))}", line],
            ["mfa_serial = arn:aws:iam::123456789012:mfa/x", line],
        )
    )


def disagreement(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Return in what our trace and the verdict of the real SDK differ, None when they agree."""
    ours, real = _ours(trace), _real(verdict)
    if ours != real:
        return f"credentials: ours {ours}, real {real} {verdict.get('message', '')}"
    return _first_use(trace, verdict) or _region(trace, verdict)


def _ours(trace: Trace) -> dict[str, Any]:
    if trace.outcome == "error":
        assert trace.error is not None
        return {"error": trace.error.name}
    return {"source": trace.winner.source} if trace.winner else {"none": True}


def _real(verdict: dict[str, Any]) -> dict[str, Any]:
    if verdict["stage"] == "resolve":
        return {"error": verdict["error"]}
    return {"none": True} if verdict["stage"] == "none" else {"source": verdict["method"]}


def _first_use(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    winner = trace.winner
    if winner is None or winner.offer is None:
        return None
    # Of several roles the one that the others are assumed with is asked for first, and refused.
    role = verdict.get("role")
    if role and f"assumes {role}" not in winner.detail:
        return f"role: ours {winner.detail}, real {role}"
    if verdict["stage"] == "first-use":
        # The call itself, and a region that the program may give as well.
        tolerated = verdict["error"] == "ECONNREFUSED" or trace.region.value is None
        return None if tolerated else f"first use of {winner.source}: {verdict['error']}"
    return key_difference(trace, verdict)


def key_difference(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Return in what a static key and its token differ."""
    offer = trace.winner.offer if trace.winner else None
    if offer is None or offer.kind == "dynamic":
        return None
    tail = verdict["key_tail"] if "key_tail" in verdict else _tail(verdict.get("key") or "")
    ours = (offer.key_id.last_four if offer.key_id else None, offer.has_token)
    real = (tail, verdict["token"])
    return None if ours == real else f"key: ours {ours}, real {real}"


def _tail(key: str) -> Optional[str]:
    found = parse_key_id(key)
    return found.last_four if found else None


def _region(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    if any("the region cannot be told" in note for note in trace.notes):
        return None
    if "region_error" in verdict:
        told = any("looking up the region" in note for note in trace.notes)
        return None if told else f"region: ours {trace.region}, real {verdict['region_error']}"
    ours, real = trace.region.value, verdict["region"]
    return None if ours == real else f"region: ours {ours}, real {real}"
