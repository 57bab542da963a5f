"""Makes set-ups at random from a seed: environment, both files, profile kinds, stand-ins.

Most parts are sound; every kind of fault comes up often enough to meet the others.
"""

from __future__ import annotations

from typing import Optional

from tests.conformance.ini_faults import render
from tests.conformance.judge import all_judges
from tests.conformance.profile_kinds import ACCOUNT, NAMES, REGIONS, Lines, ProfileKinds
from tests.conformance.setups import SetUp
from tests.conformance.stand_ins import MOODS


class Generator(ProfileKinds):
    """One set-up after the other; ``make`` is pure in (seed, number)."""

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

    def _environment_keys(self) -> None:  # noqa: C901  a flat list of chances
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
                "http://example.invalid/x",
                "http://10.0.0.5/x",
                "",
                "localhost:80/x",
                "http://[::1/x",
                "/x",
            )
        if self.chance(0.02):
            environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = self.pick(
                "@{ADDRESS}/container", "@example.invalid/x", "x"
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
            body = f"# AWSAccessKeyId=comment\nAWSAccessKeyId = {self.key()}\nAWSSecretKey={self.secret()}\n"  # noqa: E501
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
                "other/file", "~/second", "$HOME/second", "${HOME}/oth", "none", "", "folder"
            )
            self.environment[variable] = (
                choice if choice.startswith(("~", "$")) or not choice else f"{{HOME}}/{choice}"
            )
            target = {
                "other/file": "other/file",
                "~/second": "second",
                "$HOME/second": "second",
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


def make(seed: int, number: int, sdk: str = "boto3") -> SetUp:
    """Return set-up ``number`` of a seed, with what only that SDK reads on top."""
    setup: SetUp = all_judges()[sdk].extended(Generator(seed, number).make(), seed, number)
    return setup
