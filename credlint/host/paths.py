"""Looks at the files and programs that settings name; opens some, runs none.

Cache names from botocore 1.44.5: utils.SSOTokenLoader (sha1 of the sso_session name, else of
the start URL, in ~/.aws/sso/cache), utils.generate_login_cache_key (sha256 of login_session, in
AWS_LOGIN_CACHE_DIRECTORY or ~/.aws/login/cache).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Optional

from credlint.host.aws_reading import ReadFile
from credlint.host.certificates import has_certificate
from credlint.host.files import RawFile
from credlint.host.filesystem import OWN, FileSystem
from credlint.host.home import display_path, expand_user, expand_variables
from credlint.host.masking import Masker
from credlint.host.process import find_executable
from credlint.host.readings import readings
from credlint.host.shell import find_for_shell
from credlint.host.system_properties import definitions
from credlint.host.terraform import NAMED, default_block, expand
from credlint.host.terraform_files import RawBlock
from credlint.host.token_contents import (
    MISSING,
    PARTS,
    RFC3339,
    audiences_of,
    cache_expiry,
    claims_of,
    object_of,
    part_of,
    renewal_of,
    time_of,
    token_expiry,
    written_expiry,
    written_time,
)
from credlint.host.ways import Ways
from credlint.model.host_file import PathFact, PathNode
from credlint.model.lean_dataclasses import dataclass

# Tokens and caches are a few KiB; a JWT with many claims stays far below this.
_TOKEN_LIMIT = 256 * 1024
# The bundles of systems are a quarter of a MiB.
_BUNDLE_LIMIT = 4 * 1024 * 1024
# Files of thousands of profiles exist; beyond this the rest is told as skipped by the caller.
PATH_LIMIT = 2000
_SETTINGS = (
    "web_identity_token_file",
    "credential_process",
    "sso_session",
    "sso_start_url",
    "login_session",
    "ca_bundle",
)


@dataclass(frozen=True)
class Subject:
    """Whose paths: the environment in clear, the home directory (None when unknown), the files.

    ``ways`` None tells nothing of who may change a program. ``now``: the ISO time of the capture.
    """

    environment: Mapping[str, str]
    home: Optional[str]
    system: FileSystem = OWN
    ways: Optional[Ways] = None
    now: str = ""

    def __repr__(self) -> str:
        return "Subject()"


def capture_paths(
    subject: Subject, files: Iterable[ReadFile], masker: Masker
) -> tuple[PathFact, ...]:
    """Return one fact per file or program that is named, in the order met.

    Which line a reader takes as a setting is the chain's business: a fact too many is harmless.
    """
    looker = _Looker(subject, masker)
    facts: dict[tuple[str, str, str], PathFact] = {}
    for fact in looker.iter_facts(files):
        known = fact.setting if "@" not in fact.setting else ""
        facts.setdefault((fact.purpose, fact.named, known), fact)
        if len(facts) >= PATH_LIMIT:
            break
    return tuple(facts.values())


def provider_paths(
    subject: Subject, blocks: Iterable[RawBlock], masker: Masker
) -> tuple[PathFact, ...]:
    """Return one fact per file that the Terraform provider's default block names."""
    looker, block = _Looker(subject, masker), default_block(blocks)
    return tuple(
        looker.named(NAMED[argument.name], f"provider/{argument.name}", text)
        for argument in (block.arguments if block is not None else ())
        for text in (argument.values or () if argument.name in NAMED else ())
    )


class _Looker:
    """Looks at what a subject's variables and files name."""

    def __init__(self, subject: Subject, masker: Masker) -> None:
        self._subject = subject
        self._masker = masker
        self._capturer = masker.capturer

    def named(self, purpose: str, setting: str, text: str) -> PathFact:
        """Return what is known of a file that the Terraform provider's block names."""
        path = expand(text, self._subject.environment, self._subject.home)
        look = self._bundle if purpose == "ca-bundle" else self._token
        return look(purpose, setting, path, "")

    def iter_facts(self, files: Iterable[ReadFile]) -> Iterator[PathFact]:
        for variable, purpose in (
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "web-identity-token"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "container-token"),
            ("AWS_CA_BUNDLE", "ca-bundle"),
            ("REQUESTS_CA_BUNDLE", "ca-bundle"),
            ("SSL_CERT_FILE", "ca-bundle"),
        ):
            path = self._subject.environment.get(variable)
            if path is not None:
                # As ``environ`` keeps the variable's text.
                named = self._capturer.scrub(path)
                look = self._bundle if purpose == "ca-bundle" else self._token
                yield look(purpose, f"environment/{variable}", path, named)
        properties = definitions(self._subject.environment)
        for name, purpose in (
            ("aws.webIdentityTokenFile", "web-identity-token"),
            ("aws.containerAuthorizationTokenFile", "container-token"),
        ):
            if name in properties:
                path, variable = properties[name]
                named = self._capturer.scrub(path)
                yield self._token(purpose, f"environment/{variable}", path, named)
        for file in files:
            if file.request.role.partition("-")[0] in ("config", "credentials"):
                yield from self._file_facts(file)

    def _file_facts(self, file: ReadFile) -> Iterator[PathFact]:
        section, seen, role = "", set[tuple[str, str]](), file.request.role
        for line in file.lines:
            if line.kind == "section":
                section = line.name or ""
                if section.startswith("sso-session"):
                    place = f"{role}/{self._capturer.scrub(section)}"
                    name = section[len("sso-session") :].strip().strip("\"'")
                    yield self._cache("sso-token", place, name, self._masker.plain(name))
            name = (line.name or "").lower()
            if line.kind != "setting" or name not in _SETTINGS:
                continue
            # The first of a section's equal settings is the one that most readers have.
            first = (section, name) not in seen
            seen.add((section, name))
            masked = self._masker.value(name, line.value or "") + line.tail
            for number, named in enumerate(readings(masked)):
                place = f"{role}/{self._capturer.scrub(section)}"
                if not first or number:
                    place = f"{role}@{line.number}"
                yield from self._fact(name, f"{place}/{name}", named)

    def _fact(self, name: str, setting: str, named: str) -> Iterator[PathFact]:
        value = self._masker.reveal(named)
        if name == "credential_process":
            yield self._process(setting, value, named)
            yield self._shell_process(setting, value, named)
        elif value and name == "web_identity_token_file":
            yield self._token("web-identity-token", setting, value, named)
        elif value and name == "ca_bundle":
            yield self._bundle("ca-bundle", setting, value, named)
        elif value:
            purpose = "login-token" if name == "login_session" else "sso-token"
            yield self._cache(purpose, setting, value, named)

    def _process(self, setting: str, command: str, named: str) -> PathFact:
        subject = self._subject
        path, status, error = find_executable(command, subject.environment, subject.system)
        return PathFact(
            "credential-process",
            setting,
            self._shown(path),
            status,
            error,
            named=named,
            way=self._way(path, status),
            closed_by=self._closed_by(path, status),
        )

    def _shell_process(self, setting: str, command: str, named: str) -> PathFact:
        subject = self._subject
        path, status = find_for_shell(command, subject.environment, subject.home, subject.system)
        return PathFact(
            "credential-process-shell",
            setting,
            self._shown(path),
            status,
            named=named,
            way=self._way(path, status),
            closed_by=self._closed_by(path, status),
        )

    def _way(self, path: str, status: str) -> tuple[PathNode, ...]:
        ways = self._subject.ways
        # A name that is nowhere on PATH leads nowhere.
        if ways is None or (status == "absent" and "/" not in path):
            return ()
        return ways.to(path)

    def _closed_by(self, path: str, status: str) -> Optional[str]:
        ways = self._subject.ways
        return ways.closed_by(path) if ways is not None and status == "unreadable" else None

    def _shown(self, path: str) -> str:
        return self._capturer.scrub(display_path(path, self._subject.home))

    def _token(self, purpose: str, setting: str, path: str, named: str) -> PathFact:
        # The SDK opens the path as it is written: neither ~ nor variables are expanded.
        raw = self._subject.system.read(path, _TOKEN_LIMIT)
        is_web_identity = purpose == "web-identity-token"
        if is_web_identity and self._is_over(claims_of(raw.data)):
            # It may have been replaced this very moment.
            raw = self._subject.system.read(path, _TOKEN_LIMIT)
        error = raw.error
        try:
            text = raw.data.decode("utf-8")
        except UnicodeDecodeError:
            text, error = raw.data.decode("utf-8", "replace"), "UnicodeDecodeError"
        claims = claims_of(raw.data) if is_web_identity else {}
        return PathFact(
            purpose=purpose,
            setting=setting,
            path=self._shown(path),
            status=_status(raw),
            error=error,
            newline="\n" in text or "\r" in text,
            crlf="\r\n" in text,
            expires=token_expiry(claims),
            named=named,
            size=len(raw.data) if raw.status == "read" else None,
            issued=time_of(claims.get("iat")),
            audiences=tuple(self._capturer.scrub(one) for one in audiences_of(claims)),
            closed_by=self._closed_by(path, _status(raw)),
        )

    def _is_over(self, claims: Mapping[str, Any]) -> bool:
        expires = token_expiry(claims)
        return expires is not None and expires <= self._subject.now

    def _bundle(self, purpose: str, setting: str, path: str, named: str) -> PathFact:
        raw = self._subject.system.read(path, _BUNDLE_LIMIT)
        error = raw.error
        if raw.status == "read" and not has_certificate(raw.data):
            error = "no-certificate"
        return PathFact(
            purpose=purpose,
            setting=setting,
            path=self._shown(path),
            status=_status(raw),
            error=error,
            named=named,
            way=self._way(path, _status(raw)),
            closed_by=self._closed_by(path, _status(raw)),
        )

    def _cache(self, purpose: str, setting: str, name: str, named: str) -> PathFact:
        raw_name = name.encode("utf-8", "surrogatepass")
        environment = self._subject.environment
        if purpose == "sso-token":
            folder = "~/.aws/sso/cache"
            digest = hashlib.sha1(raw_name, usedforsecurity=False).hexdigest()
            needed: tuple[str, ...] = ("accessToken", "expiresAt")
        else:
            folder = environment.get("AWS_LOGIN_CACHE_DIRECTORY", "~/.aws/login/cache")
            folder = expand_variables(folder, environment)
            digest = hashlib.sha256(raw_name).hexdigest()
            needed = ("accessToken", "refreshToken", "dpopKey", "clientId")
        base = expand_user(folder, self._subject.home)
        raw = self._subject.system.read(f"{base}/{digest}.json", _TOKEN_LIMIT)
        shown = digest if self._capturer.scrub(name) == name else self._capturer.mark(name)
        status, error, expires, strict = _status(raw), raw.error, None, True
        content: Mapping[str, Any] = {}
        renewal = None
        if status == "present":
            content = object_of(raw.data)
            expires = cache_expiry(content)
            strict = expires is None or RFC3339.match(str(written_expiry(content))) is not None
            renewal = renewal_of(content) if purpose == "sso-token" else None
            if not content:
                error = "malformed"
            elif any(key not in content for key in needed):
                error = "incomplete"
        return PathFact(
            purpose=purpose,
            setting=setting,
            path=f"{self._shown(base)}/{shown}.json",
            status=status,
            error=error,
            expires=expires,
            rfc3339=strict,
            named=named,
            written=written_time(content) if expires is not None else None,
            lacks=tuple(part for part in PARTS[purpose] if part_of(content, part) is MISSING),
            empty=tuple(part for part in PARTS[purpose] if not part_of(content, part)),
            renewal=renewal,
        )


def _status(raw: RawFile) -> str:
    if raw.status == "read":
        return "present" if raw.data else "empty"
    return {"too-large": "present"}.get(raw.status, raw.status)
