"""Host trees below a temporary folder, and FileSystems that look at them."""

from __future__ import annotations

from pathlib import Path

from credlint.host.filesystem import FileSystem

USERS = "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/bash\n"


def build(root: Path, files: dict[str, str | bytes]) -> FileSystem:
    """Write files (``-> target`` makes a link) and return the view that has them as ``/``."""
    for name, text in {"etc/passwd": USERS, "etc/group": "app:x:50:alice\n", **files}.items():
        path = root / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        elif text.startswith("-> "):
            path.symlink_to(text[3:])
        else:
            path.write_bytes(text.encode("utf-8"))
    return FileSystem(root=str(root))


def shown(assignment) -> str:
    """Return the place and the variable of an assignment."""
    return f"{assignment.path}:{assignment.line}:{assignment.column} {assignment.variable}"
