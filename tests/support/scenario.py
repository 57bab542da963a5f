"""Builds HostSnapshots from the scenarios in rule samples, through the real capture.

A scenario is a TOML table; every text in it may hold placeholders of ``credlint.samples``.

environment          table of variables; HOME and PATH are added unless given; a value of
                     false leaves a variable unset (``HOME = false``)
files                table: ``config``, ``credentials``, ``boto``, ``boto_etc``,
                     ``ec2_credential_file`` or a path below the home directory -> text, or a
                     table with ``text``, ``hex`` (raw bytes), ``path`` (instead of the usual one,
                     below home), ``mode`` ("0644"), ``directory`` (true), ``link`` (target),
                     ``modified`` (ISO time; else that of ``now``) or ``certificate`` (true: the
                     file begins with one)
files_mode           table: name as in ``files`` -> mode
folders              table: folder below home -> mode ("0777")
web_identity_token   table: ``path`` below home, ``exp`` (ISO time) and ``aud`` (list) of a token
owners               table: displayed path (``~/bin/helper``) -> uid, where that is not ``uid``
accounts             table: ``passwd``, ``group`` -> text of that file of /etc; ``{gid}`` in it is
                     the group of every file here
homes                table: ``sudo``, ``password`` -> that home directory, below home; they are told
                     as below /home/user
imds                 table: role, v1, v2, account, region, availability_zone, instance_id,
                     info_code, unreachable (true, or refused, timeout …), token_status, endpoint,
                     status (of every request), token_lost (true), token_travels (true, false),
                     profile (of an instance profile without role), no_route, open_to_nobody,
                     slow (true: nothing is answered in time), date (ISO time of its clock);
                     nothing: not on EC2
container            table: reachable (yes, refused, timeout …)
contexts             list of contexts; else as detected in an empty root (laptop)
user_data            table: text, inner (put into it as base64 for ``{inner}``), pack (list of
                     gzip, base64); without it nobody asked for user data
network              hardware or virtual; container_networks: list of engines; uptime: seconds;
                     logins: number of accounts that people log in with
namespace            that of the Kubernetes pod
uid, now             number; ISO 8601 time
sso_cache            table: sso_session name or start URL -> JSON text of the cached token
packages             table: Python package of the SDK's environment -> version
terraform            table: name of a Terraform file -> text
caches               table: path below home/.aws -> text, or a table with ``text`` and ``mode``
login_cache          table: login_session -> JSON text of the cached token
role_cache           table: file name in the AWS CLI's cache -> JSON text of the cached role session
interactive          true or false: whether a terminal is attached; not known when left out

In texts and variables ``{home}`` stands for the temporary home directory.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Optional

from credlint import samples
from credlint.host.capture import CaptureRequest, capture
from credlint.host.captured import Capturer
from credlint.host.container import container_endpoint
from credlint.model.host_file import PathNode
from credlint.model.metadata import ContainerEvidence, HttpAttempt, ImdsEvidence, UserDataEvidence
from credlint.model.snapshot import HostSnapshot, Platform
from credlint.pipeline.user_data import examine_user_data
from credlint.rulebook import load_rules
from credlint.secrets.engine import Engine, build_engine
from tests.support.cache import CACHE

NOW = "2026-07-01T12:00:00Z"
UID = 1000
CERTIFICATE = Path(__file__).parent / "certificate.pem"
KEY = b"one key for all samples, so that they are repeatable"

_USUAL = {
    "config": ".aws/config",
    "credentials": ".aws/credentials",
    "boto": ".boto",
    "ec2_credential_file": ".ec2-credentials",
}
_KEYS = {
    "environment",
    "files",
    "files_mode",
    "imds",
    "container",
    "contexts",
    "uid",
    "profile",
    "sdk",
    "now",
    "sso_cache",
    "login_cache",
    "role_cache",
    "interactive",
    "terraform",
    "packages",
    "owners",
    "caches",
    "folders",
    "web_identity_token",
    "accounts",
    "homes",
    "namespace",
    "network",
    "user_data",
    "container_networks",
    "uptime",
    "logins",
}
_IMDS_KEYS = {
    "role",
    "v1",
    "v2",
    "account",
    "region",
    "availability_zone",
    "instance_id",
    "info_code",
    "unreachable",
    "token_status",
    "endpoint",
    "status",
    "token_lost",
    "token_travels",
    "profile",
    "no_route",
    "open_to_nobody",
    "slow",
    "date",
}


def build_snapshot(scenario: Mapping[str, Any], tmp_path: Path) -> HostSnapshot:
    """Capture the scenario below ``tmp_path``; raises ValueError for a key it does not know.

    Keys that callers use themselves (``profile``, ``sdk``) are accepted and left alone.
    """
    _refuse_unknown(scenario, _KEYS, "scenario")
    request = build_request(scenario, tmp_path)
    snapshot = _settle(capture(request, KEY), scenario, tmp_path)
    if "user_data" in scenario:
        return replace(snapshot, user_data=_user_data(scenario["user_data"]))
    return snapshot


def _user_data(table: Mapping[str, Any]) -> UserDataEvidence:
    """Return what the real pipeline makes of a text (credlint/cli/user_data.py joins it so)."""
    _refuse_unknown(table, {"text", "inner", "pack"}, "user_data")
    inner = base64.b64encode(samples.expand(table.get("inner", "")).encode()).decode()
    raw = samples.expand(table["text"].replace("{inner}", inner)).encode()
    for name in table.get("pack", ()):
        raw = gzip.compress(raw) if name == "gzip" else base64.b64encode(raw)
    held = examine_user_data(raw, _engine(), Capturer(KEY).fingerprint)
    return UserDataEvidence(
        asked=True,
        answer=HttpAttempt(200, None, 1),
        size=len(raw),
        wrappings=held.wrappings,
        secrets=held.secrets,
        unread=held.unread,
    )


@cache
def _engine() -> Engine:
    return build_engine(load_rules(("secrets",)), CACHE)


def _settle(snapshot: HostSnapshot, scenario: Mapping[str, Any], tmp_path: Path) -> HostSnapshot:
    """Give everything to the subject, whoever runs the tests, and forget what lies above home."""
    uid, owners = scenario.get("uid", UID), scenario.get("owners", {})

    def owner(path: str, found: Optional[int]) -> Optional[int]:
        return owners.get(path, uid if found == os.getuid() else found)

    def nodes(way: tuple[PathNode, ...]) -> tuple[PathNode, ...]:
        kept = [node for node in way if node.path.startswith("~")]
        return tuple(replace(node, owner_uid=owner(node.path, node.owner_uid)) for node in kept)

    def settled(one: Any) -> Any:
        changes: dict[str, Any] = {}
        if hasattr(one, "way"):
            changes["way"] = nodes(one.way)
        if hasattr(one, "owner_uid"):
            changes["owner_uid"] = owner(one.path, one.owner_uid)
        return replace(one, **changes)

    return replace(
        snapshot,
        files=tuple(map(settled, snapshot.files)),
        paths=tuple(map(settled, snapshot.paths)),
        homes=tuple(
            settled(replace(one, path=one.path.replace(str(tmp_path / "home"), "/home/user")))
            for one in snapshot.homes
        ),
        caches=tuple(map(settled, snapshot.caches)),
        folders=nodes(snapshot.folders),
    )


def build_request(scenario: Mapping[str, Any], tmp_path: Path) -> CaptureRequest:
    """Write the scenario's files and return the request that captures it."""
    home, root = tmp_path / "home", tmp_path / "root"
    home.mkdir(parents=True, exist_ok=True)
    (root / "etc").mkdir(parents=True, exist_ok=True)
    _write_files(scenario, home, root)
    environment = _environment(scenario, home)
    contexts, homes = scenario.get("contexts"), scenario.get("homes", {})
    platform = None
    if contexts is not None:
        evidence = "dmi:sys_vendor" if "ec2" in contexts else None
        platform = Platform(
            "Linux",
            scenario.get("uid", UID),
            tuple(contexts),
            evidence,
            network=scenario.get("network"),
            container_networks=tuple(scenario.get("container_networks", ())),
            uptime=scenario.get("uptime"),
            logins=scenario.get("logins"),
            namespace=scenario.get("namespace"),
        )
    return CaptureRequest(
        environment=environment,
        now=scenario.get("now", NOW),
        home=home if environment.get("HOME") == str(home) else None,
        uid=scenario.get("uid", UID),
        root=root,
        probe_network=False,
        imds=imds_evidence(scenario.get("imds")),
        container=_container(scenario.get("container"), environment),
        platform=platform,
        packages=tuple(sorted(scenario.get("packages", {}).items())),
        terraform=_terraform(scenario.get("terraform", {}), home, tmp_path),
        entry_home=home / homes["password"] if "password" in homes else home,
        sudo_home=home / homes["sudo"] if "sudo" in homes else None,
        interactive=scenario.get("interactive"),
    )


def _terraform(files: Mapping[str, str], home: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "terraform"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(_expand(text, home), encoding="utf-8")
    return folder


def _refuse_unknown(table: Mapping[str, Any], known: set[str], what: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        message = f'unknown key "{unknown[0]}" in {what}'
        raise ValueError(message)


def _expand(text: str, home: Path) -> str:
    return samples.expand(text.replace("{home}", str(home)))


def _environment(scenario: Mapping[str, Any], home: Path) -> dict[str, str]:
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    for name, value in scenario.get("environment", {}).items():
        if value is False:
            environment.pop(name, None)
        else:
            environment[name] = _expand(str(value), home)
    if "ec2_credential_file" in scenario.get("files", {}):
        environment.setdefault("AWS_CREDENTIAL_FILE", str(home / _USUAL["ec2_credential_file"]))
    return environment


def _write_files(scenario: Mapping[str, Any], home: Path, root: Path) -> None:
    modes = scenario.get("files_mode", {})
    for name, form in scenario.get("files", {}).items():
        table = form if isinstance(form, Mapping) else {"text": form}
        _refuse_unknown(
            table,
            {"text", "hex", "path", "mode", "directory", "link", "modified", "certificate"},
            f"files.{name}",
        )
        usual = root / "etc/boto.cfg" if name == "boto_etc" else home / _USUAL.get(name, name)
        path = home / table["path"] if "path" in table else usual
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = table.get("mode", modes.get(name, "0600"))
        _write(path, table, mode, home)
        if not table.get("directory") and "link" not in table:
            moment = table.get("modified", scenario.get("now", NOW)).replace("Z", "+00:00")
            seconds = datetime.fromisoformat(moment).timestamp()
            os.utime(path, (seconds, seconds))
    for name, mode in scenario.get("folders", {}).items():
        (home / name).mkdir(parents=True, exist_ok=True)
        (home / name).chmod(int(mode, 8))
    if "web_identity_token" in scenario:
        _write_token(home, **scenario["web_identity_token"])
    for name, text in scenario.get("accounts", {}).items():
        (root / "etc" / name).write_text(text.replace("{gid}", str(os.getgid())))
    for session, text in scenario.get("sso_cache", {}).items():
        digest = hashlib.sha1(session.encode(), usedforsecurity=False).hexdigest()
        cache = home / ".aws/sso/cache" / f"{digest}.json"
        cache.parent.mkdir(parents=True, exist_ok=True)
        _write(cache, {"text": text}, "0600", home)
    for name, form in scenario.get("caches", {}).items():
        table = form if isinstance(form, Mapping) else {"text": form}
        cache = home / ".aws" / name
        cache.parent.mkdir(parents=True, exist_ok=True)
        _write(cache, table, table.get("mode", "0600"), home)
    for session, text in scenario.get("login_cache", {}).items():
        digest = hashlib.sha256(session.encode()).hexdigest()
        cache = home / ".aws/login/cache" / f"{digest}.json"
        cache.parent.mkdir(parents=True, exist_ok=True)
        _write(cache, {"text": text}, "0600", home)
    for name, text in scenario.get("role_cache", {}).items():
        cache = home / ".aws/cli/cache" / name
        cache.parent.mkdir(parents=True, exist_ok=True)
        _write(cache, {"text": text}, "0600", home)


def _write_token(home: Path, path: str, exp: str, aud: list[str]) -> None:
    """Write a token whose signature is none."""
    moment = datetime.fromisoformat(exp.replace("Z", "+00:00"))
    claims = json.dumps({"exp": int(moment.timestamp()), "aud": aud}).encode()
    parts = (b'{"alg":"none"}', claims, b"none")
    token = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    (home / path).write_bytes(token)


def _write(path: Path, table: Mapping[str, Any], mode: Any, home: Path) -> None:
    if table.get("directory"):
        path.mkdir()
        return
    if "link" in table:
        path.symlink_to(_expand(table["link"], home))
        return
    raw = bytes.fromhex(table["hex"]) if "hex" in table else b""
    raw += CERTIFICATE.read_bytes() if table.get("certificate") else b""
    raw += _expand(table.get("text", ""), home).encode("utf-8", "surrogateescape")
    path.write_bytes(raw)
    path.chmod(int(mode, 8) if isinstance(mode, str) else mode)


def imds_evidence(table: Optional[Mapping[str, Any]]) -> ImdsEvidence:
    """Return what the real probe reports of such a service (tests/host/test_scenario.py)."""
    if table is None:
        return ImdsEvidence(reason="the machine's firmware says that it is not an EC2 instance")
    _refuse_unknown(table, _IMDS_KEYS, "imds")
    endpoint = table.get("endpoint", ImdsEvidence.endpoint)
    if table.get("no_route"):
        return ImdsEvidence(
            endpoint=endpoint,
            probed=True,
            reason="there is no route to the metadata address",
            token=HttpAttempt(error="unreachable", milliseconds=0),
            connected=False,
        )
    unreachable = table.get("unreachable")
    if unreachable:
        error = unreachable if isinstance(unreachable, str) else "timeout"
        return ImdsEvidence(
            endpoint=endpoint,
            probed=True,
            reason="nothing answers at the metadata address",
            token=HttpAttempt(error=error, milliseconds=200),
            connected=False,
        )
    if "status" in table or table.get("slow"):
        status = table.get("status")
        attempt = HttpAttempt(status, None if status else "timeout", 1)
        return ImdsEvidence(
            endpoint=endpoint,
            probed=True,
            reason=None if status else "the metadata service gives no usable answer",
            token=attempt,
            roles_without_token=attempt,
            connected=True,
        )
    role = table.get("role")
    v1, v2 = table.get("v1", False), table.get("v2", True) and not table.get("token_lost")
    listed = 200 if role else 404
    token = HttpAttempt(table.get("token_status", 200 if v2 else 403), None, 1)
    date = table.get("date")
    evidence = ImdsEvidence(
        endpoint=endpoint,
        probed=True,
        connected=True,
        token_travels=table.get("token_travels"),
        open_to_nobody=table.get("open_to_nobody"),
        token=HttpAttempt(None, "timeout", 350) if table.get("token_lost") else token,
        roles_with_token=HttpAttempt(listed, None, 1, date) if v2 else HttpAttempt(),
        roles_without_token=HttpAttempt(listed if v1 else 401, None, 1, date),
    )
    if not v1 and not v2:
        return evidence
    account = table.get("account", "123456789012")
    region = table.get("region", "eu-west-1")
    profile = table.get("profile", role)
    return replace(
        evidence,
        role_names=(role,) if role else (),
        info_code=table.get("info_code", "Success") if profile else None,
        instance_profile_arn=f"arn:aws:iam::{account}:instance-profile/{profile}"
        if profile
        else None,
        account=account,
        region=region,
        instance_id=table.get("instance_id", "i-0123456789abcdef0"),
        availability_zone=table.get("availability_zone", f"{region}a"),
        placement_region=region if v2 else None,
    )


def _container(
    table: Optional[Mapping[str, Any]], environment: Mapping[str, str]
) -> ContainerEvidence:
    evidence = container_endpoint(environment)
    if table is None:
        return evidence
    _refuse_unknown(table, {"reachable"}, "container")
    return replace(evidence, reachable=table.get("reachable", "yes"))
