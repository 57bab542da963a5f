"""HostAudit as JSON, in the form of a snapshot and read with the same distrust."""

from __future__ import annotations

import json

from credlint.host.codec import encode
from credlint.host.snapshot_file import SnapshotError, build, parse_json
from credlint.model.audit import AUDIT_SCHEMA, HostAudit


def dump_audit(audit: HostAudit) -> str:
    """Return an audit as JSON: sorted keys, ASCII only, a newline at the end."""
    return json.dumps(encode(audit), indent=1, sort_keys=True, ensure_ascii=True) + "\n"


def load_audit(text: str) -> HostAudit:
    """Parse an audit; raises SnapshotError for anything that :func:`dump_audit` cannot write."""
    table = parse_json(text)
    if not isinstance(table, dict) or table.get("schema") != AUDIT_SCHEMA:
        message = f'the file is not an audit of the schema "{AUDIT_SCHEMA}"'
        raise SnapshotError(message)
    audit = build(HostAudit, table)
    assert isinstance(audit, HostAudit)  # noqa: S101  build returns what it is asked for
    return audit
