"""Makes set-ups at random from a seed: environment × both files × profile kinds × stand-ins.

Most parts are sound; every kind of fault comes up often enough to meet the others.
"""

from __future__ import annotations

import base64
import random
from typing import Callable, Optional

from tests.conformance.ini_faults import render
from tests.conformance.setups import SetUp, token
from tests.conformance.stand_ins import MOODS

ACCOUNT = "123456789012"
NAMES = ("default", "dev", "prod", "ops", "base", "we ird")
REGIONS = ("eu-west-1", "us-east-2", "ap-south-1")
Lines = list[tuple[str, str]]


class Generator:
    """One set-up after the other; ``make`` is pure in (seed, number)."""

    def __init__(self, seed: int, number: int) -> None:
        self.random = random.Random(f"{seed}:{number}")
        # Most set-ups have sound files and names, so that the depths of the chain are met.
        self.calm = self.random.random() < 0.7
        self.count = 0
        self.files: dict[str, str] = {}
        self.environment: dict[str, str] = {}
        self.sso: dict[str, str] = {}
        self.login: dict[str, str] = {}
        self.sessions: dict[str, Lines] = {}

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, *values: str) -> str:
        return self.random.choice(values)

    def key(self, prefix: str = "AKIA") -> str:
        self.count += 1
        return f"@@key-id:{prefix}:{ACCOUNT}:k{self.count}@@"

    def secret(self) -> str:
        return f"@@secret-key:k{self.count}@@"

    def make(self) -> SetUp:
        config, credentials = self._profiles()
        self.known = sorted({*config, *credentials} - {"DEFAULT"})
        self._environment_keys()
        self._environment_choice(credentials or config)
        self._machine()
        self._legacy()
        self._shared_files(config, credentials)
        profile = self._explicit()
        return SetUp(
            environment=self.environment,
            files=self.files,
            profile=profile,
            crt=self.chance(0.8),
            contexts=("ec2",) if self.chance(0.3) else ("laptop",),
            sso=self.sso,
            login=self.login,
        )

    def _explicit(self) -> Optional[str]:
        if not self.chance(0.3):
            return None
        if self.calm:
            return self._known_name()
        return self.pick(*NAMES, "dev", "default") if self.chance(0.9) else self.pick("missing", "")

    def _known_name(self) -> str:
        return self.random.choice(self.known or ["default"])

    def _profiles(self) -> tuple[dict[str, Lines], dict[str, Lines]]:
        config: dict[str, Lines] = {}
        credentials: dict[str, Lines] = {}
        for name in NAMES:
            if self.chance(0.6):
                config[name] = self._config_profile(name)
            if self.chance(0.35):
                credentials[name] = self._static() if self.chance(0.85) else []
                if self.chance(0.1):
                    credentials[name] += self._config_profile(name)
        if self.chance(0.03):
            config["DEFAULT"] = self.random.choice([self._static(), [("region", "sa-east-1")]])
        if self.chance(0.03):
            credentials["DEFAULT"] = self._static()
        return config, credentials

    def _config_profile(self, name: str) -> Lines:
        kinds: list[Callable[[str], Lines]] = [
            lambda _: self._static(),
            self._role,
            self._role,
            self._web_identity,
            self._sso,
            self._login,
            self._process,
            lambda _: [],
        ]
        lines: Lines = []
        for _ in range(self.random.choice((1, 1, 1, 2))):
            lines += self.random.choice(kinds)(name)
        if self.chance(0.6):
            lines.append(("region", self.pick(*REGIONS)))
        if self.chance(0.06):
            lines.append(self._metadata_setting())
        if self.chance(0.06):
            lines.append(
                ("s3", self.pick("\n  addressing_style = path", "", "\n  use_ssl=1\n\n  x=y"))
            )
        seen: dict[str, str] = {}
        for key, value in lines:
            seen.setdefault(key, value)
        result = list(seen.items())
        self.random.shuffle(result)
        return result

    def _static(self) -> Lines:
        lines = [
            ("aws_access_key_id", self.key(self.pick("AKIA", "ASIA"))),
            ("aws_secret_access_key", self.secret()),
        ]
        dice = self.random.random()
        if dice < 0.06:
            del lines[1]
        elif dice < 0.10:
            del lines[0]
        elif dice < 0.12:
            lines[0] = ("aws_access_key_id", "")
        elif dice < 0.14:
            lines[1] = ("aws_secret_access_key", "")
        if self.chance(0.3):
            name = self.pick("aws_session_token", "aws_session_token", "aws_security_token")
            lines.append((name, f"@@session-token:t{self.count}@@" if self.chance(0.9) else ""))
        return lines

    def _role(self, name: str) -> Lines:
        arn = f"arn:aws:iam::{ACCOUNT}:role/r-{name.replace(' ', '')}"
        lines = [("role_arn", arn if self.chance(0.94) else self.pick("", "short"))]
        dice = self.random.random()
        if dice < 0.62:
            lines.append(("source_profile", self.pick(*NAMES, name)))
        elif dice < 0.85:
            source = self.pick("Environment", "Ec2InstanceMetadata", "EcsContainer")
            lines.append(("credential_source", source if self.chance(0.9) else source.upper()))
        elif dice < 0.9:
            lines += [("source_profile", "base"), ("credential_source", "Environment")]
        elif dice < 0.93:
            lines.append(("source_profile", self.pick("nowhere", "")))
        for key, values in (
            ("role_session_name", ("me", "x", "")),
            ("external_id", ("abc", "a", "")),
            ("duration_seconds", ("3600", "60", "soon", "")),
            ("mfa_serial", ("arn:aws:iam::123456789012:mfa/u", "GAHT1234")),
        ):
            if self.chance(0.07):
                lines.append((key, self.pick(*values)))
        return lines

    def _token_file(self) -> str:
        kind = self.pick("good", "good", "good", "missing", "empty", "folder", "binary", "relative")
        content = {
            "good": "made.up.token",
            "empty": "",
            "folder": "dir:",
            "binary": "base64:" + base64.b64encode(b"\xff\xfe\x00").decode(),
            "relative": "made.up.token",
        }.get(kind)
        if content is not None:
            self.files[f"tokens/{kind}"] = content
        return "tokens/relative" if kind == "relative" else f"{{HOME}}/tokens/{kind}"

    def _web_identity(self, name: str) -> Lines:
        lines = [("web_identity_token_file", self._token_file() if self.chance(0.95) else "")]
        if self.chance(0.85):
            lines.append(("role_arn", f"arn:aws:iam::{ACCOUNT}:role/w-{name.replace(' ', '')}"))
        if self.chance(0.15):
            lines.append(("role_session_name", self.pick("someone", "x", "")))
        if self.chance(0.1):
            lines.append(("source_profile", self.pick(*NAMES)))
        return lines

    def _sso(self, name: str) -> Lines:
        url = f"https://{name.replace(' ', '')}.example.com/start"
        own = [
            ("sso_start_url", url),
            ("sso_region", "eu-west-1" if self.chance(0.95) else "eu west # x"),
        ]
        lines: Lines = [("sso_account_id", ACCOUNT), ("sso_role_name", "reader")]
        if self.chance(0.15):
            lines.pop(self.random.randrange(2))
        if self.chance(0.5):
            if self.chance(0.1):
                own.pop(self.random.randrange(2))
            lines += own
            key = url
        else:
            key = f"s-{name.replace(' ', '')}"
            lines.append(("sso_session", key))
            if self.chance(0.92):
                session = list(own)
                if self.chance(0.15):
                    lines.append(session.pop(self.random.randrange(2)))
                elif self.chance(0.15):
                    lines.append(("sso_region", self.pick("eu-west-1", "us-west-2")))
                self.sessions[key] = session
        content = self.random.choice(
            (
                token(),
                token(),
                None,
                None,
                token("2020-01-01T00:00:00Z"),
                token("2020-01-01T00:00:00UTC"),
                token("2099-01-01T00:00:00"),
                "{not json",
                '{"accessToken": "x"}',
                "",
            )
        )
        if content is not None:
            self.sso[key] = content
        return lines

    def _login(self, name: str) -> Lines:
        session = f"arn:aws:iam::{ACCOUNT}:user/{name.replace(' ', '')}"
        whole = (
            '{"accessToken": {"accessKeyId": "made-up", "secretAccessKey": "x", "sessionToken": "y",'
            f' "expiresAt": "2099-01-01T00:00:00Z", "accountId": "{ACCOUNT}"}},'
            ' "refreshToken": "r", "dpopKey": "k", "clientId": "c"}'
        )
        content = self.random.choice((whole, whole, None, "{not json", '{"accessToken": {}}', ""))
        if content is not None:
            self.login[session] = content
        return [("login_session", session)]

    def _process(self, name: str) -> Lines:
        answer = (
            '#!/bin/sh\necho \'{"Version": 1, "AccessKeyId": "'
            + self.key("ASIA")
            + '", "SecretAccessKey": "'
            + self.secret()
            + "\"}'\n"
        )
        self.files["bin/give"] = "exec:" + answer
        self.files["bin/plain"] = "no program"
        self.files["bin/folder"] = "dir:"
        return [
            (
                "credential_process",
                self.pick(
                    "{HOME}/bin/give",
                    "give --profile x",
                    "'{HOME}/bin/give' \"two words\"",
                    "{HOME}/bin/missing --x",
                    "missing-program",
                    "{HOME}/bin/plain",
                    "plain",
                    "{HOME}/bin/folder",
                    "{HOME}/bin/plain/below",
                    "~/bin/give",
                    "",
                    "give 'unclosed",
                    "$HOME/bin/give",
                ),
            )
        ]

    def _metadata_setting(self) -> tuple[str, str]:
        return self.random.choice(
            (
                ("metadata_service_timeout", self.pick("2", "1", "0", "abc", "1.5", "")),
                ("metadata_service_num_attempts", self.pick("1", "2", "0", "x")),
                ("ec2_metadata_v1_disabled", self.pick("true", "TRUE", "1", "")),
                ("ec2_metadata_service_endpoint_mode", self.pick("IPv4", "ipv6", "both", "")),
                ("ec2_metadata_service_endpoint", self.pick("http://", "{SERVER}/ok", "nonsense")),
                ("imds_use_ipv6", self.pick("true", "no")),
            )
        )

    def _environment_keys(self) -> None:
        environment = self.environment
        if self.chance(0.22):
            environment["AWS_ACCESS_KEY_ID"] = self.key() if self.chance(0.93) else ""
            if self.chance(0.88):
                environment["AWS_SECRET_ACCESS_KEY"] = self.secret() if self.chance(0.93) else ""
        elif self.chance(0.06):
            environment["AWS_SECRET_ACCESS_KEY"] = self.secret()
        for name in ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"):
            if self.chance(0.12):
                environment[name] = f"@@session-token:{name}@@" if self.chance(0.8) else ""
        if self.chance(0.08):
            environment["AWS_CREDENTIAL_EXPIRATION"] = self.pick(
                "2099-01-01T00:00:00Z",
                "2099-01-01T00:00:00+02:00",
                "2020-01-01T00:00:00Z",
                "2099-01-01T00:00:00",
                "2020-13-01T00:00:00Z",
                "never",
                "",
                "2099-01-01 00:00:00 UTC",
            )
        for name in ("AWS_ACCESS_KEY", "AWS_SECRET_KEY"):
            if self.chance(0.04):
                environment[name] = self.key()
        if self.chance(0.12):
            environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = (
                self._token_file() if self.chance(0.9) else ""
            )
        if self.chance(0.12):
            environment["AWS_ROLE_ARN"] = self.pick(
                f"arn:aws:iam::{ACCOUNT}:role/env", "short", "", f"arn:aws:iam::{ACCOUNT}:role/env"
            )
        if self.chance(0.05):
            environment["AWS_ROLE_SESSION_NAME"] = self.pick("env-session", "", "x")

    def _environment_choice(self, profiles: dict[str, Lines]) -> None:
        environment = self.environment
        known = [name for name in profiles if name != "DEFAULT"] or ["dev"]
        for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
            if self.calm and self.known:
                if self.chance(0.3):
                    environment[name] = self._known_name()
            elif self.chance(0.3):
                environment[name] = (
                    self.random.choice(known)
                    if self.chance(0.85)
                    else self.pick("missing", "", "profile dev", *NAMES)
                )
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            if self.chance(0.3):
                environment[name] = (
                    self.pick(*REGIONS) if self.chance(0.92) else self.pick("", "eu west")
                )

    def _machine(self) -> None:
        environment = self.environment
        if self.chance(0.5):
            environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "{SERVER}/" + self.pick(
                *MOODS, "ok", "ok", "v2only"
            )
        else:
            environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = self.pick(
                "{REFUSED}",
                "{REFUSED}",
                "{REFUSED}/",
                "{SERVER}/nothing",
                *(() if self.calm else ("http://", "::")),
            )
        if self.chance(0.1):
            environment["AWS_EC2_METADATA_DISABLED"] = self.pick(
                "true", "TRUE", "1", "false", "", "true "
            )
        if self.chance(0.06):
            environment["AWS_EC2_METADATA_V1_DISABLED"] = self.pick(
                "true", "True", "1", "", "false"
            )
        if self.chance(0.03):
            environment["AWS_METADATA_SERVICE_TIMEOUT"] = self.pick(
                "2", "abc", "", "0", "-1", " 3 "
            )
        if self.chance(0.03):
            environment["AWS_METADATA_SERVICE_NUM_ATTEMPTS"] = self.pick("2", "0", "-1", "x")
        if self.chance(0.02):
            environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = self.pick(
                "IPv4", "IPV6", "x", ""
            )
        if self.chance(0.02):
            environment["AWS_DATA_PATH"] = "{HOME}"
        if self.chance(0.02):
            environment[self.pick("http_proxy", "HTTP_PROXY")] = "{REFUSED}"
            if self.chance(0.6):
                environment["no_proxy"] = self.pick("127.0.0.1", "*", "0.0.1", "127.*", "")
        self._container()

    def _container(self) -> None:
        environment = self.environment
        if self.chance(0.14):
            environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = self.pick(
                "{SERVER}/container",
                "{SERVER}/container",
                "{SERVER}/container?x=1",
                "{REFUSED}/container",
                "http://example.com/x",
                "http://10.0.0.5/x",
                "",
                "localhost:80/x",
                "http://[::1/x",
                "/x",
            )
        if self.chance(0.02):
            environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = self.pick(
                "@{ADDRESS}/container", "@10.0.0.1/x", "x"
            )
        if self.chance(0.08):
            kind = self.pick("good", "newline", "missing", "folder")
            content = {"good": "token", "newline": "token\n", "folder": "dir:"}.get(kind)
            if content is not None:
                self.files[f"auth/{kind}"] = content
            environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = f"{{HOME}}/auth/{kind}"
        if self.chance(0.05):
            environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = self.pick("token", "to\nken", "")

    def _legacy(self) -> None:
        if self.chance(0.1):
            self.environment["AWS_CREDENTIAL_FILE"] = self.pick(
                "{HOME}/ec2.txt", "~/ec2.txt", "{HOME}/ec2.txt", "{HOME}/none.txt", "", "{HOME}"
            )
            body = f"# AWSAccessKeyId=comment\nAWSAccessKeyId = {self.key()}\nAWSSecretKey={self.secret()}\n"
            self.files["ec2.txt"] = self.pick(
                body,
                body,
                body.replace("AWSSecretKey", "Other"),
                "nothing here\n",
                body.replace("=", ": "),
            )
        if self.chance(0.15):
            pair = f"aws_access_key_id = {self.key()}\naws_secret_access_key = {self.secret()}\n"
            self.files[".boto"] = self.pick(
                f"[Credentials]\n{pair}",
                f"[Credentials]\n{pair}",
                f"[credentials]\n{pair}",
                pair,
                "[Boto]\ndebug = 1\n",
                f"[Credentials]\n{pair.splitlines()[0]}\n",
            )
            if self.chance(0.3):
                self.environment["BOTO_CONFIG"] = self.pick(
                    "~/.boto", "$HOME/.boto", "", "{HOME}/none", "{HOME}"
                )

    def _shared_files(self, config: dict[str, Lines], credentials: dict[str, Lines]) -> None:
        headers = {}
        for name in config:
            quoted = f'profile "{name}"'
            plain = quoted if " " in name else f"profile {name}"
            styles = [plain] * 14 + [
                quoted,
                name,
                f"profile  {name}",
                f" {plain} ",
                f"profiles {name}",
                f"{plain} x",
            ]
            if name in ("default", "DEFAULT"):
                styles = [name] * 14 + (
                    [f"profile {name}", 'profile "default"'] if name == "default" else []
                )
            headers[name] = styles[0] if self.calm else self.random.choice(styles)
        sections = [(headers[name], lines) for name, lines in config.items()]
        if "default" in config and self.chance(0.08):
            sections.append(
                (self.pick("default", "profile default"), self._config_profile("default"))
            )
        for name, lines in self.sessions.items():
            sections.append(
                (
                    self.pick(
                        f"sso-session {name}", f"sso-session {name}", f'sso-session "{name}"'
                    ),
                    lines,
                )
            )
        self.random.shuffle(sections)
        own = [
            (self.pick(name, *([] if self.calm else [name] * 14 + [f"profile {name}"])), lines)
            for name, lines in credentials.items()
        ]
        self.random.shuffle(own)
        self._place("AWS_CONFIG_FILE", ".aws/config", sections)
        self._place("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials", own)

    def _place(self, variable: str, path: str, sections: list[tuple[str, Lines]]) -> None:
        if self.chance(0.02 if self.calm else 0.1):
            return
        content = render(sections, self.random, calm=self.calm)
        if self.chance(0.02 if self.calm else 0.1):
            choice = self.pick(
                "other/file", "~/other", "$HOME/other", "${HOME}/oth", "none", "", "folder"
            )
            self.environment[variable] = (
                choice if choice.startswith(("~", "$")) or not choice else f"{{HOME}}/{choice}"
            )
            target = {
                "other/file": "other/file",
                "~/other": "other",
                "$HOME/other": "other",
                "${HOME}/oth": "oth",
            }
            if (
                choice in target
                and target[choice] not in self.files
                and "other/file" not in self.files
            ):
                self.files[target[choice]] = content
            if choice == "folder":
                self.files["folder"] = "dir:"
            return
        self.files[path] = content


def make(seed: int, number: int) -> SetUp:
    """Return set-up ``number`` of a seed."""
    return Generator(seed, number).make()
