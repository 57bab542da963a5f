"""What set-ups get on top for Java: what only it reads, or reads in its own way."""

from __future__ import annotations

import random
from dataclasses import replace

from tests.conformance.profile_kinds import ACCOUNT, NAMES
from tests.conformance.setups import SetUp, token

_SHARED = (".aws/config", ".aws/credentials")
_LINES = (
    "retry_mode = turbo",
    "retry_mode = Standard",
    "defaults_mode = best",
    "use_fips_endpoint = maybe",
    "ignore_configured_endpoint_urls = true",
    "disable_request_compression = x",
    "[profile dev] # comment",
    "[profile\tprod]",
    "[ profile  ops ]",
    "[]",
    "[dev]",
    "[profile default]",
    "[default]",
    "[Default]",
    "[sso-session s-dev]",
    "[services local]",
    "region = eu-north-1 # comment",
    "region = eu-north-1;no comment",
    "region = 'eu-north-1'",
    "REGION = eu-north-1",
    "region =",
    "re gion = eu-north-1",
    "  nested = value",
    "\tnested=",
    "# comment",
    "; comment",
    " \t",
    "role_arn =",
    "source_profile = base ; comment",
    "credential_source = environment",
    "aws_session_token =",
    "aws_secret_access_key =",
    "aws_account_id = 1",
    "mfa_serial = x",
    "sso_region = EU-WEST-1",
    "sso_account_id = 1",
    "login_session =",
    "ec2_metadata_v1_disabled = TRUE",
    "ec2_metadata_v1_disabled = 1",
    "metadata_service_timeout = 1.5",
    "metadata_service_timeout = soon",
    "services = local",
    "sts =\n  endpoint_url = nonsense",
    "web_identity_token_file = {HOME}/tokens/good",
    "credential_process = give",
)
# Each makes the reader refuse the file, which hides all the rest.
_REFUSED = (
    "[profile dev ; comment",
    "[profile dev] text",
    "[",
    "region : eu-north-1",
    "  continued",
    "= value",
    "\fregion = x",
)
_VARIABLES = (
    ("AWS_RETRY_MODE", ("standard", "Adaptive", "turbo", "")),
    ("AWS_DEFAULTS_MODE", ("auto", "In-Region", "best", "")),
    ("AWS_MAX_ATTEMPTS", ("1", "0", "x", "")),
    ("AWS_USE_FIPS_ENDPOINT", ("false", "TRUE", "1")),
    ("AWS_USE_DUALSTACK_ENDPOINT", ("false", "true", "yes")),
    ("AWS_DISABLE_REQUEST_COMPRESSION", ("true", "x")),
    ("AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES", ("100", "x")),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", ("TRUE", "maybe")),
    ("AWS_METADATA_SERVICE_TIMEOUT", ("1.5", "2d", "", "-1", "x")),
    ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", ("ipv4", "both")),
)
_ALIASES = ("AWS_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SECURITY_TOKEN", "AWS_ACCOUNT_ID")


def extended(setup: SetUp, seed: int, number: int) -> SetUp:
    """Return the set-up with what only Java reads or reads in its own way."""
    dice = random.Random(f"java:{seed}:{number}")  # noqa: S311  repeatable
    environment, files = dict(setup.environment), dict(setup.files)
    _variables(dice, environment)
    if dice.random() < 0.4:
        # So that the depths of the profiles are met more often.
        environment["AWS_PROFILE"] = dice.choice(NAMES[:-1])
        for name in ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"):
            environment.pop(name, None)
    sso, login = dict(setup.sso), dict(setup.login)
    if dice.random() < 0.3:
        environment["AWS_PROFILE"] = dice.choice(("deep", "deep", "deeper"))
        for name in ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"):
            environment.pop(name, None)
        _deep(dice, files, sso, login)
    _properties(dice, environment, files)
    _lines(dice, files)
    files.setdefault("tokens/good", "made.up.token")
    profile = setup.profile
    if profile is not None and dice.random() < 0.1:
        profile = dice.choice(NAMES)
    return replace(
        setup, environment=environment, files=files, profile=profile, sso=sso, login=login
    )


def _variables(dice: random.Random, environment: dict[str, str]) -> None:
    if dice.random() < 0.4:
        # The endpoints of the regions are then used, which the driver's transport answers.
        environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true"
    if dice.random() < 0.06:
        name, values = dice.choice(_VARIABLES)
        environment[name] = dice.choice(values)
    if dice.random() < 0.05:
        environment[dice.choice(_ALIASES)] = "@@secret-key:alias@@"
    if dice.random() < 0.04:
        name = dice.choice(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"))
        environment[name] = dice.choice((" ", f" {environment.get(name, 'x')} "))


def _lines(dice: random.Random, files: dict[str, str]) -> None:
    for path in _SHARED:
        text = files.get(path)
        if text is not None and not text.startswith("base64:") and dice.random() < 0.2:
            ending = "\n" if "\n" in text else "\r"
            lines = text.split(ending)
            for _ in range(dice.choice((1, 1, 2, 4))):
                new = dice.choice(_LINES if dice.random() < 0.95 else _REFUSED)
                lines.insert(dice.randrange(len(lines) + 1), new)
            files[path] = ending.join(lines)


def _deep(
    dice: random.Random, files: dict[str, str], sso: dict[str, str], login: dict[str, str]
) -> None:
    """Add a role, and what it is assumed with, to the config file."""
    role = [f"role_arn = arn:aws:iam::{ACCOUNT}:role/{dice.choice(('deep', 'path/deep'))}"]
    source = dice.choice(("Environment", "EcsContainer", "ec2instancemetadata"))
    given = dice.choice(("source_profile = deeper",) * 4 + (f"credential_source = {source}",))
    role.append(given)
    for line, chance in (
        ("region = eu-central-1", 0.4),
        ("region = no region", 0.05),
        ("external_id = @@secret-key:external@@", 0.1),
        ("external_id = x y", 0.05),
        ("role_session_name = me", 0.1),
        ("role_session_name = me too", 0.05),
        ("use_fips_endpoint = true", 0.1),
        ("endpoint_url = https://example.invalid", 0.1),
        ("sts =\n  endpoint_url = https://example.invalid/sts", 0.1),
        ("ignore_configured_endpoint_urls = TRUE", 0.2),
        ("duration_seconds = soon", 0.05),
        ("mfa_serial = x", 0.1),
    ):
        if dice.random() < chance:
            role.append(line)
    keys = ["aws_access_key_id = @@key-id:AKIA:123456789012:deep@@"]
    keys.append("aws_secret_access_key = @@secret-key:deep@@")
    url = "https://deep.example.com/start"
    account = ["sso_account_id = 123456789012", "sso_role_name = reader"]
    inner, more = dice.choice(
        (
            (keys, []),
            ([*keys, "aws_session_token = @@session-token:deep@@"], []),
            (["web_identity_token_file = {HOME}/tokens/good", role[0]], []),
            (["credential_process = {HOME}/bin/deep"], []),
            ([f"login_session = arn:aws:iam::{ACCOUNT}:user/deep"], []),
            ([*account, f"sso_start_url = {url}", "sso_region = eu-west-1"], []),
            (
                [*account, "sso_session = deep"],
                ["sso_region = eu-west-1", f"sso_start_url = {url}"],
            ),
            ([role[0], "source_profile = base"], []),
            ([role[0], "source_profile = deep"], []),
            ([role[0], f"credential_source = {source}"], []),
        )
    )
    files["bin/deep"] = (
        'exec:#!/bin/sh\necho \'{"Version": 1, "AccessKeyId": "@@key-id:ASIA:123456789012:p@@",'
        ' "SecretAccessKey": "@@secret-key:p@@"}\'\n'
    )
    expires = dice.choice(("2099-01-01T00:00:00Z",) * 3 + ("2020-01-01T00:00:00Z",))
    sso[url] = sso["deep"] = token(expires)
    login[f"arn:aws:iam::{ACCOUNT}:user/deep"] = (
        '{"accessToken": {"accessKeyId": "made-up", "secretAccessKey": "x", "sessionToken": "y",'
        f' "expiresAt": "2099-01-01T00:00:00Z", "accountId": "{ACCOUNT}"}}, "refreshToken": "r",'
        ' "dpopKey": "k", "clientId": "c"}'
    )
    sections = [["[profile deep]", *role], ["[profile deeper]", *inner]]
    sections += [["[sso-session deep]", *more]] if more else []
    dice.shuffle(sections)
    before = files.get(".aws/config", "")
    if not before.startswith("base64:"):
        files[".aws/config"] = "\n".join([before, *("\n".join(one) for one in sections), ""])


def _properties(dice: random.Random, environment: dict[str, str], files: dict[str, str]) -> None:
    definitions = []
    if dice.random() < 0.1:
        definitions.append(f"-Daws.accessKeyId=@@key-id:AKIA:{ACCOUNT}:property@@")
        if dice.random() < 0.8:
            secret = dice.choice(("aws.secretAccessKey", "aws.secretAccessKey", "aws.secretKey"))
            definitions.append(f"-D{secret}=@@secret-key:property@@")
        if dice.random() < 0.3:
            definitions.append(
                dice.choice(("-Daws.sessionToken=@@session-token:p@@", "-Daws.sessionToken="))
            )
    for name, values in (
        ("aws.region", ("eu-north-1", "", "'eu north-1'")),
        ("aws.profile", ("dev", "missing", "")),
        ("aws.disableEc2Metadata", ("true", "false", "1")),
        ("aws.disableEc2MetadataV1", ("TRUE", "no")),
        ("aws.roleArn", (f"arn:aws:iam::{ACCOUNT}:role/property",)),
        ("aws.webIdentityTokenFile", ("{HOME}/tokens/good", '"{HOME}/tokens/none"')),
        ("aws.configFile", ("{HOME}/other/config", "~/other/config", "{HOME}/none", "")),
        ("aws.sharedCredentialsFile", ("{HOME}/other/credentials", "{HOME}")),
        ("aws.useFipsEndpoint", ("false", "x")),
    ):
        if dice.random() < 0.015:
            definitions.append(f"-D{name}={dice.choice(values)}")
            files.setdefault(
                "other/config",
                f"[default]\naws_access_key_id=@@key-id:AKIA:{ACCOUNT}:other@@\n"
                "aws_secret_access_key=@@secret-key:other@@\nregion=ca-central-1\n",
            )
            files.setdefault("other/credentials", "[dev]\nregion=ca-west-1\n")
    for name, variable in (
        ("aws.ec2MetadataServiceEndpoint", "AWS_EC2_METADATA_SERVICE_ENDPOINT"),
        ("aws.containerCredentialsFullUri", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    ):
        if dice.random() < 0.02 and environment.get(variable, "").startswith("{SERVER}"):
            definitions.append(f"-D{name}={environment.pop(variable)}")
    dice.shuffle(definitions)
    for definition in definitions:
        variable = dice.choice(("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"))
        before = environment.get(variable, dice.choice(("", "-Xmx256m ")))
        environment[variable] = f"{before} {definition}"
