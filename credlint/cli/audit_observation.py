"""Where an audit comes from: this host, one that is mounted, or a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable, Optional

from credlint.host.audit_file import load_audit
from credlint.host.capture import CaptureRequest, metadata_endpoint
from credlint.host.filesystem import FileSystem
from credlint.host.machine.capture import AuditRequest, capture_audit
from credlint.host.snapshot_file import SnapshotError
from credlint.model.audit import HostAudit, Sighting
from credlint.model.host_text import HostText
from credlint.model.lean_dataclasses import replace

_KEY_BYTES = 32


def observe_host(
    root: str = "",
    imds_endpoint: Optional[str] = None,
    *,
    network: bool = True,
    pids: Optional[frozenset[int]] = None,
    logins: Optional[frozenset[str]] = None,
    user_data: bool = False,
) -> HostAudit:
    """Capture the host whose files are below ``root``, this one when empty.

    ``user_data``: with what the instance's user data holds.
    """
    other = root.rstrip("/")
    request = AuditRequest(
        now=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        system=FileSystem(os.path.realpath(other) if other else ""),
        uid=os.geteuid() if hasattr(os, "geteuid") else None,
        # The processes of another host's files have nothing to do with this one's.
        own_pid=0 if other else os.getpid(),
        own_parent=0 if other else os.getppid(),
        pids=pids,
        logins=logins,
        imds_endpoint=imds_endpoint or os.environ.get("CREDLINT_IMDS_ENDPOINT") or None,
        probe_network=network and (not other or imds_endpoint is not None),
        search=search_texts,
    )
    key = os.urandom(_KEY_BYTES)
    audit = capture_audit(request, key)
    return _with_user_data(audit, request, key) if user_data else audit


def _with_user_data(audit: HostAudit, request: AuditRequest, key: bytes) -> HostAudit:
    from credlint.cli.user_data import look_at_user_data  # noqa: PLC0415  rarely asked

    asked = CaptureRequest(environment={}, now=request.now, imds_endpoint=request.imds_endpoint)
    endpoint, _ = metadata_endpoint(asked)
    evidence, unseen = look_at_user_data(audit.imds, endpoint, key)
    machine = replace(audit.machine, user_data=evidence)
    return replace(audit, machine=machine, skipped=(*audit.skipped, *unseen))


def search_texts(
    texts: Iterable[HostText], fingerprint: Callable[[str], str]
) -> tuple[list[Sighting], list[tuple[str, str]]]:
    """Find the keys in a host's texts; nothing is cached, because an audit writes nothing."""
    from credlint.pipeline.sightings import find_sightings  # noqa: PLC0415
    from credlint.rulebook import load_rules  # noqa: PLC0415
    from credlint.secrets.engine import build_engine  # noqa: PLC0415

    found = find_sightings(texts, build_engine(load_rules(("secrets",))), fingerprint)
    return found.sightings, found.skipped


def read_audit(path: str) -> HostAudit:
    """Load a saved audit, ``-`` from standard input; raises SnapshotError."""
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return load_audit(data.decode("utf-8"))
    except OSError as error:
        message = f'snapshot "{path}" cannot be read: {error.strerror or type(error).__name__}'
        raise SnapshotError(message) from error
    except UnicodeDecodeError as error:
        message = f'snapshot "{path}" is not UTF-8'
        raise SnapshotError(message) from error
