"""Profiles of every kind, at random."""

from __future__ import annotations

import base64
import random
from typing import Callable

from tests.conformance.setups import token

ACCOUNT = "123456789012"
NAMES = ("default", "dev", "prod", "ops", "base", "we ird")
REGIONS = ("eu-west-1", "us-east-2", "ap-south-1")
Lines = list[tuple[str, str]]


class ProfileKinds:
    """Makes the settings of profiles and, on the way, the files and caches that they name."""

    def __init__(self, seed: int, number: int) -> None:
        self.random = random.Random(f"{seed}:{number}")  # noqa: S311  repeatable
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
            '{"accessToken": {"accessKeyId": "made-up", "secretAccessKey": "x", "sessionToken": "y",'  # noqa: E501
            f' "expiresAt": "2099-01-01T00:00:00Z", "accountId": "{ACCOUNT}"}},'
            ' "refreshToken": "r", "dpopKey": "k", "clientId": "c"}'
        )
        content = self.random.choice((whole, whole, None, "{not json", '{"accessToken": {}}', ""))
        if content is not None:
            self.login[session] = content
        return [("login_session", session)]

    def _process(self, _name: str) -> Lines:
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
