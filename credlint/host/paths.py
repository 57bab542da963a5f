"""Looks at the files and programs that settings name; opens some, runs none.

Cache names from botocore 1.44.5: utils.SSOTokenLoader (sha1 of the sso_session name, else of
the start URL, in ~/.aws/sso/cache), utils.generate_login_cache_key (sha256 of login_session, in
AWS_LOGIN_CACHE_DIRECTORY or ~/.aws/login/cache).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Optional

from credlint.host.aws_files import ReadFile
from credlint.host.bare_values import bare_value
from credlint.host.captured import Capturer
from credlint.host.files import RawFile, read_file
from credlint.host.home import display_path, expand_user, expand_variables
from credlint.host.process import find_executable
from credlint.model.snapshot import PathFact

# Tokens and caches are a few KiB; a JWT with many claims stays far below this.
_TOKEN_LIMIT = 256 * 1024
# Files of thousands of profiles exist; beyond this the rest is told as skipped by the caller.
PATH_LIMIT = 2000
_SETTINGS = (
    "web_identity_token_file",
    "credential_process",
    "sso_session",
    "sso_start_url",
    "login_session",
)
# As time.Parse of Go takes time.RFC3339.
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Subject:
    """Whose paths: the environment in clear and the home directory (None when unknown)."""

    environment: Mapping[str, str]
    home: Optional[str]

    def __repr__(self) -> str:
        return "Subject()"


def capture_paths(
    subject: Subject, files: Iterable[ReadFile], capturer: Capturer
) -> tuple[PathFact, ...]:
    """Return one fact per setting that names a file or program, in the order met."""
    facts: dict[str, PathFact] = {}
    for fact in _iter_facts(subject, files, capturer):
        facts.setdefault(fact.setting, fact)
        if len(facts) >= PATH_LIMIT:
            break
    return tuple(facts.values())


def _iter_facts(
    subject: Subject, files: Iterable[ReadFile], capturer: Capturer
) -> Iterator[PathFact]:
    for variable, purpose in (
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "web-identity-token"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "container-token"),
    ):
        path = subject.environment.get(variable)
        if path is not None:
            yield _token_fact(purpose, f"environment/{variable}", path, subject, capturer)
    for file in files:
        if file.request.role.partition("-unexpanded")[0] not in ("config", "credentials"):
            continue
        for section, settings in _iter_sections(file):
            place = f"{file.request.role}/{capturer.scrub(section)}"
            yield from _section_facts(place, section, settings, subject, capturer)
        yield from _later_facts(file, subject, capturer)


def _iter_sections(file: ReadFile) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each section's relevant settings, however the lines are indented.

    Which line a reader takes as a setting is the chain's business: a fact too many is harmless.
    """
    section, settings = None, dict[str, str]()
    for line in file.lines:
        if line.kind == "section":
            if section is not None:
                yield section, settings
            section, settings = line.name or "", {}
        elif line.kind == "setting" and section is not None:
            name = (line.name or "").lower()
            if name in _SETTINGS:
                settings.setdefault(name, line.value or "")
    if section is not None:
        yield section, settings


def _later_facts(file: ReadFile, subject: Subject, capturer: Capturer) -> Iterator[PathFact]:
    """Yield facts by line where a reader that merges sections or takes quotes off sees others."""
    section, seen = "", set[tuple[str, str]]()
    for line in file.lines:
        if line.kind == "section":
            section = line.name or ""
        name = (line.name or "").lower()
        if line.kind != "setting" or name not in _SETTINGS:
            continue
        bare = bare_value(line)
        if (section, name) in seen or bare != line.value:
            place = f"{file.request.role}@{line.number}"
            yield from _section_facts(place, "", {name: bare}, subject, capturer)
        seen.add((section, name))


def _section_facts(
    place: str, section: str, settings: Mapping[str, str], subject: Subject, capturer: Capturer
) -> Iterator[PathFact]:
    token = settings.get("web_identity_token_file")
    if token:
        setting = f"{place}/web_identity_token_file"
        yield _token_fact("web-identity-token", setting, token, subject, capturer)
    command = settings.get("credential_process")
    if command is not None:
        path, status, error = find_executable(command, subject.environment)
        shown = capturer.scrub(display_path(path, subject.home))
        setting = f"{place}/credential_process"
        yield PathFact("credential-process", setting, shown, status, error)
    if section.startswith("sso-session"):
        name = section[len("sso-session") :].strip().strip("\"'")
        yield _cache_fact("sso-token", place, name, subject, capturer)
        return
    for name in ("sso_session", "sso_start_url"):
        if settings.get(name):
            setting = f"{place}/{name}"
            yield _cache_fact("sso-token", setting, settings[name], subject, capturer)
    if settings.get("login_session"):
        setting = f"{place}/login_session"
        yield _cache_fact("login-token", setting, settings["login_session"], subject, capturer)


def _status(raw: RawFile) -> str:
    if raw.status == "read":
        return "present" if raw.data else "empty"
    return {"too-large": "present"}.get(raw.status, raw.status)


def _token_fact(
    purpose: str, setting: str, path: str, subject: Subject, capturer: Capturer
) -> PathFact:
    # The SDK opens the path as it is written: neither ~ nor variables are expanded.
    raw = read_file(path, _TOKEN_LIMIT)
    error = raw.error
    try:
        text = raw.data.decode("utf-8")
    except UnicodeDecodeError:
        text, error = raw.data.decode("utf-8", "replace"), "UnicodeDecodeError"
    return PathFact(
        purpose=purpose,
        setting=setting,
        path=capturer.scrub(display_path(path, subject.home)),
        status=_status(raw),
        error=error,
        newline="\n" in text or "\r" in text,
        expires=_token_expiry(text) if purpose == "web-identity-token" else None,
    )


def _token_expiry(text: str) -> Optional[str]:
    """Return the ``exp`` claim of a JSON Web Token (RFC 7519 §4.1.4), None for other texts."""
    parts = text.strip().split(".")
    if len(parts) != 3:  # noqa: PLR2004  header, payload, signature
        return None
    try:
        raw = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        claim = _object(raw).get("exp")
        if isinstance(claim, bool) or not isinstance(claim, (int, float)):
            return None
        return datetime.fromtimestamp(claim, timezone.utc).strftime(_TIME)
    except (binascii.Error, ValueError, OverflowError, OSError):
        return None


def _object(raw: bytes) -> dict[str, Any]:
    """Parse a JSON object of untrusted origin; an empty one when it is anything else."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _cache_fact(
    purpose: str, setting: str, name: str, subject: Subject, capturer: Capturer
) -> PathFact:
    raw_name = name.encode("utf-8", "surrogatepass")
    if purpose == "sso-token":
        folder = "~/.aws/sso/cache"
        digest = hashlib.sha1(raw_name, usedforsecurity=False).hexdigest()
        needed: tuple[str, ...] = ("accessToken", "expiresAt")
    else:
        folder = subject.environment.get("AWS_LOGIN_CACHE_DIRECTORY", "~/.aws/login/cache")
        folder = expand_variables(folder, subject.environment)
        digest = hashlib.sha256(raw_name).hexdigest()
        needed = ("accessToken", "refreshToken", "dpopKey", "clientId")
    base = expand_user(folder, subject.home)
    raw = read_file(f"{base}/{digest}.json", _TOKEN_LIMIT)
    shown = digest if capturer.scrub(name) == name else capturer.mark(name)
    status, error, expires, strict = _status(raw), raw.error, None, True
    if status == "present":
        content = _object(raw.data)
        expires = _cache_expiry(content)
        strict = expires is None or _RFC3339.match(str(_written_expiry(content))) is not None
        if not content:
            error = "malformed"
        elif any(key not in content for key in needed):
            error = "incomplete"
    return PathFact(
        purpose=purpose,
        setting=setting,
        path=f"{capturer.scrub(display_path(base, subject.home))}/{shown}.json",
        status=status,
        error=error,
        expires=expires,
        rfc3339=strict,
    )


def _written_expiry(content: Mapping[str, Any]) -> object:
    """Return the cached token's expiry as it stands there; the login cache nests it."""
    token = content.get("accessToken")
    value = content.get("expiresAt")
    if value is None and isinstance(token, dict):
        value = token.get("expiresAt")
    return value


def _cache_expiry(content: Mapping[str, Any]) -> Optional[str]:
    """Return the cached token's expiry when it is a time."""
    value = _written_expiry(content)
    if not isinstance(value, str) or len(value) > 40:  # noqa: PLR2004
        return None
    text = value.strip().replace("UTC", "Z")
    try:
        datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return text
