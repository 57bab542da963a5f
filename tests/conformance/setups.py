"""What a set-up is, and how it is put on disk for the judge and for the capture."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from credlint import samples
from credlint.chain.resolve import resolve
from credlint.chain.sdk import SdkSpecification
from credlint.host.capture import CaptureRequest, capture
from credlint.model.snapshot import HostSnapshot, Platform
from credlint.model.trace import Trace

NOW = "2026-07-01T12:00:00+00:00"


@dataclass(frozen=True)
class SetUp:
    """One situation to judge.

    ``files``: path below the home directory -> text or base64 (``base64:…``), directory
    (``dir:``) or executable (``exec:…``). Texts hold placeholders of ``credlint.samples`` and
    ``{HOME}``, ``{SERVER}``, ``{ADDRESS}`` (its host and port), ``{REFUSED}``. ``sso`` and
    ``login`` map a cache's name to its content.
    """

    environment: dict[str, str]
    files: dict[str, str] = field(default_factory=dict)
    profile: Optional[str] = None
    crt: bool = True
    contexts: tuple[str, ...] = ("laptop",)
    sso: dict[str, str] = field(default_factory=dict)
    login: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the set-up as plain values."""
        return {
            "environment": self.environment,
            "files": self.files,
            "profile": self.profile,
            "crt": self.crt,
            "contexts": list(self.contexts),
            "sso": self.sso,
            "login": self.login,
        }

    @classmethod
    def of_json(cls, table: dict[str, Any]) -> SetUp:
        """Return the set-up of such values."""
        return cls(**{**table, "contexts": tuple(table["contexts"])})


@dataclass(frozen=True)
class Place:
    """A set-up on disk with the environment in clear."""

    setup: SetUp
    home: Path
    environment: dict[str, str]

    def for_judge(self) -> dict[str, Any]:
        """Return what the judge's driver wants."""
        return {
            "env": self.environment,
            "cwd": str(self.home),
            "profile": self.setup.profile,
            "crt": self.setup.crt,
        }

    def snapshot(self, now: str) -> HostSnapshot:
        """Capture the set-up with the real capture."""
        packages = [("boto3", "1.44.5"), ("botocore", "1.44.5"), ("awscli", "1.46.3")]
        if self.setup.crt:
            packages.append(("awscrt", "0.31.0"))
        platform = Platform(uid=0, contexts=self.setup.contexts, packages=tuple(packages))
        request = CaptureRequest(
            environment=self.environment,
            now=now,
            uid=0,
            root=self.home / "root",
            platform=platform,
            terraform=self.home,
            entry_home=self.home,
        )
        before = Path.cwd()
        os.chdir(self.home)  # relative paths are read from the working directory
        try:
            return capture(request, key=b"conformance")
        finally:
            os.chdir(before)

    def trace(self, sdk: SdkSpecification, now: str) -> Trace:
        """Return our own verdict."""
        return resolve(self.snapshot(now), sdk, self.setup.profile)


@dataclass(frozen=True)
class Addresses:
    """Where the stand-ins are.

    ``moods``: what to put in for ``{SERVER}/MOOD``. ``environment``: variables that send what an
    SDK would call to its stand-in, or to where it is refused.
    """

    server: str
    refused: str
    moods: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


def put(setup: SetUp, home: Path, addresses: Addresses) -> Place:
    """Write the set-up below ``home`` (an existing, empty folder)."""
    server, refused = addresses.server, addresses.refused

    def fill(text: str) -> str:
        for mood, address in addresses.moods.items():
            text = text.replace("{SERVER}/" + mood, address)
        text = text.replace("{HOME}", str(home)).replace("{ADDRESS}", server.partition("//")[2])
        return samples.expand(text.replace("{SERVER}", server).replace("{REFUSED}", refused))

    for name, content in setup.files.items():
        path = home / name
        if content == "dir:":
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if content.startswith("base64:"):
            path.write_bytes(base64.b64decode(content[7:]))
        elif content.startswith("exec:"):
            path.write_text(fill(content[5:]), encoding="utf-8")
            path.chmod(0o755)
        else:
            path.write_bytes(fill(content).encode("utf-8", "surrogateescape"))
    for name, content in setup.sso.items():
        digest = hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()
        _write(home / ".aws/sso/cache" / f"{digest}.json", fill(content))
    for name, content in setup.login.items():
        digest = hashlib.sha256(name.encode()).hexdigest()
        _write(home / ".aws/login/cache" / f"{digest}.json", fill(content))
    environment = {
        "HOME": str(home),
        "PATH": "{HOME}/bin:/usr/bin:/bin".replace("{HOME}", str(home)),
        "AWS_MAX_ATTEMPTS": "1",
        **addresses.environment,
        **{name: fill(value) for name, value in setup.environment.items()},
    }
    return Place(setup, home, environment)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def token(expires: str = "2099-01-01T00:00:00Z", **more: str) -> str:
    """Return an SSO token cache's content."""
    return json.dumps({"accessToken": "made-up", "expiresAt": expires, **more})
