"""The judge of the AWS SDK for Kotlin, what set-ups get on top, how its verdicts are compared."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import random
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

from credlint.model.key_id import parse_key_id
from credlint.model.trace import Trace
from tests.conformance.judge import LineJudge
from tests.conformance.profile_kinds import ACCOUNT
from tests.conformance.setups import SetUp, token

SDKS = ("kotlin",)
MOODS_BY_PORT = False
SERVICES = "answer"
_DRIVER = Path(__file__).parents[1] / "drivers" / "kotlin"
_FILES = ("pom.xml", "Driver.java", "Json.java", "Redirect.java", "World.java", "sh")
# Where built drivers and what they need are kept; a folder for temporary files when unset.
CACHE_VARIABLE = "CREDLINT_TEST_DRIVERS"
# Set: every set-up has a JVM of its own, started in its home and with its environment.
FRESH_VARIABLE = "CREDLINT_TEST_FRESH_JVM"


def missing(_sdk: str) -> Optional[str]:
    """Return why the driver cannot be had, None when it can."""
    for tool in ("java", "javac", "mvn"):
        if shutil.which(tool) is None:
            return f"no JDK with Maven ({tool}) is installed"
    try:
        classes()
    except subprocess.CalledProcessError as error:
        last = ((error.stderr or "") + (error.stdout or "")).strip().splitlines()[-1:]
        return f"the driver of Kotlin cannot be built: {' '.join(last)}"
    return None


@functools.cache
def classes() -> Path:
    """Return the folder of the driver's classes and jars, made when its source is new."""
    digest = hashlib.sha256(b"".join((_DRIVER / name).read_bytes() for name in _FILES)).hexdigest()
    base = os.environ.get(CACHE_VARIABLE) or str(Path(tempfile.gettempdir()) / "credlint-drivers")
    target = Path(base) / f"kotlin-{digest[:16]}"
    if not target.exists():
        own = Path(f"{target}.{os.getpid()}")
        own.mkdir(parents=True)
        copy = ["mvn", "-q", "-B", "-f", str(_DRIVER / "pom.xml"), "dependency:copy-dependencies"]
        _run([*copy, "-DincludeScope=runtime", f"-DoutputDirectory={own / 'jars'}"])
        sources = [str(_DRIVER / name) for name in _FILES if name.endswith(".java")]
        _run(["javac", "-nowarn", "-cp", f"{own / 'jars'}/*", "-d", str(own), *sources])
        # The only names that the driver can look up.
        (own / "hosts").write_text("127.0.0.1 localhost\n", encoding="utf-8")
        (own / "bin").mkdir()
        shutil.copy(_DRIVER / "sh", own / "bin")
        own.replace(target)
    return target


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)


def _version() -> str:
    table = ET.parse(_DRIVER / "pom.xml").getroot()  # noqa: S314  our own file
    name = "{http://maven.apache.org/POM/4.0.0}"
    return str(table.findtext(f"{name}dependencies/{name}dependency/{name}version"))


def command(folder: Path) -> list[str]:
    """Return the command that starts the driver."""
    opened = ("java.base/java.lang=ALL-UNNAMED", "java.base/java.util=ALL-UNNAMED")
    return [
        str(shutil.which("java")),
        *(f"--add-opens={one}" for one in opened),
        "-Djava.security.manager=allow",
        f"-Djdk.net.hosts.file={folder / 'hosts'}",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        f"{folder}:{folder / 'jars'}/*",
        "Driver",
        _version(),
    ]


class Judge(LineJudge):
    """One JVM; what a set-up's home holds is linked into its working directory, which is fixed."""

    def __init__(self, _sdk: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._kept = tempfile.TemporaryDirectory()
        environment = {
            "PATH": f"{classes() / 'bin'}:{os.environ['PATH']}",
            "CREDLINT_DRIVER_ENVIRONMENT": f"{self._kept.name}/environment",
        }
        before = Path.cwd()
        os.chdir(self._folder.name)  # the driver's working directory
        try:
            super().__init__(command(classes()), environment)
        finally:
            os.chdir(before)

    def __exit__(self, *details: object) -> None:
        super().__exit__(*details)
        self._folder.cleanup()
        self._kept.cleanup()

    def ask(self, setup: dict[str, Any]) -> dict[str, Any]:
        """Return the verdict on one set-up."""
        if os.environ.get(FRESH_VARIABLE):
            return _ask_fresh(setup)
        links = []
        for path in Path(setup["cwd"]).iterdir():
            link = Path(self._folder.name) / path.name
            link.symlink_to(path)
            links.append(link)
        try:
            return super().ask(setup)
        finally:
            for link in links:
                link.unlink()


def _ask_fresh(setup: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        command(classes()),
        input=json.dumps(setup) + "\n",
        env=setup["env"],
        cwd=setup["cwd"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return dict(json.loads(done.stdout.splitlines()[1]))


_SHARED = (".aws/config", ".aws/credentials")
_LINES = (
    "[default] ",
    "[default]  # comment",
    "[profile dev] # comment",
    "[profile dev]#comment",
    "[profile dev] ; sso-session",
    "[profile   dev]",
    "[profile\tprod]",
    "[profile default]",
    "[profile we ird]",
    "[default other]",
    "[Default]",
    "[dev]",
    "[services local]",
    "[sso-session s-dev]",
    "region = eu-north-1 # comment",
    "region = eu-north-1  ; comment",
    "region=eu-north-1#no comment",
    "REGION = eu-north-1",
    "region =",
    "region =\n  nested = value",
    "output = json\n  continued",
    "services = local",
    "services = nowhere",
    "sts =\n  endpoint_url = {REFUSED}",
    "endpoint_url = {REFUSED}",
    "endpoint_url = nonsense",
    "ignore_configured_endpoint_urls = True",
    "ignore_configured_endpoint_urls = perhaps",
    "max_attempts = 2",
    "max_attempts = many",
    "retry_mode = ADAPTIVE",
    "retry_mode = turbo",
    "use_fips_endpoint = FALSE",
    "use_fips_endpoint = true",
    "use_dualstack_endpoint = perhaps",
    "sdk_ua_app_id =\n  inner = value",
    "role_arn =",
    "source_profile = base ; comment",
    "source_profile = default",
    "credential_source = Environment",
    "credential_source = Ec2InstanceMetadata",
    "aws_session_token =",
    "aws_secret_access_key = ",
    "aws_account_id =\n  inner = value",
    "web_identity_token_file = {HOME}/tokens/good  # comment",
    "credential_process = give # comment",
    "login_session = {HOME}",
    "sso_region = eu-west-1 # comment",
)
# These make the file unusable, mostly.
_FAULTS = (
    "  [profile ops]",
    "[]",
    "[profile dev] text",
    "[profile dev",
    "  nested = value",
    "  continued",
    "region: eu-north-1",
    "no setting",
    "[profile we ird]\nregion = x\n  continued",
    "id entifier = x\n  continued",
    "id entifier =\n  inner = value",
)
_VARIABLES = (
    ("AWS_MAX_ATTEMPTS", ("2", "0", "many", " 3", "+1")),
    ("AWS_RETRY_MODE", ("standard", "LEGACY", "turbo", "")),
    ("AWS_USE_FIPS_ENDPOINT", ("false", "true", "1")),
    ("AWS_USE_DUALSTACK_ENDPOINT", ("false", "TRUE")),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", ("true", "TRUE", "false", "1")),
    ("AWS_ENDPOINT_URL_STS", ("nonsense", "")),
    ("AWS_ROLE_SESSION_NAME", ("me", "x", "", "a b")),
    ("AWS_PROFILE", ("", "default")),
    ("AWS_ACCESS_KEY_ID", (" ",)),
    ("AWS_SECRET_ACCESS_KEY", ("\t",)),
    ("AWS_CONFIG_FILE", ("", "{HOME}", "{HOME}/.aws/credentials", ".aws/config")),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", ("~/tokens/good", "{HOME}/tokens/good")),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", ("HTTP://{ADDRESS}/container", "http://127.0.0.2:1/x")),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", ("http://user@{ADDRESS}/container", " ")),
    ("AWS_EC2_METADATA_SERVICE_ENDPOINT", ("", "{SERVER}/ok/")),
    ("NO_PROXY", ("127.0.0.1", "localhost:x")),
    ("HTTPS_PROXY", ("{REFUSED}",)),
)


def extended(setup: SetUp, seed: int, number: int) -> SetUp:
    """Return the set-up with what only Kotlin reads or reads in its own way."""
    dice = random.Random(f"kotlin:{seed}:{number}")  # noqa: S311  repeatable
    environment, files = dict(setup.environment), dict(setup.files)
    for _ in range(2):
        if dice.random() < 0.2:
            name, values = dice.choice(_VARIABLES)
            environment[name] = dice.choice(values)
    for path in _SHARED:
        text = files.get(path)
        if text is not None and not text.startswith("base64:") and dice.random() < 0.3:
            files[path] = _with_lines(dice, text)
    files.setdefault("tokens/good", "made.up.token")
    if {"http_proxy", "HTTP_PROXY"} & set(environment) and dice.random() < 0.7:
        # Kotlin asks a proxy even for this machine, and what it answers nobody can know.
        environment["NO_PROXY"] = dice.choice(("127.0.0.1", "169.254.169.254 .0.0.1", "127.*"))
    sso = dict(setup.sso)
    if dice.random() < 0.3:
        text = files.get(_SHARED[0], "")
        if not text.startswith("base64:") and "\r" not in text:
            files[_SHARED[0]] = f"{text}\n{_whole_profiles(dice, sso)}"
            environment["AWS_PROFILE"] = "mine"
    files["bin/whole"] = f"exec:#!/bin/sh\necho '{_ANSWER}'\n"
    if "bin/give" in files:
        # Kotlin insists upon a session token, which only running the program could tell.
        files["bin/give"] = files["bin/give"].replace('"}', f'", {_SESSION}}}')
    _define(random.Random(f"kotlin-d:{seed}:{number}"), environment, files)  # noqa: S311
    return replace(setup, environment=environment, files=files, sso=sso)


_PAIR = f"-Daws.accessKeyId=@@key-id:AKIA:{ACCOUNT}:property@@"
_SECRET = "-Daws.secretAccessKey=@@secret-key:property@@"  # noqa: S105  a placeholder
_PROPERTIES = (
    ("aws.accessKeyId", (f"@@key-id:AKIA:{ACCOUNT}:other@@ {_SECRET}", f" {_SECRET}", "' '")),
    ("aws.accessKeyId", (f"x {_SECRET} -Daws.sessionToken=@@session-token:p@@",)),
    ("aws.region", ("eu-north-1", "", "'eu north-1'")),
    ("aws.profile", ("dev", "mine", "missing", "")),
    ("aws.disableEc2Metadata", ("TRUE", "false", "1")),
    ("aws.roleArn", (f"arn:aws:iam::{ACCOUNT}:role/property",)),
    ("aws.roleSessionName", ("me", "x")),
    ("aws.webIdentityTokenFile", ("{HOME}/tokens/good", '"{HOME}/tokens/none"')),
    ("aws.configFile", ("{HOME}/other/config", "~/other/config", "{HOME}/none", "", "{HOME}")),
    ("aws.sharedCredentialsFile", ("{HOME}/other/credentials", "")),
    ("aws.containerCredentialsPath", ("@{ADDRESS}/container", "x", "")),
    ("aws.containerAuthorizationTokenFile", ("{HOME}/tokens/good", "{HOME}/none")),
    ("aws.containerAuthorizationToken", ("secret", "")),
    ("aws.useFipsEndpoint", ("false", "true", "x")),
    ("aws.useDualstackEndpoint", ("TRUE", "")),
    ("aws.maxAttempts", ("2", "0", "x")),
    ("aws.retryMode", ("legacy", "x")),
    ("aws.endpointUrl", ("nonsense", "{REFUSED}")),
    ("aws.endpointUrlsTS", ("nonsense", "{REFUSED}")),
    ("aws.ignoreConfiguredEndpointUrls", ("true", "false")),
    ("aws.ec2MetadataServiceEndpointMode", ("ipv4", "ipv5")),
    ("aws.userAgentAppId", ("me",)),
    ("http.proxyHost", ("127.0.0.1", "x -Dhttp.proxyPort=x", "", "x -Dhttp.noProxyHosts=a|*")),
    ("http.proxyHost", ("127.0.0.1 -Dhttp.nonProxyHosts=127.*", "::1 -Dhttp.nonProxyHosts=*")),
    ("https.proxyHost", ("127.0.0.1 -Dhttp.nonProxyHosts=127.0.0.1:x", "a_b")),
)
# The words that have a property for what the generator puts into a variable.
_MOVED = (
    ("aws.ec2MetadataServiceEndpoint", "AWS_EC2_METADATA_SERVICE_ENDPOINT"),
    ("aws.containerCredentialsFullUri", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    ("aws.profile", "AWS_PROFILE"),
    ("aws.roleArn", "AWS_ROLE_ARN"),
)


def _define(dice: random.Random, environment: dict[str, str], files: dict[str, str]) -> None:
    """Add system properties of the kinds of variables that a JVM takes them from."""
    definitions = []
    if dice.random() < 0.25:
        for _ in range(dice.choice((1, 1, 2))):
            name, values = dice.choice(_PROPERTIES)
            definitions.append(f"-D{name}={dice.choice(values)}")
    if dice.random() < 0.04:
        definitions.append(f"{_PAIR} {_SECRET}")
    for name, variable in _MOVED:
        value = environment.get(variable, " ")
        if dice.random() < 0.08 and not set(value) & set(" '\"\t\n"):
            definitions.append(f"-D{name}={environment.pop(variable)}")
    for one in definitions:
        variable = dice.choice(("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"))
        environment[variable] = f"{environment.get(variable, dice.choice(('', '-Xmx256m')))} {one}"
    if definitions:
        key = f"@@key-id:AKIA:{ACCOUNT}:apart@@"
        files["other/config"] = f"[default]\naws_access_key_id={key}\nregion=ca-west-1\n"
        files["other/credentials"] = "[default]\naws_secret_access_key=@@secret-key:apart@@\n"


def _with_lines(dice: random.Random, text: str) -> str:
    ending = "\n" if "\n" in text else "\r"
    lines = text.split(ending)
    for _ in range(dice.choice((1, 1, 2, 4))):
        line = dice.choice(_FAULTS if dice.random() < 0.15 else _LINES)
        lines.insert(dice.randrange(len(lines) + 1), line.replace("\n", ending))
    return ending.join(lines)


_START = "sso_start_url = https://whole.example.com/start\nsso_region = eu-west-1"
_SESSION = '"SessionToken": "@@session-token:given@@"'
_ANSWER = f'{{"Version": 1, "AccessKeyId": "x", "SecretAccessKey": "y", {_SESSION}}}'
_WHOLE = (
    "aws_access_key_id = @@key-id:AKIA:123456789012:more@@\naws_secret_access_key = x",
    "aws_access_key_id = @@key-id:AKIA:123456789012:more@@\naws_secret_access_key = x",
    "credential_source = Environment",
    "credential_source = Ec2InstanceMetadata",
    "credential_source = EcsContainer",
    "credential_source = nothing",
    f"web_identity_token_file = {{HOME}}/tokens/good\nrole_arn = arn:aws:iam::{ACCOUNT}:role/web",
    "credential_process = {HOME}/bin/whole",
    f"sso_session = whole\nsso_account_id = {ACCOUNT}\nsso_role_name = reader",
    f"{_START}\nsso_account_id = {ACCOUNT}\nsso_role_name = reader",
)
_SSO_SESSION = f"[sso-session whole]\n{_START}\n"
_WITH_ROLE = ("", "external_id = abc", "external_id = a", "role_session_name = me", "region = x y")


def _whole_profiles(dice: random.Random, sso: dict[str, str]) -> str:
    """Return profiles of which ``mine`` has all it needs: the generator's seldom fit together."""
    expires = dice.choice(
        (
            "2099-01-01T00:00:00Z",
            "2099-01-01T02:00:00+02:00",
            "2099-01-01t00:00:00z",
            "20990101T000000Z",
            "2099-01-01 00:00:00Z",
            "2020-01-01T00:00:00Z",
        )
    )
    renewed = {"clientId": "c", "clientSecret": "s", "refreshToken": "r"}
    more = renewed if dice.random() < 0.1 else {}
    sso.setdefault("whole", token(expires, **more))
    sso.setdefault("https://whole.example.com/start", token(expires))
    own = dice.choice(_WHOLE)
    region = dice.choice(("region = eu-west-1\n", ""))
    if dice.random() < 0.4:
        return f"{_SSO_SESSION}[profile mine]\n{region}{own}\n"
    sections = [f"[profile last]\n{own}\n"]
    names = ["mine", *dice.choice(([], ["middle"])), "last"]
    for name, source in zip(names, names[1:]):
        more = dice.choice(_WITH_ROLE) if dice.random() < 0.3 else ""
        arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        sections.append(
            f"[profile {name}]\n{region}role_arn = {arn}\nsource_profile = {source}\n{more}\n"
        )
    return _SSO_SESSION + "".join(sections)


_PROVIDERS = {
    "SystemProperties": "sysprops",
    "Environment": "env",
    "WebIdentityToken": "web_identity_profile",
    "AssumeRoleProvider": "role_profile",
    "SSO": "sso_profile",
    "LOGIN": "login_profile",
    "Process": "process_profile",
    "EcsContainer": "container",
    "IMDSv2": "imds",
}


def disagreement(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Return in what our trace and the verdict of the real SDK differ, None when they agree."""
    ours = trace.winner.source if trace.winner else "none"
    real = _source(verdict)
    if real == "static" and ours.startswith("static_"):
        real = ours
    if ours != real:
        return f"credentials: ours {ours}, real {real} {verdict.get('message')}"
    problem = _offer(trace, verdict) or _errors(trace, verdict)
    if problem is None and not any("the region cannot be told" in note for note in trace.notes):
        problem = (
            None
            if trace.region.value == verdict["region"]
            else f"region: {trace.region} {verdict['region']}"
        )
    return problem


def _source(verdict: dict[str, Any]) -> str:
    if verdict["stage"] == "none":
        return "none"
    provider, metrics = verdict["provider"], verdict["metrics"]
    if provider == "null":
        return "static"
    source = _PROVIDERS[provider]
    if source == "web_identity_profile" and "CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN" in metrics:
        return "web_identity_env"
    named = "CREDENTIALS_PROFILE_NAMED_PROVIDER" in metrics
    return "credential_source" if named and source != "role_profile" else source


def _offer(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    if trace.winner is None or trace.winner.offer is None:
        return None
    offer = trace.winner.offer
    roles = verdict["roles"]
    if trace.winner.source in {"role_profile", "web_identity_env", "web_identity_profile"}:
        return None if roles[-1:] == [offer.role] else f"role: ours {offer.role}, real {roles}"
    if offer.kind == "dynamic":
        return None
    tail = verdict["key_tail"] if "key_tail" in verdict else _tail(verdict["key"])
    shown = (offer.key_id.last_four if offer.key_id else None, offer.has_token)
    return None if shown == (tail, verdict["token"]) else f"key: ours {shown}, real {tail}"


def _tail(key: str) -> Optional[str]:
    found = parse_key_id(key)
    return found.last_four if found else None


# The places of the SDK's own sources in what it tells when all of them failed.
_PLACES = {"sysprops": 0, "env": 1, "web_identity_env": 2, "container": 4, "imds": 5}


def _errors(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    if verdict["stage"] != "none":
        return None
    for step in trace.steps:
        if step.status == "broken" and step.error is not None:
            real = verdict["errors"][_PLACES.get(step.source, 3)]
            if real != step.error.name:
                return f"error of {step.source}: ours {step.error}, real {real}"
    return None
