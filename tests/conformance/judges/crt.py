"""The judge of the Common Runtime and the C++ SDK, what set-ups get on top, the comparison.

Both call STS and SSO on port 443 of hosts of their own choice. Their drivers run behind a library
(``drivers/crt/redirect.c``) that brings these calls to ``drivers/crt/services.py`` and lets no
other address but loopback be reached.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

from credlint.model.key_id import parse_key_id
from credlint.model.trace import Trace
from tests.conformance.drivers.crt import services
from tests.conformance.judge import LineJudge
from tests.conformance.profile_kinds import ACCOUNT, NAMES
from tests.conformance.setups import SetUp, token
from tests.conformance.stand_ins import document

SDKS = ("crt", "cpp")
MOODS_BY_PORT = True
# Not by variables, see above.
SERVICES = "refused"
_FOLDER = Path(__file__).parents[1] / "drivers" / "crt"
_DRIVERS = {"crt": "crt_driver.py", "cpp": "cpp_driver.py"}
_PACKAGES = {"crt": "awscrt", "cpp": "pyarrow"}
# An interpreter that has pyarrow, where the one of the tests has none.
PYARROW_VARIABLE = "CREDLINT_TEST_PYARROW"
# Where the built library is kept; a folder for temporary files when unset.
CACHE_VARIABLE = "CREDLINT_TEST_DRIVERS"


def missing(sdk: str) -> Optional[str]:
    """Return why the driver cannot be run, None when it can."""
    if sys.platform != "linux":
        return "the driver keeps itself on the machine by LD_PRELOAD, which Linux has"
    for tool, what in (("cc", "a C compiler"), ("openssl", "OpenSSL's command")):
        if shutil.which(tool) is None:
            return f"{what} ({tool}) is not installed"
    if sdk == "cpp" and os.environ.get(PYARROW_VARIABLE):
        return None
    package = _PACKAGES[sdk]
    if importlib.util.find_spec(package) is None:
        return f"{package} is not installed (pip install credlint[conformance])"
    return None


def _interpreter(sdk: str) -> str:
    named = os.environ.get(PYARROW_VARIABLE) if sdk == "cpp" else None
    return named or sys.executable


@functools.cache
def library() -> str:
    """Return the path of the redirecting library, built when its source is new."""
    source = _FOLDER / "redirect.c"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    base = os.environ.get(CACHE_VARIABLE) or str(Path(tempfile.gettempdir()) / "credlint-drivers")
    target = Path(base) / f"redirect-{digest[:16]}.so"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        own = f"{target}.{os.getpid()}"
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-O1", "-o", own, str(source), "-ldl"],
            check=True,
            capture_output=True,
            timeout=120,
        )
        Path(own).replace(target)
    return str(target)


class Judge(LineJudge):
    """One process per run with the services beside it; each set-up has a process of its own."""

    def __init__(self, sdk: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        authority = services.Authority(Path(self._folder.name))
        self._services = services.Services(authority)
        threading.Thread(
            target=self._services.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "LD_PRELOAD": library(),
            "CREDLINT_SERVICES_PORT": str(self._services.server_address[1]),
            "CREDLINT_SERVICES_BUNDLE": str(authority.bundle),
        }
        command = [_interpreter(sdk), "-I", str(_FOLDER / _DRIVERS[sdk])]
        super().__init__(command, environment)

    def __exit__(self, *details: object) -> None:
        super().__exit__(*details)
        self._services.shutdown()
        self._services.server_close()
        self._folder.cleanup()

    def ask(self, setup: dict[str, Any]) -> dict[str, Any]:
        """Return the verdict with what the session token tells."""
        verdict = super().ask(setup)
        token = verdict.pop("session", None)
        told = {**verdict, "token": bool(token), "story": services.story(token or "")}
        if told["stage"] == "credentials":
            told["sources"] = sorted(_sources(told))
            told["method"] = "/".join(told["sources"])
        told.pop("agent", None)  # names this machine's system
        return told


_SHARED = (".aws/config", ".aws/credentials")
_LINES = (
    "[ profile   dev ] ; comment",
    "[profile dev] text",
    "[profile dev ; comment",
    "[profile\tprod]",
    "[profile ops # comment]",
    "  [profile ops]",
    "[]",
    "[dev]",
    "[default]",
    "[profile default]",
    "[sso-session dev]",
    "[services prod]",
    "[profiledev]",
    "# comment",
    "  # comment",
    "region=eu-north-1 # comment",
    "region=eu-north-1#no comment",
    "region: eu-north-1",
    "region:eu-north-1",
    "REGION = eu-north-1",
    "  continued",
    "  nested = value",
    "role_arn =",
    f"role_arn = arn:aws:iam::{ACCOUNT}:role/added",
    "source_profile = base ; comment",
    "source_profile = default",
    "credential_source = environment",
    "credential_source = ECSCONTAINER",
    "aws_session_token =",
    "aws_access_key_id =",
    "aws_secret_access_key = ",
    "credential_process = give",
    "credential_process =",
    "role_session_name =",
    "external_id = a",
    "web_identity_token_file = {HOME}/tokens/good",
    "endpoint_url = localhost",
    "endpoint_url = http://localhost",
    "services = prod",
    "sts =",
    "  endpoint_url = localhost",
    "  endpoint_url = http://localhost",
    "aws_access_key_id",
    "two words",
    "region = eu[1]",
    "region = eu-south-1 ; comment",
    "[default ]",
    "[ profile dev]",
    "[my-profile dev]",
    "[profile sso-session s]",
    "sso_session = s",
    "sso_role_name = ",
    "sso_region = eu-west-1",
    "\tregion = eu-south-2",
    "ab",
    "two words = value",
    "=",
    "a = = b",
)
_ENDPOINTS = ("localhost", "sts.eu-west-1.amazonaws.com", "https://sts.eu-west-1.amazonaws.com")


def extended(setup: SetUp, seed: int, number: int) -> SetUp:
    """Return the set-up with what only these SDKs read or read in their own way."""
    dice = random.Random(f"crt:{seed}:{number}")  # noqa: S311  repeatable
    environment, files = dict(setup.environment), dict(setup.files)
    _extend_environment(environment, files, dice)
    for path in _SHARED:
        text = files.get(path)
        if text is not None and not text.startswith("base64:") and dice.random() < 0.2:
            ending = "\n" if "\n" in text else "\r"
            lines = text.split(ending)
            for _ in range(dice.choice((1, 1, 2, 4))):
                lines.insert(dice.randrange(len(lines) + 1), dice.choice(_LINES))
            files[path] = ending.join(lines)
    files.setdefault("tokens/good", "made.up.token")
    sso = dict(setup.sso)
    if dice.random() < 0.3:
        _add_profile(environment, files, sso, dice)
    # An address that cannot be read gives way to the one of EC2, which is not asked in tests.
    contexts = setup.contexts
    broken = environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT") in ("http://", "::")
    if broken and dice.random() < 0.7:
        contexts = ("laptop",)
    # Neither driver can hand a profile over.
    return replace(
        setup, environment=environment, files=files, profile=None, contexts=contexts, sso=sso
    )


def _pair(prefix: str, name: str) -> str:
    return (
        f"aws_access_key_id = @@key-id:{prefix}:{ACCOUNT}:{name}@@\n"
        f"aws_secret_access_key = @@secret-key:{name}@@\n"
    )


def _add_profile(
    environment: dict[str, str], files: dict[str, str], sso: dict[str, str], dice: random.Random
) -> None:
    """Add a sound profile behind whatever the config file has, and select it."""
    text = files.get(".aws/config", "")
    if text.startswith("base64:") or "\r" in text:
        return
    role = f"role_arn = arn:aws:iam::{ACCOUNT}:role/own-role\n"
    portal = "sso_start_url = https://own.example.com/start\nsso_region = eu-west-1\n"
    reader = f"sso_account_id = {ACCOUNT}\nsso_role_name = reader\n"
    files["bin/own"] = (
        'exec:#!/bin/sh\necho \'{"Version": 1, "AccessKeyId": '
        f'"@@key-id:ASIA:{ACCOUNT}:own@@", "SecretAccessKey": "@@secret-key:own@@"}}\'\n'
    )
    kinds = (
        portal + reader,
        f"sso_session = own\n{reader}[sso-session own]\n{portal}",
        "credential_process = {HOME}/bin/own\n",
        f"{role}web_identity_token_file = {{HOME}}/tokens/good\nregion = eu-west-1\n",
        _pair("ASIA", "own") + "aws_session_token = @@session-token:own@@\n",
        f"{role}source_profile = deep\n[profile deep]\n{role}source_profile = own\n"
        + _pair("AKIA", "deep"),
        f"{role}credential_source = Environment\nregion = eu-west-1\n",
    )
    files[".aws/config"] = f"{text}\n[profile own]\n{dice.choice(kinds)}"
    content = dice.choice((token(), token(), token("2020-01-01T00:00:00Z"), "{}"))
    sso["own"] = sso["https://own.example.com/start"] = content
    names = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
    chosen = dice.choice((names, names[:1], names[1:]))
    environment.update(dict.fromkeys(chosen, "own"))


def _extend_environment(
    environment: dict[str, str], files: dict[str, str], dice: random.Random
) -> None:
    # A URL makes every call of STS fail, which would hide all roles.
    if dice.random() < 0.92:
        environment["AWS_ENDPOINT_URL"] = ""
    if dice.random() < 0.06:
        name = dice.choice(("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"))
        environment[name] = dice.choice(_ENDPOINTS)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        if dice.random() < 0.015:
            environment[name] = dice.choice(("", "~/.aws/other", "$HOME/.aws/config", "{HOME}"))
    if dice.random() < 0.08:
        environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = dice.choice(
            ("{SERVER}/container", "localhost:1/x", "http://[::1]:1/x", "http://a:b/x", "http:/x")
        )
    if environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI") and dice.random() < 0.15:
        files["auth/crlf"], files["auth/empty"] = "token\r\n", ""
        environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = dice.choice(
            ("{HOME}/auth/crlf", "{HOME}/auth/empty")
        )
    if dice.random() < 0.02:
        environment["AWS_EC2_METADATA_DISABLED"] = dice.choice(("False", "no", "0"))
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        if name not in environment and dice.random() < 0.3:
            environment[name] = dice.choice(NAMES[:-1])


_STATIC = {"static_credentials_file", "static_config_file"}
_WEB_IDENTITY = {"web_identity", "web_identity_profile"}
# What awscrt's log tells, by line.
_MARKS = {
    "Loaded credentials from environment": {"env"},
    "Loaded credentials from profile": _STATIC,
    "Process credentials provider successfully": {"process_profile"},
}
# What the C++ SDK tells of a provider in the user agent (client/UserAgent.cpp).
_METRICS: dict[str, set[str]] = {
    "g": {"env"},
    "n": set(),  # of a profile; in which way is told by the log
    "q": _WEB_IDENTITY,
    "s": {"sso_profile"},
    "u": {"sso_profile"},
    "z": {"container"},
    "0": {"imds"},
}


def disagreement(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Return in what our trace and the verdict of the real SDK differ, None when they agree."""
    stage = verdict["stage"]
    if trace.outcome == "error":
        assert trace.error is not None
        ends = {6: "SIGABRT", 11: "SIGSEGV"}.get(verdict.get("signal", 0))
        same = trace.error.name == ("never returns" if stage == "hang" else ends)
        return None if same else f"ours {trace.error.name}, real {verdict}"
    problem = _region(trace, verdict)
    if problem is not None:
        return problem
    if stage != "credentials":
        same = stage == "none" and trace.winner is None
        return None if same else f"ours {trace.winner and trace.winner.source}, real {verdict}"
    if trace.winner is None:
        return f"ours none, real {verdict}"
    if trace.winner.source not in verdict["sources"]:
        return f"source: ours {trace.winner.source}, real {verdict['sources']}"
    return _identity(trace, verdict)


def _sources(verdict: dict[str, Any]) -> set[str]:
    """Return which of our sources it can have been."""
    agent = verdict.get("agent")
    if agent is not None:
        metrics = agent.rpartition(" m/")[2].split(",")
        sources = next(_METRICS[metric] for metric in metrics if metric in _METRICS)
        return sources or _MARKS[verdict["log"][-1]]
    story = verdict["story"]
    if story is not None:
        return {"role_profile"} if story["call"] == "role" else _WEB_IDENTITY
    for source in ("container", "imds"):
        if verdict["key"] == document(source)["AccessKeyId"]:
            return {source}
    told = [mark for mark in verdict["log"] if mark in _MARKS]
    return _MARKS[told[-1]]


def _identity(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    winner, story = trace.winner, verdict["story"]
    assert winner is not None
    assert winner.offer is not None
    role = story.get("role", story.get("role_name")) if story is not None else None
    if role is not None and winner.offer.role != role:
        return f"role: ours {winner.offer.role}, real {role}"
    if winner.offer.kind == "dynamic":
        return None
    tail = verdict["key_tail"] if "key_tail" in verdict else _tail(verdict["key"])
    ours = winner.offer.key_id
    shown = (ours.last_four if ours else None, winner.offer.has_token)
    wanted = (tail, verdict["token"])
    return None if shown == wanted else f"key: ours {shown}, real {wanted}"


def _region(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    ours, real = trace.region, verdict.get("region")
    if "region" not in verdict or any("the region cannot be told" in note for note in trace.notes):
        return None
    if ours.source == "imds" and real == "us-east-1":
        # Arrow switches IMDS off in the client configuration that it takes the region from
        # (cpp/src/arrow/filesystem/s3fs.cc); a program that does not would ask.
        return None
    return None if ours.value == real else f"region: ours {ours.value}, real {real}"


def _tail(key: Optional[str]) -> Optional[str]:
    found = parse_key_id(key or "")
    return found.last_four if found else None
