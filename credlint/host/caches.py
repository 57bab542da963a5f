"""The caches below ~/.aws: which entries there are, not what is in them.

An SSO token's start URL and times are kept, of sessions of the AWS CLI only whether they can be
read. Names: botocore 1.44.5 utils.py, JSONFileCache (``KEY.json``); awscli 1.46.3
customizations/assumerole.py (~/.aws/cli/cache); utils.SSOTokenLoader (~/.aws/sso/cache).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, Callable, Optional

from credlint.host.access import judge_trail
from credlint.host.files import RawFile
from credlint.host.filesystem import FileSystem
from credlint.host.home import expand_user, expand_variables
from credlint.host.ways import Ways
from credlint.model.host_file import CacheEntry, PathNode
from credlint.model.lean_dataclasses import dataclass

# A folder of thousands of entries is not looked at to its end; ``skipped`` says so.
ENTRY_LIMIT = 500
_NAME_LIMIT = 10_000
_SIZE_LIMIT = 256 * 1024
_TEXT_LIMIT = 300
_DIGEST = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
_FOLDERS = (("sso", "~/.aws/sso/cache"), ("cli", "~/.aws/cli/cache"))
_LOGIN = "~/.aws/login/cache"
_ABOVE = ("~/.aws", "~/.aws/sso", "~/.aws/cli", "~/.aws/login")


@dataclass(frozen=True)
class Caches:
    """What was found; ``cut``: the displayed folders of which not all entries were looked at."""

    entries: tuple[CacheEntry, ...] = ()
    folders: tuple[PathNode, ...] = ()
    cut: tuple[str, ...] = ()


def capture_caches(
    environment: Mapping[str, str],
    home: Optional[str],
    system: FileSystem,
    ways: Ways,
    scrub: Callable[[str], str],
) -> Caches:
    """Look into the folders; never raises, and reads at most ENTRY_LIMIT files of each."""
    login = expand_variables(environment.get("AWS_LOGIN_CACHE_DIRECTORY", _LOGIN), environment)
    entries: list[CacheEntry] = []
    nodes: dict[str, PathNode] = {}
    cut = []
    places = [(kind, expand_user(path, home)) for kind, path in (*_FOLDERS, ("login", login))]
    for path in (*(expand_user(one, home) for one in _ABOVE), *(one for _, one in places)):
        node = ways.node(path) if path.startswith("/") else None
        if node is not None and node.directory:
            nodes.setdefault(node.path, node)
    for kind, folder in places:
        names = _names(folder, system)
        entries += [
            _entry(kind, f"{folder}/{name}", system, ways, scrub) for name in names[:ENTRY_LIMIT]
        ]
        if len(names) > ENTRY_LIMIT:
            cut.append(ways.shown(folder))
    return Caches(tuple(entries), tuple(nodes.values()), tuple(cut))


def _names(folder: str, system: FileSystem) -> list[str]:
    if not folder.startswith("/") or system.is_blocked(folder):
        return []
    if system.viewer.uid is not None:
        access = judge_trail(system.follow(folder), system.viewer)
        if not (access.readable and access.executable):
            return []
    try:
        with os.scandir(system.locate(folder)) as found:
            listed = (entry.name for _, entry in zip(range(_NAME_LIMIT), found))
            return sorted(name for name in listed if name.endswith(".json"))
    except (OSError, ValueError):
        return []


def _entry(
    kind: str,
    path: str,
    system: FileSystem,
    ways: Ways,
    scrub: Callable[[str], str],
) -> CacheEntry:
    node = ways.node(path)
    folder, _, name = path.rpartition("/")
    raw = system.read(path, _SIZE_LIMIT)
    if _is_torn(raw):
        # It may have been written this very moment.
        raw = system.read(path, _SIZE_LIMIT)
    content = _object(raw.data)
    key = name[: -len(".json")]
    # A digest looks like a secret and is none; any other name is looked at.
    shown = key if _DIGEST.match(key) else scrub(key)
    url = content.get("startUrl")
    known = isinstance(url, str) and len(url) <= _TEXT_LIMIT
    return CacheEntry(
        kind=kind,
        path=f"{ways.shown(folder)}/{shown}.json",
        key=shown,
        status=_status(raw),
        error=raw.error or _fault(kind, raw, content),
        mode=node.mode if node is not None else None,
        owner_uid=node.owner_uid if node is not None else None,
        start_url=scrub(str(url)) if kind == "sso" and known else None,
        by_url=kind == "sso" and known and _digest(str(url)) == key,
        expires=_time(content.get("expiresAt")) if kind == "sso" else None,
        # The folder holds the clients' registrations too, which are no tokens.
        is_token="accessToken" in content,
    )


def _digest(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _status(raw: RawFile) -> str:
    if raw.status == "read":
        return "present" if raw.data else "empty"
    return raw.status


def _is_torn(raw: RawFile) -> bool:
    return raw.status == "read" and not _object(raw.data)


def _fault(kind: str, raw: RawFile, content: Mapping[str, Any]) -> Optional[str]:
    """Return malformed or incomplete; a session needs keys and a time (botocore CachedFetcher)."""
    if raw.status != "read":
        return None
    if not content:
        return "malformed"
    keys = content.get("Credentials")
    if kind == "cli" and not (isinstance(keys, dict) and "Expiration" in keys):
        # The CLI keeps other things there too, each with a type of its own.
        return "incomplete" if "Credentials" in content else None
    return None


def _object(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _time(value: object) -> Optional[str]:
    return value if isinstance(value, str) and _is_time(value) else None


def _is_time(text: str) -> bool:
    return 0 < len(text) <= 40 and all(one in "0123456789-:.TZUC+ " for one in text)  # noqa: PLR2004


def iter_cut(caches: Caches) -> Iterator[tuple[str, str]]:
    """Yield what was not looked at, as ``HostSnapshot.skipped`` has it."""
    for folder in caches.cut:
        yield folder, f"only the first {ENTRY_LIMIT} files were looked at"
