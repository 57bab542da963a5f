"""The demo's stage: an EC2 instance, its user's home and a source tree, all in one folder.

Every key is made up at run time (``credlint.samples``); nothing outside the folder is read.
"""

from __future__ import annotations

from pathlib import Path

from credlint import samples
from credlint.model.lean_dataclasses import dataclass

ROLE = "app-reader"
ACCOUNT = "111122223333"
USER_ACCOUNT = "123456789012"
REGION = "eu-west-1"
MARKER = ".credlint-demo"

_CONFIG = """\
[default]
region = eu-west-1

[profile deploy]
role_arn = arn:aws:iam::111122223333:role/deployer
source_profile = personal
region = eu-west-1

[profile reports]
role_arn = arn:aws:iam::111122223333:role/reports
source_profile = persnal
"""

_CREDENTIALS = """\
[personal]
aws_access_key_id = @@key-id:AKIA:123456789012:demo@@
aws_secret_access_key = @@secret-key:demo@@

# written by the MFA helper; it went stale
[mfa]
aws_access_key_id = @@key-id:ASIA:123456789012:mfa@@
aws_secret_access_key = @@secret-key:mfa@@
aws_session_token = @@session-token:mfa@@
expiration = 2024-05-01T10:00:00Z
"""

_SOURCE = '''\
"""Copies yesterday's reports."""

import boto3

ACCESS_KEY = "@@key-id:AKIA:123456789012:source@@"


def reports_bucket():
    session = boto3.Session(
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key="@@secret-key:source@@",
    )
    return session.resource("s3").Bucket("reports")


def safe_bucket():
    return boto3.resource("s3").Bucket("reports")
'''

_DOTENV = """\
LOG_LEVEL=info
AWS_ACCESS_KEY_ID=@@key-id:AKIA:123456789012:demo@@
AWS_SECRET_ACCESS_KEY=@@secret-key:demo@@
"""

_README = """\
Set `AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE` as AWS' documentation shows: that id is an example
and no finding.
"""


@dataclass(frozen=True)
class Stage:
    """The folders and the environment of the made-up instance."""

    host: Path
    home: Path
    source: Path
    cache: Path
    environment: dict[str, str]


def build(folder: Path) -> Stage:
    """Write the stage below ``folder`` (existing files of the same names are replaced)."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / MARKER, "made by `credlint demo`; may be deleted\n")
    home, source, host = folder / "home", folder / "source", folder / "host"
    _write(home / ".aws" / "config", _CONFIG, 0o600)
    # World-readable on purpose: HST202 tells so.
    _write(home / ".aws" / "credentials", _CREDENTIALS, 0o644)
    _write(host / "sys" / "class" / "dmi" / "id" / "sys_vendor", "Amazon EC2\n")
    _write(source / "reports.py", _SOURCE)
    _write(source / ".env", _DOTENV)
    _write(source / "README.md", _README)
    environment = {
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "AWS_ACCESS_KEY_ID": samples.key_id("AKIA", USER_ACCOUNT, "demo"),
        "AWS_SECRET_ACCESS_KEY": samples.secret_key("demo"),
        "AWS_REGION": REGION,
    }
    cache = folder / "cache"
    return Stage(host=host, home=home, source=source, cache=cache, environment=environment)


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(samples.expand(text), encoding="utf-8")
    path.chmod(mode)
