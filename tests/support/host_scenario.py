"""Builds a host as a file tree with a /proc of its own, and audits it through the real capture.

A scenario is a TOML table; every text in it may hold placeholders of ``credlint.samples``.

tree        table: absolute path -> text, or a table with ``text``, ``hex``, ``mode`` ("0644"),
            ``link`` (target), ``directory`` (true), ``owner`` (a user's name), ``age`` (days, 1)
users       table: name -> uid, besides root; home directories are /home/NAME
processes   list of tables: pid, program, parent (1), user (root), unit, container, terminal,
            environment (HOME is added unless it is false), arguments (list of words), folder,
            executable, root (the folder that it has as /), sdks (found in it), network (false: it
            has one of its own)
imds        table as in ``tests.support.scenario``; nothing: no metadata service answers
ec2         true: the machine says that it is an instance (also when ``imds`` is given)
now         ISO 8601 time
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from credlint import samples
from credlint.host.filesystem import FileSystem
from credlint.host.machine.capture import AuditRequest, capture_audit
from credlint.model.audit import HostAudit, Subject
from credlint.model.metadata import ImdsEvidence
from credlint.model.snapshot import FoundSdk
from credlint.pipeline.sightings import find_sightings
from credlint.rulebook import load_rules
from credlint.secrets.engine import Engine, build_engine
from tests.support.cache import CACHE
from tests.support.scenario import KEY, NOW, imds_evidence

_KEYS = {"tree", "users", "processes", "imds", "ec2", "now"}
_PROCESS_KEYS = {
    "pid",
    "program",
    "parent",
    "user",
    "unit",
    "container",
    "terminal",
    "environment",
    "arguments",
    "folder",
    "executable",
    "root",
    "sdks",
    "network",
}
_LONG_ID = "0123456789abcdef" * 4


def build_audit(scenario: Mapping[str, Any], tmp_path: Path) -> HostAudit:
    """Write the host below ``tmp_path`` and audit it; raises ValueError for an unknown key."""
    _refuse_unknown(scenario, _KEYS)
    root = write_host(scenario, tmp_path)
    imds = imds_evidence(scenario["imds"]) if "imds" in scenario else None
    audit = capture_audit(
        AuditRequest(
            now=scenario.get("now", NOW),
            system=FileSystem(str(root)),
            uid=0,
            probe_network=False,
            imds=imds or ImdsEvidence(reason="there is no route to the metadata address"),
            search=search,
        ),
        KEY,
    )
    sdks = {
        entry["pid"]: tuple(FoundSdk(sdk, "the scenario") for sdk in entry.get("sdks", ()))
        for entry in scenario.get("processes", ())
    }
    return replace(audit, subjects=tuple(_with_sdks(one, sdks) for one in audit.subjects))


def search(texts, fingerprint):
    """Search as the command does, with one engine for all scenarios."""
    found = find_sightings(texts, _engine(), fingerprint)
    return found.sightings, found.skipped


@lru_cache(maxsize=1)
def _engine() -> Engine:
    return build_engine(load_rules(("secrets",)), CACHE)


def _with_sdks(subject: Subject, sdks: Mapping[int, tuple[FoundSdk, ...]]) -> Subject:
    """Return the subject with the SDKs that its first process has by the scenario."""
    found = sdks.get(subject.processes[0].pid, ()) if subject.processes else ()
    platform = replace(subject.snapshot.platform, sdks=found or subject.snapshot.platform.sdks)
    return replace(subject, snapshot=replace(subject.snapshot, platform=platform))


def write_host(scenario: Mapping[str, Any], tmp_path: Path) -> Path:
    """Write the scenario's files and processes; return the folder that stands for /."""
    root = tmp_path / "host"
    users = {"root": 0, **scenario.get("users", {})}
    (root / "etc").mkdir(parents=True, exist_ok=True)
    (root / "proc").mkdir(exist_ok=True)
    lines = [f"{name}:x:{uid}:{uid}::{home_of(name)}:/bin/bash" for name, uid in users.items()]
    (root / "etc/passwd").write_text("\n".join(lines) + "\n")
    for name in users:
        (root / home_of(name).lstrip("/")).mkdir(parents=True, exist_ok=True)
    if scenario.get("ec2") or "imds" in scenario:
        dmi = root / "sys/class/dmi/id"
        dmi.mkdir(parents=True)
        (dmi / "sys_vendor").write_text("Amazon EC2\n")
    now = datetime.fromisoformat(scenario.get("now", NOW).replace("Z", "+00:00"))
    for path, entry in scenario.get("tree", {}).items():
        _write_file(root, path, {"text": entry} if isinstance(entry, str) else entry, users, now)
    for entry in scenario.get("processes", ()):
        _refuse_unknown(entry, _PROCESS_KEYS)
        _write_process(root, entry, users)
    return root


def home_of(name: str) -> str:
    return "/root" if name == "root" else f"/home/{name}"


def _refuse_unknown(table: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        message = f'unknown key "{unknown[0]}" in a host scenario'
        raise ValueError(message)


def _write_file(
    root: Path, path: str, entry: Mapping[str, Any], users: Mapping[str, int], now: datetime
) -> None:
    place = root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    if entry.get("directory"):
        place.mkdir(exist_ok=True)
    elif "link" in entry:
        place.symlink_to(entry["link"])
        return
    elif "hex" in entry:
        place.write_bytes(bytes.fromhex(entry["hex"]))
    else:
        place.write_text(samples.expand(entry.get("text", "")), encoding="utf-8")
    place.chmod(int(entry.get("mode", "0700" if entry.get("directory") else "0600"), 8))
    moment = now.timestamp() - entry.get("age", 1) * 86400
    os.utime(place, (moment, moment))
    owner = entry.get("owner", _owner_by_home(path))
    if os.geteuid() == 0:
        os.chown(place, users[owner], users[owner])


def _owner_by_home(path: str) -> str:
    return path.split("/")[2] if path.startswith("/home/") else "root"


def _write_process(root: Path, entry: Mapping[str, Any], users: Mapping[str, int]) -> None:
    folder = root / f"proc/{entry['pid']}"
    (folder / "ns").mkdir(parents=True)
    user = entry.get("user", "root")
    uid = users[user]
    status = {
        "Name": entry.get("program", "program"),
        "PPid": entry.get("parent", 1),
        "Uid": f"{uid}\t{uid}\t{uid}\t{uid}",
        "Gid": f"{uid}\t{uid}\t{uid}\t{uid}",
        "Groups": uid,
    }
    (folder / "status").write_text("".join(f"{k}:\t{v}\n" for k, v in status.items()))
    environment = {"HOME": home_of(user), "PATH": "/usr/bin:/bin", **entry.get("environment", {})}
    pairs = [f"{name}={value}" for name, value in environment.items() if value is not False]
    (folder / "environ").write_bytes(b"".join(samples.expand(p).encode() + b"\0" for p in pairs))
    words = entry.get("arguments", [entry.get("program", "program")])
    (folder / "cmdline").write_bytes(b"".join(samples.expand(w).encode() + b"\0" for w in words))
    (folder / "cgroup").write_text(f"0::{_group(entry)}\n")
    terminal = 34816 if entry.get("terminal") else 0
    (folder / "stat").write_text(f"{entry['pid']} (x) S 1 1 1 {terminal} 1\n")
    (folder / "cwd").symlink_to(entry.get("folder", "/"))
    (folder / "root").symlink_to(entry.get("root", "/"))
    (folder / "exe").symlink_to(entry.get("executable", "/usr/bin/program"))
    (folder / "ns/net").symlink_to("net:[1]" if entry.get("network", True) else "net:[2]")
    own = root / "proc/self/ns"
    if not own.exists():
        own.mkdir(parents=True)
        (own / "net").symlink_to("net:[1]")


def _group(entry: Mapping[str, Any]) -> str:
    if "container" in entry:
        return f"/system.slice/docker-{(entry['container'] + _LONG_ID)[:64]}.scope"
    return f"/system.slice/{entry['unit']}" if "unit" in entry else "/user.slice/session-1.scope"
